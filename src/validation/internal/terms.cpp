#include "validation/internal/terms.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "formats/fhir/document.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation::internal {
namespace {

using fhir::Membership;
using fhir::Node;

constexpr int kMaxValueSetDepth = 16;  // value sets that include value sets

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view text_of(Node node, std::string_view child) {
  const Node found = node.child(child);
  return found ? found.text() : std::string_view();
}

struct LoadedCode {
  std::string display;
  std::vector<std::string> designations;
  std::string parent;
};

struct LoadedSystem {
  bool is_complete = false;
  bool is_supplement = false;
  bool is_case_sensitive = true;
  std::unordered_map<std::string, LoadedCode> codes;

  const LoadedCode* find(std::string_view code) const {
    const auto found = codes.find(is_case_sensitive ? std::string(code) : lower(code));
    return found == codes.end() ? nullptr : &found->second;
  }
};

struct Filter {
  std::string property;
  std::string op;
  std::string value;
};

struct Include {
  std::string system;
  std::vector<std::string> value_sets;  ///< a code must be in all of them
  std::vector<std::string> codes;       ///< sorted; empty with no filters: the whole system
  std::vector<Filter> filters;
};

struct LoadedValueSet {
  std::vector<Include> includes;
  std::vector<Include> excludes;
};

void add_concepts(LoadedSystem& system, Node parent, const std::string& parent_code, int depth) {
  if (depth > 64) return;
  for (const Node child : parent.children()) {
    if (child.key() != "concept") continue;
    const std::string code(text_of(child, "code"));
    LoadedCode made{std::string(text_of(child, "display")), {}, parent_code};
    for (const Node designation : child.children()) {
      if (designation.key() == "designation") made.designations.emplace_back(text_of(designation, "value"));
      // SNOMED-like tables state the parent as a property.
      if (designation.key() == "property" && text_of(designation, "code") == "parent" && made.parent.empty()) {
        made.parent = text_of(designation, "valueCode").empty() ? std::string(text_of(designation, "value"))
                                                                : std::string(text_of(designation, "valueCode"));
      }
    }
    system.codes.emplace(system.is_case_sensitive ? code : lower(code), std::move(made));
    add_concepts(system, child, code, depth + 1);
  }
}

LoadedSystem index_system(Node root) {
  LoadedSystem made;
  made.is_complete = text_of(root, "content") == "complete";
  made.is_supplement = text_of(root, "content") == "supplement" || root.child("supplements");
  made.is_case_sensitive = text_of(root, "caseSensitive") != "false";
  add_concepts(made, root, {}, 0);
  return made;
}

Include index_include(Node node) {
  Include made;
  made.system = text_of(node, "system");
  for (const Node child : node.children()) {
    if (child.key() == "valueSet") made.value_sets.emplace_back(child.text());
    if (child.key() == "concept") made.codes.emplace_back(text_of(child, "code"));
    if (child.key() == "filter") {
      made.filters.push_back({std::string(text_of(child, "property")), std::string(text_of(child, "op")),
                              std::string(text_of(child, "value"))});
    }
  }
  std::ranges::sort(made.codes);
  return made;
}

void index_expansion(LoadedValueSet& set, Node parent, int depth) {
  if (depth > 64) return;
  for (const Node child : parent.children()) {
    if (child.key() != "contains") continue;
    if (text_of(child, "abstract") != "true") {
      const std::string system(text_of(child, "system"));
      auto include = std::ranges::find(set.includes, system, &Include::system);
      if (include == set.includes.end()) include = set.includes.insert(set.includes.end(), Include{system, {}, {}, {}});
      include->codes.emplace_back(text_of(child, "code"));
    }
    index_expansion(set, child, depth + 1);
  }
}

LoadedValueSet index_value_set(Node root) {
  LoadedValueSet made;
  const Node compose = root.child("compose");
  if (!compose) {
    if (const Node expansion = root.child("expansion")) index_expansion(made, expansion, 0);
    for (Include& include : made.includes) std::ranges::sort(include.codes);
    return made;
  }
  for (const Node child : compose.children()) {
    if (child.key() == "include") made.includes.push_back(index_include(child));
    if (child.key() == "exclude") made.excludes.push_back(index_include(child));
  }
  return made;
}

Membership both(Membership a, Membership b) {
  if (a == Membership::not_in || b == Membership::not_in) return Membership::not_in;
  return a == Membership::unknown || b == Membership::unknown ? Membership::unknown : Membership::in;
}

std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

}  // namespace

struct Terms::Impl {
  const fhir::Schema& schema;
  const Profiles* loaded;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<LoadedSystem>, std::less<>> systems;       // null: not loaded
  std::map<std::string, std::unique_ptr<LoadedValueSet>, std::less<>> value_sets;  // null: not loaded

  Impl(const fhir::Schema& s, const Profiles* p) : schema(s), loaded(p) {}

  const LoadedSystem* loaded_system(std::string_view url) {
    if (loaded == nullptr || loaded->code_system_count() == 0) return nullptr;
    const std::lock_guard lock(mutex);
    const auto found = systems.find(url);
    if (found != systems.end()) return found->second.get();
    std::unique_ptr<LoadedSystem> made;
    if (const Node root = loaded->code_system(url)) made = std::make_unique<LoadedSystem>(index_system(root));
    return systems.emplace(std::string(url), std::move(made)).first->second.get();
  }

  const LoadedValueSet* loaded_value_set(std::string_view canonical) {
    if (loaded == nullptr || loaded->value_set_count() == 0) return nullptr;
    const std::lock_guard lock(mutex);
    const auto found = value_sets.find(canonical);
    if (found != value_sets.end()) return found->second.get();
    std::unique_ptr<LoadedValueSet> made;
    if (const Node root = loaded->value_set(canonical)) made = std::make_unique<LoadedValueSet>(index_value_set(root));
    return value_sets.emplace(std::string(canonical), std::move(made)).first->second.get();
  }

  // Whether the system has the code, and nothing hinders it from being a member.
  Membership in_system(const Terms& terms, std::string_view system, std::string_view code) const {
    switch (terms.find(system, code).status) {
      case CodeStatus::known:
        return Membership::in;
      case CodeStatus::not_known:
        return Membership::not_in;
      default:
        return Membership::unknown;
    }
  }

  Membership passes(const Terms& terms, const Filter& filter, std::string_view system, std::string_view code) const {
    const bool is_concept = filter.property == "concept" || filter.property == "code" || filter.property == "parent";
    if (is_concept && (filter.op == "is-a" || filter.op == "descendent-of" || filter.op == "is-not-a")) {
      Membership below = terms.subsumes(system, filter.value, code);
      if (filter.op == "descendent-of" && code == filter.value) below = Membership::not_in;
      if (filter.op != "is-not-a" || below == Membership::unknown) return below;
      return below == Membership::in ? Membership::not_in : Membership::in;
    }
    if (filter.property == "code" && filter.op == "=")
      return code == filter.value ? Membership::in : Membership::not_in;
    return Membership::unknown;
  }

  Membership in_include(const Terms& terms, const Include& include, std::string_view system, std::string_view code,
                        int depth) {
    Membership verdict = Membership::in;
    if (!include.system.empty()) {
      if (!system.empty() && system != include.system) return Membership::not_in;
      if (!include.codes.empty()) {
        verdict = std::ranges::binary_search(include.codes, code, std::less<>{}) ? Membership::in : Membership::not_in;
      } else {
        verdict = in_system(terms, include.system, code);
        for (const Filter& filter : include.filters) {
          if (verdict == Membership::not_in) break;
          verdict = both(verdict, passes(terms, filter, include.system, code));
        }
      }
    }
    for (const std::string& set : include.value_sets) {
      if (verdict == Membership::not_in) break;
      verdict = both(verdict, in_set(terms, set, system, code, depth + 1));
    }
    return verdict;
  }

  Membership in_any(const Terms& terms, const std::vector<Include>& includes, std::string_view system,
                    std::string_view code, int depth) {
    Membership verdict = Membership::not_in;
    for (const Include& include : includes) {
      const Membership here = in_include(terms, include, system, code, depth);
      if (here == Membership::in) return here;
      if (here == Membership::unknown) verdict = here;
    }
    return verdict;
  }

  Membership in_set(const Terms& terms, std::string_view canonical, std::string_view system, std::string_view code,
                    int depth) {
    if (depth > kMaxValueSetDepth) return Membership::unknown;
    if (const LoadedValueSet* set = loaded_value_set(canonical)) {
      const Membership included = in_any(terms, set->includes, system, code, depth);
      if (included == Membership::not_in || set->excludes.empty()) return included;
      switch (in_any(terms, set->excludes, system, code, depth)) {
        case Membership::in:
          return Membership::not_in;
        case Membership::not_in:
          return included;
        case Membership::unknown:
          return Membership::unknown;
      }
    }
    fhir::ValueSetId id = schema.find_value_set(canonical);
    if (id == fhir::ValueSetId::none) id = schema.find_value_set(without_version(canonical));
    if (id == fhir::ValueSetId::none) return Membership::unknown;
    return schema.contains(id, system, code);
  }
};

Terms::Terms(const fhir::Schema& schema, const Profiles* loaded) : impl_(std::make_unique<Impl>(schema, loaded)) {}
Terms::~Terms() = default;

bool Terms::knows_value_set(std::string_view canonical) const {
  return impl_->loaded_value_set(canonical) != nullptr ||
         impl_->schema.find_value_set(without_version(canonical)) != fhir::ValueSetId::none;
}

Membership Terms::contains(std::string_view canonical, std::string_view system, std::string_view code) const {
  return impl_->in_set(*this, canonical, system, code, 0);
}

CodeFound Terms::find(std::string_view system, std::string_view code) const {
  if (const LoadedSystem* loaded = impl_->loaded_system(system)) {
    if (loaded->is_supplement) return {CodeStatus::supplement, {}};
    if (const LoadedCode* found = loaded->find(code)) return {CodeStatus::known, found->display};
    return {loaded->is_complete ? CodeStatus::not_known : CodeStatus::not_enumerated, {}};
  }
  const fhir::Schema& schema = impl_->schema;
  const fhir::CodeSystemId id = schema.find_code_system(system);
  if (id == fhir::CodeSystemId::none) return {CodeStatus::no_system, {}};
  if (const auto index = schema.find_code(id, code)) return {CodeStatus::known, schema.code(id, *index).display};
  return {schema.code_system(id).is_complete ? CodeStatus::not_known : CodeStatus::not_enumerated, {}};
}

bool Terms::is_designation(std::string_view system, std::string_view code, std::string_view display) const {
  const LoadedSystem* loaded = impl_->loaded_system(system);
  const LoadedCode* found = loaded != nullptr ? loaded->find(code) : nullptr;
  return found != nullptr && std::ranges::find(found->designations, display) != found->designations.end();
}

Membership Terms::subsumes(std::string_view system, std::string_view ancestor, std::string_view code) const {
  if (const LoadedSystem* loaded = impl_->loaded_system(system)) {
    const LoadedCode* at = loaded->find(code);
    if (at == nullptr || loaded->find(ancestor) == nullptr) {
      return loaded->is_complete ? Membership::not_in : Membership::unknown;
    }
    if (ancestor == code) return Membership::in;
    for (int depth = 0; at != nullptr && depth < 64 && !at->parent.empty(); ++depth) {
      if (at->parent == ancestor) return Membership::in;
      at = loaded->find(at->parent);
    }
    return Membership::not_in;
  }
  const fhir::Schema& schema = impl_->schema;
  const fhir::CodeSystemId id = schema.find_code_system(system);
  if (id == fhir::CodeSystemId::none) return Membership::unknown;
  const auto above = schema.find_code(id, ancestor);
  const auto below = schema.find_code(id, code);
  if (!above || !below) return schema.code_system(id).is_complete ? Membership::not_in : Membership::unknown;
  return schema.subsumes(id, *above, *below) ? Membership::in : Membership::not_in;
}

}  // namespace meridian::validation::internal
