#include "terminology/concept_map.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meridian::terminology {
namespace {

std::vector<std::uint32_t> sorted_by(const std::vector<Mapping>& mappings, std::string Mapping::* code) {
  std::vector<std::uint32_t> order(mappings.size());
  for (std::uint32_t at = 0; at < order.size(); ++at) order[at] = at;
  std::ranges::stable_sort(order, {}, [&](std::uint32_t at) -> const std::string& { return mappings[at].*code; });
  return order;
}

}  // namespace

ConceptMap::ConceptMap(ConceptMapAbout about, std::vector<Mapping> mappings, std::vector<Unmapped> unmapped)
    : about_(std::move(about)),
      mappings_(std::move(mappings)),
      unmapped_(std::move(unmapped)),
      by_source_(sorted_by(mappings_, &Mapping::source_code)),
      by_target_(sorted_by(mappings_, &Mapping::target_code)) {}

std::vector<Mapping> ConceptMap::translate(const Translation& asked, std::string& other) const {
  std::vector<Mapping> found;
  const auto of_source = [&](std::uint32_t at) -> std::string_view { return mappings_[at].source_code; };
  for (const std::uint32_t at : std::ranges::equal_range(by_source_, asked.code, {}, of_source)) {
    const Mapping& mapping = mappings_[at];
    if (!asked.system.empty() && !mapping.source_system.empty() && mapping.source_system != asked.system) continue;
    if (!asked.target_system.empty() && mapping.target_system != asked.target_system) continue;
    found.push_back(mapping);
  }
  if (!found.empty()) return found;
  for (const Unmapped& rule : unmapped_) {
    if (!asked.system.empty() && rule.source_system != asked.system) continue;
    if (!asked.target_system.empty() && rule.target_system != asked.target_system) continue;
    if (rule.mode == Unmapped::Mode::other_map) {
      if (other.empty()) other = rule.url;
      continue;
    }
    const bool is_same = rule.mode == Unmapped::Mode::provided;
    found.push_back({std::string(asked.system),
                     std::string(asked.code),
                     rule.target_system,
                     is_same ? std::string(asked.code) : rule.code,
                     rule.display,
                     is_same ? "equal" : "inexact",
                     {}});
  }
  return found;
}

std::vector<Mapping> ConceptMap::translate_back(const Translation& asked) const {
  std::vector<Mapping> found;
  const auto of_target = [&](std::uint32_t at) -> std::string_view { return mappings_[at].target_code; };
  for (const std::uint32_t at : std::ranges::equal_range(by_target_, asked.code, {}, of_target)) {
    const Mapping& mapping = mappings_[at];
    if (!asked.system.empty() && !mapping.target_system.empty() && mapping.target_system != asked.system) continue;
    if (!asked.target_system.empty() && mapping.source_system != asked.target_system) continue;
    found.push_back({mapping.target_system,
                     mapping.target_code,
                     mapping.source_system,
                     mapping.source_code,
                     {},
                     std::string(turned_round(mapping.equivalence)),
                     mapping.comment});
  }
  return found;
}

std::string_view turned_round(std::string_view equivalence) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPairs{
      {{"wider", "narrower"}, {"narrower", "wider"}, {"subsumes", "specializes"}, {"specializes", "subsumes"}}};
  const auto found = std::ranges::find(kPairs, equivalence, &std::pair<std::string_view, std::string_view>::first);
  return found == kPairs.end() ? equivalence : found->second;
}

}  // namespace meridian::terminology
