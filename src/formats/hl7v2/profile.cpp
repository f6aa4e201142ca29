#include "formats/hl7v2/profile.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/internal/data_type.hpp"
#include "formats/hl7v2/internal/profile_tree.hpp"
#include "formats/hl7v2/internal/structure_check.hpp"
#include "formats/hl7v2/path.hpp"
#include "formats/hl7v2/structure.hpp"

namespace meridian::hl7v2 {

using internal::ProfileElement;
using internal::Usage;

struct Profile::Data {
  internal::ProfileTree tree;
};

namespace {

class ProfileCheck {
 public:
  ProfileCheck(const internal::ProfileTree& tree, const Message& message, Issues& issues)
      : tree_(tree), message_(message), issues_(issues) {}

  void run() {
    check_type();
    const Structure structure(message_, &tree_.message);
    const std::vector<std::uint32_t> counts = occurrences(message_);
    internal::check_structure(structure, counts, issues_);
    for (const Structure::Node& node : structure.nodes()) {
      if (node.is_group()) continue;
      const Segment segment = message_.segments()[node.segment];
      const Path path{.segment = std::string(segment.name()), .occurrence = counts[node.segment]};
      if (node.definition == nullptr) {
        if (segment.name().starts_with('Z')) not_supported(Severity::warning, path.segment, path, segment.offset());
        continue;
      }
      check_usage_of_place(node, structure, path, segment);
      // A segment of which the profile lists no fields is free in them.
      const auto fields = tree_.fields.find(node.definition);
      if (fields != tree_.fields.end() && !fields->second.empty()) {
        check_segment(segment, fields->second, path);
      }
    }
  }

 private:
  void check_type() {
    const Header header = message_.header();
    const bool is_same = header.type() == tree_.type && (tree_.event.empty() || header.trigger() == tree_.event);
    if (is_same) return;
    add(Severity::error, IssueType::value, faults::kProfileOtherMessage, {tree_.type + "^" + tree_.event},
        Path{.segment = "MSH", .field = 9}, header.segment().field(9).offset());
  }

  /// A segment, or a group around it that begins with it, which the profile excludes.
  void check_usage_of_place(const Structure::Node& node, const Structure& structure, const Path& path,
                            const Segment& segment) {
    for (const Structure::Node* each = &node; each->definition != nullptr; each = &structure.node(each->parent)) {
      const auto usage = tree_.usages.find(each->definition);
      if (usage != tree_.usages.end() && usage->second == Usage::not_supported) {
        not_supported(Severity::error, std::string(each->name), path, segment.offset());
      }
      if (each->parent == Structure::kNone) break;
    }
  }

  void check_segment(const Segment& segment, const std::vector<ProfileElement>& fields, Path path) {
    for (std::uint32_t number = 1; number <= fields.size(); ++number) {
      path.field = number;
      check_field(segment.field(number), fields[number - 1], path, segment);
    }
    for (std::size_t number = fields.size() + 1; number <= segment.field_count(); ++number) {
      const Field field = segment.field(number);
      if (field.raw().empty()) continue;
      path.field = static_cast<std::uint32_t>(number);
      not_supported(Severity::error, to_string(path), path, field.offset());
    }
  }

  void check_field(const Field& field, const ProfileElement& element, Path path, const Segment& segment) {
    const bool is_separators = path.field <= 2 && path.segment == "MSH";
    std::size_t count = 0;
    std::uint32_t number = 0;
    const std::size_t all = is_separators ? 1 : field.repetitions().size();
    for (const Repetition repetition : field) {
      ++number;
      if (repetition.raw().empty()) continue;
      ++count;
      if (element.usage == Usage::not_supported || is_separators) continue;
      if (all > 1) path.repetition = number;
      check_part(repetition, element, path);
      check_components(repetition, element, path);
    }
    path.repetition = 0;
    if (element.usage == Usage::not_supported) {
      if (count > 0) not_supported(Severity::error, element.name, path, field.offset());
    } else if (count == 0 && element.usage == Usage::required) {
      add(Severity::error, IssueType::required, faults::kFieldMissing, {element.name}, path, segment.offset());
    } else if (count > 0 && count < element.min) {
      note_count(faults::kTooFewRepetitions, element, element.min, count, path, field);
    } else if (element.max != 0 && count > element.max) {
      note_count(faults::kTooManyRepetitions, element, element.max, count, path, field);
    }
  }

  void check_components(const Repetition& repetition, const ProfileElement& element, const Path& path) {
    if (element.parts.empty() || repetition.presence() != Presence::value) return;
    check_parts<Component>(
        repetition, element,
        [&](std::uint32_t number) {
          Path place = path;
          place.component = number;
          return place;
        },
        [&](const Component& component, const ProfileElement& part, const Path& place) {
          if (part.parts.empty() || component.presence() != Presence::value) return;
          check_parts<Subcomponent>(
              component, part,
              [&](std::uint32_t number) {
                Path inner = place;
                inner.subcomponent = number;
                return inner;
              },
              [](const Subcomponent&, const ProfileElement&, const Path&) {});
        });
  }

  /// The parts of a value against those of an element; `deeper` goes on with each.
  template <typename Part, typename Whole, typename PathOf, typename Deeper>
  void check_parts(const Whole& whole, const ProfileElement& element, const PathOf& path_of, const Deeper& deeper) {
    std::vector<Part> parts;
    for (const Part part : whole) parts.push_back(part);
    for (std::uint32_t number = 1; number <= std::max(parts.size(), element.parts.size()); ++number) {
      const Part part = number <= parts.size() ? parts[number - 1] : Part();
      const Path path = path_of(number);
      const bool is_there = !part.raw().empty();
      if (number > element.parts.size()) {
        if (is_there) not_supported(Severity::error, to_string(path), path, part.offset());
        continue;
      }
      const ProfileElement& wanted = element.parts[number - 1];
      if (!is_there) {
        if (wanted.usage == Usage::required) {
          add(Severity::error, IssueType::required, faults::kFieldMissing, {wanted.name}, path, whole.offset());
        }
      } else if (wanted.usage == Usage::not_supported) {
        not_supported(Severity::error, wanted.name, path, part.offset());
      } else {
        check_part(part, wanted, path);
        deeper(part, wanted, path);
      }
    }
  }

  void check_part(const Value& value, const ProfileElement& element, const Path& path) {
    if (value.presence() == Presence::null) return;
    const std::size_t length = internal::length_of(value.raw());
    if (element.length != 0 && length > element.length) {
      add(Severity::error, IssueType::too_long, faults::kTooLong,
          {element.name, std::to_string(element.length), std::to_string(length)}, path, value.offset());
    }
    if (!element.constant.empty() && value.text() != element.constant) {
      add(Severity::error, IssueType::value, faults::kNotConstant, {element.constant}, path, value.offset());
    }
    // TS has components of its own in a profile; a leaf is checked where its type is primitive.
    if (element.parts.empty() && !internal::is_value_of(element.data_type, value.text())) {
      add(Severity::error, IssueType::value, faults::kNotOfType, {element.data_type}, path, value.offset());
    }
  }

  void note_count(const faults::Text& what, const ProfileElement& element, std::uint32_t wanted, std::size_t count,
                  const Path& path, const Field& field) {
    add(Severity::error, IssueType::structure, what, {element.name, std::to_string(wanted), std::to_string(count)},
        path, field.offset());
  }

  void not_supported(Severity severity, std::string what, const Path& path, std::size_t offset) {
    add(severity, IssueType::structure, faults::kNotSupported, {std::move(what)}, path, offset);
  }

  void add(Severity severity, IssueType type, const faults::Text& what, std::vector<std::string> arguments,
           const Path& path, std::size_t offset) {
    issues_.add({severity, type, what, std::move(arguments), to_string(path), {offset, 0, 0}});
  }

  const internal::ProfileTree& tree_;
  const Message& message_;
  Issues& issues_;
};

}  // namespace

Profile::Profile(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Profile::Profile(Profile&&) noexcept = default;
Profile& Profile::operator=(Profile&&) noexcept = default;
Profile::~Profile() = default;

Result<Profile> Profile::parse(std::string_view xml) {
  auto data = std::make_unique<Data>();
  TRY(internal::read_profile(xml, data->tree));
  return Profile(std::move(data));
}

std::string_view Profile::name() const {
  return data_->tree.name;
}

std::string_view Profile::version() const {
  return data_->tree.version;
}

std::string_view Profile::structure() const {
  return data_->tree.structure;
}

void Profile::validate(const Message& message, Issues& issues) const {
  if (message) ProfileCheck(data_->tree, message, issues).run();
}

}  // namespace meridian::hl7v2
