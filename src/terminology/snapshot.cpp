#include "terminology/snapshot.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "terminology/snomed_maps.hpp"
#include "terminology/specification.hpp"
#include "units/unit.hpp"

namespace meridian::terminology {
namespace {

constexpr std::string_view kSnomed = "http://snomed.info/sct";

bool is_ucum(std::string_view code) {
  return units::Unit::parse(code).has_value();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `url|version` in its parts.
std::pair<std::string_view, std::string_view> parts(std::string_view canonical) {
  const std::size_t bar = canonical.find('|');
  if (bar == std::string_view::npos) return {canonical, {}};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

std::string_view version_of(const CodeSystemPtr& system) {
  return system->about().version;
}
std::string_view version_of(const ValueSetPtr& set) {
  return set->version;
}
std::string_view version_of(const ConceptMapPtr& map) {
  return map->about().version;
}

template <typename Map, typename Pointer>
void put(Map& map, const std::string& url, const Pointer& item) {
  if (url.empty()) return;
  auto& versions = map[url];
  const auto place = std::ranges::find_if(
      versions, [&](const Pointer& other) { return !is_newer(version_of(other), version_of(item)); });
  versions.insert(place, item);
}

template <typename Map>
auto find(const Map& map, std::string_view url, std::string_view version) -> typename Map::mapped_type::value_type {
  const auto found = map.find(url);
  if (found == map.end()) return nullptr;
  if (version.empty()) return found->second.front();
  const auto same = std::ranges::find_if(found->second, [&](const auto& item) {
    // SNOMED CT's editions may be asked for without a date; elsewhere "2.1" means 2.1.x.
    const std::string_view own = version_of(item);
    if (own == version) return true;
    return own.starts_with(version) && (own[version.size()] == '/' || own[version.size()] == '.');
  });
  return same == found->second.end() ? nullptr : *same;
}

}  // namespace

bool is_newer(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto number = [](std::string_view& text) {
        while (text.size() > 1 && text[0] == '0' && is_digit(text[1])) text.remove_prefix(1);
        std::size_t end = 0;
        while (end < text.size() && is_digit(text[end])) ++end;
        const std::string_view digits = text.substr(0, end);
        text.remove_prefix(end);
        return digits;
      };
      const std::string_view m = number(a);
      const std::string_view n = number(b);
      if (m.size() != n.size()) return m.size() > n.size();
      if (m != n) return m > n;
    } else {
      if (a.front() != b.front()) return a.front() > b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return !a.empty();
}

/// What is made when it is first asked for.
struct Snapshot::Memory {
  static constexpr std::size_t kMaxSets = 4'096;
  std::shared_mutex mutex;
  std::unordered_map<std::string, CodeSetPtr> sets;
};

Snapshot::Snapshot(Contents contents) : contents_(std::move(contents)), memory_(std::make_unique<Memory>()) {
  for (const CodeSystemPtr& system : contents_.systems) {
    const SystemAbout& about = system->about();
    if (about.content == Content::supplement) {
      put(supplements_, std::string(parts(about.supplements).first), system);
    } else {
      put(systems_, about.url, system);
      put(whole_, about.value_set, system);
    }
  }
  for (const ValueSetPtr& set : contents_.value_sets) put(value_sets_, set->url, set);
  for (const ConceptMapPtr& map : contents_.concept_maps) put(concept_maps_, map->about().url, map);
}

Snapshot::~Snapshot() = default;

CodeSystemPtr Snapshot::code_system(std::string_view url, std::string_view version) const {
  const auto [bare, asked] = parts(url);
  const std::string_view wanted = asked.empty() ? version : asked;
  if (CodeSystemPtr found = find(systems_, bare, wanted)) return found;
  return specification_system(bare, wanted);
}

Grammar Snapshot::grammar(std::string_view system) const {
  return system == kUcum ? is_ucum : nullptr;
}

CodeSetPtr Snapshot::implicit(std::string_view canonical) const {
  ValueSet set;
  Include all;
  const auto [bare, version] = parts(canonical);
  const std::size_t query = bare.find("?fhir_vs");
  if (const CodeSystemPtr system = find(whole_, bare, version)) {
    all.system = system->about().url;
    all.version = system->about().version;
  } else if (bare.starts_with(kSnomed) && query != std::string_view::npos) {
    all.system = kSnomed;
    if (query > kSnomed.size()) all.version = bare.substr(0, query);
    const std::string_view rest = bare.substr(query + 8);
    constexpr std::string_view kIsA = "=isa/";
    constexpr std::string_view kRefset = "=refset/";
    if (rest.starts_with(kRefset)) {
      all.filters.push_back({std::string(kRefsetProperty), "=", std::string(rest.substr(kRefset.size()))});
    } else if (rest.starts_with(kIsA)) {
      all.filters.push_back({"concept", "is-a", std::string(rest.substr(kIsA.size()))});
    } else if (!rest.empty()) {
      return nullptr;
    }
  } else {
    return nullptr;
  }
  set.includes.push_back(std::move(all));
  Result<CodeSet> made = compose(set, *this);
  return made ? std::make_shared<const CodeSet>(*std::move(made)) : nullptr;
}

bool Snapshot::value_set(std::string_view canonical, CodeSetPtr& made, const ValueSet*& defined) const {
  {
    const std::shared_lock lock(memory_->mutex);
    const auto found = memory_->sets.find(std::string(canonical));
    if (found != memory_->sets.end()) {
      made = found->second;
      return true;
    }
  }
  if (const ValueSetPtr found = definition(canonical)) {
    defined = found.get();
    return true;
  }
  made = specification_set(canonical, *this);
  if (made) return true;
  made = implicit(canonical);
  return made != nullptr;
}

Result<CodeSetPtr> Snapshot::code_set(std::string_view canonical) const {
  CodeSetPtr made;
  const ValueSet* defined = nullptr;
  if (!value_set(canonical, made, defined)) {
    return fail(ErrorCode::not_found, "there is no value set " + std::string(canonical));
  }
  if (defined != nullptr) made = std::make_shared<const CodeSet>(TRY(compose(*defined, *this)));
  const std::unique_lock lock(memory_->mutex);
  // Whoever asks for more sets than anybody needs must not fill the memory.
  if (memory_->sets.size() >= Memory::kMaxSets) memory_->sets.clear();
  return memory_->sets.try_emplace(std::string(canonical), std::move(made)).first->second;
}

ValueSetPtr Snapshot::definition(std::string_view canonical) const {
  const auto [url, version] = parts(canonical);
  return find(value_sets_, url, version);
}

ConceptMapPtr Snapshot::concept_map(std::string_view canonical) const {
  const auto [url, version] = parts(canonical);
  return find(concept_maps_, url, version);
}

std::vector<CodeSystemPtr> Snapshot::systems_with(std::string_view code) const {
  std::vector<CodeSystemPtr> found;
  for (const auto& [url, versions] : systems_) {
    if (versions.front()->find(code)) found.push_back(versions.front());
  }
  return found;
}

std::string_view Snapshot::display(const CodeSystem& system, CodeNumber number, std::string_view language) const {
  const std::string_view own = system.display_in(number, language);
  const bool is_plain = own.data() == system.display(number).data();
  if (!is_plain || language.empty() || speaks(system.about().language, language)) return own;
  const auto found = supplements_.find(system.about().url);
  if (found == supplements_.end()) return own;
  for (const CodeSystemPtr& supplement : found->second) {
    const auto there = supplement->find(system.code(number));
    if (!there) continue;
    const std::string_view other = supplement->display_in(*there, language);
    const std::string_view main = language.substr(0, language.find('-'));
    const bool is_other_language =
        other.data() == supplement->display(*there).data() && !speaks(supplement->about().language, main);
    if (!other.empty() && !is_other_language) return other;
  }
  return own;
}

std::vector<Designation> Snapshot::designations(const CodeSystem& system, CodeNumber number) const {
  std::vector<Designation> all;
  const auto take = [&](const CodeSystem& from, CodeNumber at) {
    for (std::size_t index = 0; index < from.designation_count(at); ++index) all.push_back(from.designation(at, index));
  };
  take(system, number);
  const auto found = supplements_.find(system.about().url);
  if (found == supplements_.end()) return all;
  for (const CodeSystemPtr& supplement : found->second) {
    const auto there = supplement->find(system.code(number));
    if (!there) continue;
    take(*supplement, *there);
    const std::string_view display = supplement->display(*there);
    if (!display.empty() && display != system.display(number)) {
      all.push_back({supplement->about().language, "display", display});
    }
  }
  return all;
}

}  // namespace meridian::terminology
