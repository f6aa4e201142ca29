#include "terminology/code_system_builder.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "terminology/internal/code_system_tables.hpp"

namespace meridian::terminology {

using internal::CodeIndex;
using internal::CodeRow;
using internal::DesignationRow;
using internal::Lists;
using internal::PropertyRow;

namespace {

/// A row and the place of the code it belongs to.
template <typename Row>
struct Owned {
  std::uint32_t owner;
  Row row;
};

/// Rows by owner, in the order they came. `number_of` turns a place into the number of its code.
template <typename Row>
Lists<Row> listed(std::vector<Owned<Row>>&& owned, std::size_t count, const std::vector<std::uint32_t>& number_of) {
  Lists<Row> lists;
  if (owned.empty()) return lists;
  lists.first.assign(count + 1, 0);
  for (const Owned<Row>& one : owned) ++lists.first[number_of[one.owner] + 1];
  for (std::size_t at = 1; at <= count; ++at) lists.first[at] += lists.first[at - 1];
  std::vector<std::uint32_t> next(lists.first.begin(), lists.first.end() - 1);
  lists.rows.resize(owned.size());
  for (Owned<Row>& one : owned) lists.rows[next[number_of[one.owner]]++] = one.row;
  owned = {};
  return lists;
}

constexpr std::uint8_t kAdded = 128;  // among the flags of a draft: not only named as a parent
constexpr std::uint32_t kNone = UINT32_MAX;

/// The order of codes: depth first, children as they came. Takes out links that close a circle.
struct Walk {
  std::vector<std::uint32_t> order;  // places, as numbered
  std::vector<std::uint32_t> number_of;
  std::vector<std::uint32_t> tree_end;   // by number
  std::vector<std::uint32_t> finished;   // numbers; a code after all that lies below it
  std::vector<Owned<CodeNumber>> links;  // child number -> parent number, without circles
  std::uint32_t circles = 0;

  Walk(std::size_t count, const Lists<std::uint32_t>& children, const std::vector<bool>& is_there,
       const std::vector<bool>& has_parent) {
    number_of.assign(count, kNone);
    std::vector<bool> done(count);
    for (std::uint32_t place = 0; place < count; ++place) {
      if (is_there[place] && !has_parent[place]) descend(place, children, done);
    }
    // What is left hangs on circles.
    for (std::uint32_t place = 0; place < count; ++place) {
      if (is_there[place] && number_of[place] == kNone) descend(place, children, done);
    }
  }

 private:
  struct Open {
    std::uint32_t place;
    std::size_t next;
  };
  void enter(std::uint32_t place) {
    number_of[place] = static_cast<std::uint32_t>(order.size());
    order.push_back(place);
    tree_end.push_back(0);
    open_.push_back({place, 0});
  }
  void descend(std::uint32_t root, const Lists<std::uint32_t>& children, std::vector<bool>& done) {
    enter(root);
    while (!open_.empty()) {
      const std::uint32_t place = open_.back().place;
      const std::span<const std::uint32_t> below = children.of(place);
      if (open_.back().next == below.size()) {
        done[place] = true;
        tree_end[number_of[place]] = static_cast<std::uint32_t>(order.size());
        finished.push_back(number_of[place]);
        open_.pop_back();
        continue;
      }
      const std::uint32_t child = below[open_.back().next++];
      if (number_of[child] != kNone && !done[child]) {
        ++circles;
        continue;
      }
      const bool is_new = number_of[child] == kNone;
      if (is_new) enter(child);
      links.push_back({number_of[child], number_of[place]});
    }
  }
  std::vector<Open> open_;
};

}  // namespace

struct CodeSystemBuilder::Draft {
  SystemAbout about;
  SystemLimits limits;
  internal::TextPool texts;
  std::vector<CodeRow> codes;
  std::vector<std::uint8_t> flags;
  CodeIndex index;
  std::size_t indexed = 0;  // for how many codes the index has room
  std::vector<Owned<DesignationRow>> designations;
  std::vector<Owned<PropertyRow>> properties;
  std::vector<Owned<std::uint32_t>> parents;  // of a place, the place of its parent
  bool is_too_large = false;

  std::uint64_t hash(std::string_view code) const {
    return about.is_case_sensitive ? hash64(code) : hash64(internal::folded(code));
  }
  std::uint32_t find(std::string_view code, std::uint64_t hash) const {
    return index.find(code, hash, [&](std::uint32_t place, std::string_view text) {
      const std::string_view own = texts.text(codes[place].code);
      return about.is_case_sensitive ? own == text : internal::equal_but_for_case(own, text);
    });
  }
  std::uint32_t place_of(std::string_view code) {
    const std::uint64_t hashed = hash(code);
    if (const std::uint32_t found = find(code, hashed); found != CodeIndex::kFree) return found;
    if (codes.size() >= indexed) {
      indexed = std::max<std::size_t>(64, 2 * codes.size());
      index.reserve(indexed);
      for (std::uint32_t place = 0; place < codes.size(); ++place) {
        index.insert(hash(texts.text(codes[place].code)), place);
      }
    }
    const auto place = static_cast<std::uint32_t>(codes.size());
    codes.push_back({text(code), 0, 0});
    flags.push_back(0);
    index.insert(hashed, place);
    return place;
  }
  internal::TextId text(std::string_view text) {
    if (texts.bytes() + text.size() > limits.max_text_bytes) {
      is_too_large = true;
      return 0;
    }
    return texts.add(text);
  }
  template <typename Row>
  void append(std::vector<Owned<Row>>& rows, std::uint32_t owner, Row row) {
    if (rows.size() >= limits.max_rows) {
      is_too_large = true;
    } else {
      rows.push_back({owner, row});
    }
  }
};

CodeSystemBuilder::CodeSystemBuilder(SystemAbout about, SystemLimits limits) : draft_(std::make_unique<Draft>()) {
  draft_->about = std::move(about);
  draft_->limits = limits;
}
CodeSystemBuilder::~CodeSystemBuilder() = default;

SystemAbout& CodeSystemBuilder::about() {
  return draft_->about;
}
std::uint32_t CodeSystemBuilder::size() const {
  return static_cast<std::uint32_t>(draft_->codes.size());
}

std::uint32_t CodeSystemBuilder::add(std::string_view code, std::string_view display) {
  if (draft_->codes.size() >= draft_->limits.max_codes) draft_->is_too_large = true;
  if (draft_->is_too_large && !draft_->codes.empty()) return 0;  // build() refuses it
  const std::uint32_t place = draft_->place_of(code);
  draft_->flags[place] |= kAdded;
  if (!display.empty() && draft_->codes[place].display == 0) draft_->codes[place].display = draft_->text(display);
  return place;
}

bool CodeSystemBuilder::knows(std::string_view code) const {
  const std::uint32_t place = draft_->find(code, draft_->hash(code));
  return place != CodeIndex::kFree && (draft_->flags[place] & kAdded) != 0;
}

std::string_view CodeSystemBuilder::code(std::uint32_t place) const {
  return draft_->texts.text(draft_->codes[place].code);
}

void CodeSystemBuilder::set_display(std::uint32_t place, std::string_view display) {
  draft_->codes[place].display = draft_->text(display);
}
void CodeSystemBuilder::set_definition(std::uint32_t place, std::string_view definition) {
  draft_->codes[place].definition = draft_->text(definition);
}

void CodeSystemBuilder::set_active(std::uint32_t place, bool is_active) {
  std::uint8_t& flags = draft_->flags[place];
  flags = static_cast<std::uint8_t>(is_active ? flags & ~CodeSystem::Tables::kInactive
                                              : flags | CodeSystem::Tables::kInactive);
}
void CodeSystemBuilder::set_abstract(std::uint32_t place, bool is_abstract) {
  std::uint8_t& flags = draft_->flags[place];
  flags = static_cast<std::uint8_t>(is_abstract ? flags | CodeSystem::Tables::kAbstract
                                                : flags & ~CodeSystem::Tables::kAbstract);
}

void CodeSystemBuilder::add_designation(std::uint32_t place, std::string_view language, std::string_view use,
                                        std::string_view value) {
  draft_->append(draft_->designations, place,
                 DesignationRow{draft_->text(language), draft_->text(use), draft_->text(value)});
}

void CodeSystemBuilder::add_property(std::uint32_t place, std::string_view name, ValueType type,
                                     std::string_view value) {
  draft_->append(draft_->properties, place,
                 PropertyRow{draft_->text(name), draft_->text(value), static_cast<std::uint32_t>(type)});
}

void CodeSystemBuilder::add_parent(std::uint32_t place, std::string_view parent) {
  if (draft_->is_too_large) return;
  draft_->append(draft_->parents, place, draft_->place_of(parent));
}

Result<CodeSystemBuilder::Built> CodeSystemBuilder::build() {
  Draft draft = std::move(*draft_);
  *draft_ = Draft();
  if (draft.is_too_large) return fail(ErrorCode::too_large, "the code system is larger than SystemLimits allow");
  Built built;
  const std::size_t count = draft.codes.size();

  // 1. Links between codes that are there, each once, as they came.
  std::vector<bool> is_there(count);
  for (std::size_t place = 0; place < count; ++place) is_there[place] = (draft.flags[place] & kAdded) != 0;
  std::vector<std::uint32_t> same(count);
  for (std::uint32_t place = 0; place < count; ++place) same[place] = place;
  std::vector<bool> has_parent(count);
  std::vector<Owned<std::uint32_t>> downward;
  downward.reserve(draft.parents.size());
  for (const Owned<std::uint32_t> link : draft.parents) {
    if (!is_there[link.row] || !is_there[link.owner]) {
      ++built.unknown_parents;
    } else if (link.row == link.owner) {
      ++built.circles;
    } else {
      has_parent[link.owner] = true;
      downward.push_back({link.row, link.owner});
    }
  }
  Lists<std::uint32_t> children = listed(std::move(downward), count, same);

  // 2. Numbers.
  Walk walk(count, children, is_there, has_parent);
  built.circles += walk.circles;
  const std::size_t size = walk.order.size();
  auto tables = std::make_unique<CodeSystem::Tables>();
  tables->about = std::move(draft.about);
  tables->codes.reserve(size);
  tables->flags.reserve(size);
  tables->tree.reserve(size);
  for (std::uint32_t number = 0; number < size; ++number) {
    const std::uint32_t place = walk.order[number];
    tables->codes.push_back(draft.codes[place]);
    tables->flags.push_back(static_cast<std::uint8_t>(draft.flags[place] & ~kAdded));
    tables->tree.push_back({number, walk.tree_end[number]});
  }

  // 3. Lists by number. A parent that is given twice counts once.
  std::ranges::stable_sort(walk.links, {},
                           [](const Owned<CodeNumber>& link) { return std::pair(link.owner, link.row); });
  const auto repeated = std::ranges::unique(walk.links, [](const Owned<CodeNumber>& a, const Owned<CodeNumber>& b) {
    return a.owner == b.owner && a.row == b.row;
  });
  walk.links.erase(repeated.begin(), repeated.end());
  std::vector<std::uint32_t> number(size);
  for (std::uint32_t at = 0; at < size; ++at) number[at] = at;
  std::vector<Owned<CodeNumber>> upward = walk.links;
  std::vector<Owned<CodeNumber>> down;
  for (const Owned<CodeNumber> link : walk.links) down.push_back({link.row, link.owner});
  tables->parents = listed(std::move(upward), size, number);
  tables->children = listed(std::move(down), size, number);
  std::erase_if(draft.designations, [&](const auto& one) { return walk.number_of[one.owner] == kNone; });
  std::erase_if(draft.properties, [&](const auto& one) { return walk.number_of[one.owner] == kNone; });
  for (const auto& one : draft.properties) tables->property_names.push_back(one.row.name);
  std::ranges::sort(tables->property_names);
  const auto known = std::ranges::unique(tables->property_names);
  tables->property_names.erase(known.begin(), known.end());
  tables->designations = listed(std::move(draft.designations), size, walk.number_of);
  tables->properties = listed(std::move(draft.properties), size, walk.number_of);

  // 4. What lies below a code beyond its own tree: of its children, which are finished before it.
  std::vector<Owned<Run>> beyond;
  const auto is_further = [](const Owned<CodeNumber>& a, const Owned<CodeNumber>& b) { return a.owner == b.owner; };
  if (std::ranges::adjacent_find(walk.links, is_further) != walk.links.end()) {
    std::vector<Ranges> wide(size);  // empty: as the tree says
    std::vector<Run> found;
    for (const std::uint32_t at : walk.finished) {
      found.assign(1, tables->tree[at]);
      for (const CodeNumber child : tables->children.of(at)) {
        if (wide[child].empty()) {
          found.push_back(tables->tree[child]);
        } else {
          found.insert(found.end(), wide[child].runs().begin(), wide[child].runs().end());
        }
      }
      std::ranges::sort(found, {}, &Run::begin);
      Ranges all;
      for (const Run run : found) all.append(run);
      if (all.runs().size() == 1 && all.runs()[0] == tables->tree[at]) continue;
      for (const Run run : all.runs()) beyond.push_back({at, run});
      if (beyond.size() > draft.limits.max_rows) {
        return fail(ErrorCode::too_large, "the hierarchy is larger than SystemLimits allow");
      }
      wide[at] = std::move(all);
    }
    tables->beyond = listed(std::move(beyond), size, number);
  }

  draft.texts.seal();
  tables->texts = std::move(draft.texts);
  tables->index_codes();
  built.system = CodeSystemPtr(new CodeSystem(std::move(tables)));
  return built;
}

}  // namespace meridian::terminology
