#include "mapping/internal/grouping.hpp"

#include <algorithm>

namespace meridian::mapping::internal {
namespace {

std::size_t position_in(const std::vector<SegmentCode>& begins, SegmentCode name) {
  const auto found = std::find(begins.begin(), begins.end(), name);
  return found == begins.end() ? 0 : static_cast<std::size_t>(found - begins.begin()) + 1;
}

bool has_action(const Group& group, SegmentCode name) {
  return std::any_of(group.actions.begin(), group.actions.end(), [name](const Action& a) { return a.segment == name; });
}

/// Beyond so many groups a message is a long list of orders, whose references are all outwards.
constexpr std::size_t kMostSearched = 200;

const Group& at(const MessageMap& map, int group) {
  return map.groups[static_cast<std::size_t>(group)];
}

}  // namespace

void Grouping::assign(const MessageMap& map, const hl7v2::Message& message) {
  instances_.clear();
  of_segment_.clear();
  is_document_ = false;
  instances_.emplace_back();
  int current = 0;
  std::uint32_t index = 0;
  for (const hl7v2::Segment segment : message.segments()) {
    const SegmentCode name = segment_code(segment.name());
    const int instance = place(map, current, name);
    of_segment_.push_back(instance);
    if (instance != kNone) {
      instances_[static_cast<std::size_t>(instance)].segments.emplace_back(name, index);
      current = instance;
    }
    ++index;
  }
}

void Grouping::assign_document() {
  instances_.clear();
  of_segment_.clear();
  instances_.emplace_back();
  is_document_ = true;
}

int Grouping::add(int parent, bool is_section) {
  Instance instance;
  instance.parent = parent;
  instance.depth = instances_[static_cast<std::size_t>(parent)].depth + 1;
  instance.is_section = is_section;
  instances_.push_back(std::move(instance));
  return static_cast<int>(instances_.size() - 1);
}

int Grouping::section_of(int instance) const {
  while (instance != kNone && !instances_[static_cast<std::size_t>(instance)].is_section) {
    instance = instances_[static_cast<std::size_t>(instance)].parent;
  }
  return instance;
}

int Grouping::place(const MessageMap& map, int current, SegmentCode name) {
  for (int i = current; i != kNone; i = instances_[static_cast<std::size_t>(i)].parent) {
    Instance& instance = instances_[static_cast<std::size_t>(i)];
    const Group& group = at(map, instance.group);
    const std::size_t position = position_in(group.begins, name);
    if (position > instance.begun) {
      instance.begun = position;
      return i;
    }
    if (position != 0) continue;  // the parent begins another one
    for (const int child : group.children) {
      if (position_in(at(map, child).begins, name) != 0) return begin(map, child, i, name);
    }
    if (has_action(group, name)) return i;
  }
  return descend(map, current, name);
}

int Grouping::begin(const MessageMap& map, int group, int parent, SegmentCode name) {
  Instance instance;
  instance.group = group;
  instance.parent = parent;
  instance.depth = instances_[static_cast<std::size_t>(parent)].depth + 1;
  instance.begun = position_in(at(map, group).begins, name);
  instances_.push_back(std::move(instance));
  return static_cast<int>(instances_.size() - 1);
}

/// A group within a group that the message left out: results without a patient.
int Grouping::descend(const MessageMap& map, int current, SegmentCode name) {
  for (int i = current; i != kNone; i = instances_[static_cast<std::size_t>(i)].parent) {
    for (const int child : at(map, instances_[static_cast<std::size_t>(i)].group).children) {
      for (const int grandchild : at(map, child).children) {
        if (position_in(at(map, grandchild).begins, name) == 0 && !has_action(at(map, grandchild), name)) continue;
        const int between = begin(map, child, i, 0);
        return begin(map, grandchild, between, name);
      }
      if (has_action(at(map, child), name)) return begin(map, child, i, 0);
    }
  }
  return kNone;
}

int Grouping::find_segment(int instance, SegmentCode name) const {
  for (int i = instance; i != kNone; i = instances_[static_cast<std::size_t>(i)].parent) {
    for (const auto& [found, index] : instances_[static_cast<std::size_t>(i)].segments) {
      if (found == name) return static_cast<int>(index);
    }
  }
  return -1;
}

int Grouping::find_bound(int instance, int name) const {
  for (int i = instance; i != kNone; i = instances_[static_cast<std::size_t>(i)].parent) {
    const auto& bound = instances_[static_cast<std::size_t>(i)].bound;
    const auto last =
        std::find_if(bound.rbegin(), bound.rend(), [name](const auto& each) { return each.first == name; });
    if (last != bound.rend()) return static_cast<int>(last->second);
  }
  // All that statements of a document share is bound to the document.
  if (is_document_) return -1;
  // In a group beside this one (the patient of an appointment's services), if there can be no doubt.
  int only = -1;
  for (const Instance& other : instances_) {
    for (const auto& [bound, resource] : other.bound) {
      if (bound != name || static_cast<int>(resource) == only) continue;
      if (only >= 0 || instances_.size() > kMostSearched) return -1;
      only = static_cast<int>(resource);
    }
  }
  return only;
}

}  // namespace meridian::mapping::internal
