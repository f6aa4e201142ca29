#include "search/internal/implied_system.hpp"

namespace meridian::search::internal {

std::string_view ImpliedSystems::find(fhir::ElementId element, std::string_view code) {
  if (element == fhir::ElementId::none) return {};
  const fhir::ElementInfo& info = schema_.element(element);
  if (info.binding != fhir::BindingStrength::required || info.value_set == fhir::ValueSetId::none) return {};

  // 1. Most value sets are all of one system: http://hl7.org/fhir/ValueSet/x of http://hl7.org/fhir/x.
  Guess& guess = guesses_[static_cast<std::size_t>(info.value_set)];
  if (!guess.made) {
    guess.made = true;
    constexpr std::string_view kPart = "ValueSet/";
    std::string url(info.value_set_url);
    const std::size_t at = url.find(kPart);
    if (at != std::string::npos) guess.system = schema_.find_code_system(url.erase(at, kPart.size()));
  }
  if (guess.system != fhir::CodeSystemId::none && schema_.find_code(guess.system, code)) {
    return schema_.code_system(guess.system).url;
  }

  // 2. What was asked before.
  const auto [first, last] = answers_.equal_range(info.value_set);
  for (auto at = first; at != last; ++at) {
    if (at->second.code == code) return at->second.system;
  }
  constexpr std::size_t kMaxAnswers = 4096;
  if (answers_.size() >= kMaxAnswers) answers_.clear();
  const std::string_view system = look_up(info.value_set, code);
  answers_.emplace(info.value_set, Answer{std::string(code), system});
  return system;
}

std::string_view ImpliedSystems::look_up(fhir::ValueSetId set, std::string_view code) {
  const fhir::ValueSetInfo& info = schema_.value_set(set);
  if (info.unknown_systems.size() == 1 && !info.is_enumerated) return info.unknown_systems.front();
  for (const fhir::CodeSystemInfo& system : schema_.code_systems()) {
    if (schema_.find_code(system.id, code) && schema_.contains(set, system.url, code) == fhir::Membership::in) {
      return system.url;
    }
  }
  return {};
}

}  // namespace meridian::search::internal
