#include "terminology/snomed_maps.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace meridian::terminology {
namespace {

/// What the maps lead to, of those whose reference set is known.
struct Known {
  std::string_view id;
  std::string_view name;
  std::string_view target;
};
constexpr std::array kKnown{
    Known{"447562003", "SNOMED CT to ICD-10", "http://hl7.org/fhir/sid/icd-10"},
    Known{"6011000124106", "SNOMED CT to ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"},
    Known{"447563008", "SNOMED CT to ICD-9-CM", "http://hl7.org/fhir/sid/icd-9-cm"},
    Known{"446608001", "SNOMED CT to ICD-O", "http://terminology.hl7.org/CodeSystem/icd-o-3"},
    Known{"900000000000497000", "SNOMED CT to CTV3", "http://read.info/ctv3"},
};

/// http://hl7.org/fhir/concept-map-equivalence, of the target as seen from the source.
std::string_view equivalence(const SnomedTarget& target) {
  if (target.code.empty()) return "unmatched";
  if (target.correlation == "447557004") return "equivalent";  // exact match
  if (target.correlation == "447558009") return "narrower";    // the source is broader
  if (target.correlation == "447559001") return "wider";       // the source is narrower
  if (target.correlation == "447560006") return "inexact";     // partial overlap
  return "relatedto";
}

std::string_view next_part(std::string_view& text) {
  const std::size_t bar = std::min(text.find('|'), text.size());
  const std::string_view part = text.substr(0, bar);
  text.remove_prefix(std::min(bar + 1, text.size()));
  return part;
}

/// What stands behind the group: maps are read in the order of groups and priorities.
struct Ordered {
  std::string order;
  Mapping mapping;
};

Ordered read(std::string_view value, const std::string& system, std::string_view code, const std::string& target) {
  Ordered one;
  one.mapping.source_system = system;
  one.mapping.source_code = code;
  one.mapping.target_system = target;
  one.mapping.target_code = next_part(value);
  one.mapping.equivalence = next_part(value);
  one.order = next_part(value);
  one.mapping.comment = value;
  return one;
}

}  // namespace

std::string written(const SnomedTarget& target) {
  std::string text(target.code);
  text.append("|").append(equivalence(target)).append("|");
  // Padded, so that the order of texts is theirs.
  const auto padded = [](std::string_view number) {
    return std::string(number.size() < 3 ? 3 - number.size() : 0, '0').append(number);
  };
  if (!target.group.empty()) text.append(padded(target.group)).append("/").append(padded(target.priority));
  text += '|';
  const bool has_rule = !target.rule.empty() && target.rule != "TRUE" && target.rule != "OTHERWISE TRUE";
  if (has_rule) text.append(target.rule);
  if (has_rule && !target.advice.empty()) text += "; ";
  return text.append(target.advice);
}

std::vector<ConceptMapPtr> snomed_maps(const CodeSystem& system) {
  std::map<std::string, std::vector<Ordered>, std::less<>> by_id;
  for (const std::string_view name : system.property_names()) {
    if (name.starts_with(kMapProperty)) by_id[std::string(name.substr(kMapProperty.size()))];
  }
  std::vector<ConceptMapPtr> maps;
  if (by_id.empty()) return maps;
  const std::string& url = system.about().url;
  const auto target_of = [](std::string_view id) {
    const auto* known = std::ranges::find(kKnown, id, &Known::id);
    return known != kKnown.end() ? std::string(known->target) : "http://snomed.info/id/" + std::string(id);
  };
  for (CodeNumber number = 0; number < system.size(); ++number) {
    for (std::size_t at = 0; at < system.property_count(number); ++at) {
      const Property property = system.property(number, at);
      if (!property.name.starts_with(kMapProperty)) continue;
      const std::string_view id = property.name.substr(kMapProperty.size());
      by_id.find(id)->second.push_back(read(property.value, url, system.code(number), target_of(id)));
    }
  }
  for (auto& [id, rows] : by_id) {
    std::ranges::stable_sort(rows, {}, &Ordered::order);
    std::vector<Mapping> mappings;
    mappings.reserve(rows.size());
    for (Ordered& row : rows) mappings.push_back(std::move(row.mapping));
    ConceptMapAbout about;
    about.url = url + "?fhir_cm=" + id;
    about.version = system.about().version;
    const auto* known = std::ranges::find(kKnown, id, &Known::id);
    about.name = known != kKnown.end() ? std::string(known->name) : "SNOMED CT map " + id;
    about.source = url + "?fhir_vs";
    maps.push_back(std::make_shared<const ConceptMap>(std::move(about), std::move(mappings), std::vector<Unmapped>()));
  }
  return maps;
}

}  // namespace meridian::terminology
