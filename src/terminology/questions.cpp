#include "terminology/questions.hpp"

#include <algorithm>
#include <utility>

namespace meridian::terminology {

using fhir::Membership;

namespace {

tl::unexpected<Error> no_system(std::string_view system) {
  return fail(ErrorCode::not_found, "there is no code system " + std::string(system));
}
tl::unexpected<Error> no_code(std::string_view code, std::string_view system) {
  return fail(ErrorCode::not_found, "the code system " + std::string(system) + " has no code " + std::string(code));
}

bool equal_names(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_called(const Snapshot& snapshot, const CodeSystem& system, CodeNumber number, std::string_view name) {
  if (equal_names(system.display(number), name)) return true;
  return std::ranges::any_of(snapshot.designations(system, number),
                             [&](const Designation& known) { return equal_names(known.value, name); });
}

void name(const Snapshot& snapshot, const CodeSystem& system, CodeNumber number, std::string_view display,
          std::string_view language, Verdict& verdict) {
  verdict.display = snapshot.display(system, number, language);
  verdict.is_inactive = !system.is_active(number);
  const bool is_wrong =
      !display.empty() && !system.display(number).empty() && !is_called(snapshot, system, number, display);
  if (is_wrong && verdict.kind == Verdict::Kind::valid) verdict.kind = Verdict::Kind::wrong_display;
}

constexpr int kMaxMaps = 8;  // that name each other for what they do not list

void ask(const Snapshot& snapshot, const ConceptMap& map, const TranslationRequest& request,
         std::vector<Translated>& found, int depth) {
  const Translation asked{request.code.system, request.code.code, request.target_system};
  std::string other;
  std::vector<Mapping> mappings = request.is_reverse ? map.translate_back(asked) : map.translate(asked, other);
  for (Mapping& mapping : mappings) found.push_back({std::move(mapping), map.about().url});
  if (!mappings.empty() || other.empty() || depth >= kMaxMaps) return;
  if (const ConceptMapPtr next = snapshot.concept_map(other)) ask(snapshot, *next, request, found, depth + 1);
}

}  // namespace

Result<Found> lookup(const Snapshot& snapshot, const Code& code) {
  CodeSystemPtr system = snapshot.code_system(code.system, code.version);
  if (!system) return no_system(code.system);
  const auto number = system->find(code.code);
  if (!number) return no_code(code.code, code.system);
  return Found{std::move(system), *number};
}

Result<Verdict> validate_in_system(const Snapshot& snapshot, const Code& code, std::string_view display,
                                   std::string_view language) {
  Verdict verdict;
  verdict.system = code.system;
  const CodeSystemPtr system = snapshot.code_system(code.system, code.version);
  const Grammar grammar = snapshot.grammar(code.system);
  const auto number = system ? system->find(code.code) : std::nullopt;
  if (number) {
    name(snapshot, *system, *number, display, language, verdict);
    return verdict;
  }
  if (grammar != nullptr) {
    if (!grammar(code.code)) verdict.kind = Verdict::Kind::not_in;
    return verdict;
  }
  if (!system) return no_system(code.system);
  const bool is_complete = system->about().content == Content::complete;
  verdict.kind = is_complete ? Verdict::Kind::not_in : Verdict::Kind::unknown_system;
  return verdict;
}

Result<Verdict> validate_in_set(const Snapshot& snapshot, const CodeSet& set, const Code& code,
                                std::string_view display, std::string_view language) {
  Verdict verdict;
  verdict.system = code.system;
  const Membership membership = set.contains(code.system, code.code);
  if (membership == Membership::not_in) verdict.kind = Verdict::Kind::not_in;
  if (membership == Membership::unknown) verdict.kind = Verdict::Kind::unknown_system;
  for (const SystemCodes& codes : set.systems()) {
    if (!code.system.empty() && codes.system != code.system) continue;
    const auto number = codes.known ? codes.known->find(code.code) : std::nullopt;
    if (!number || codes.contains(code.code) != membership) continue;
    verdict.system = codes.system;
    name(snapshot, *codes.known, *number, display, language, verdict);
    return verdict;
  }
  return verdict;
}

Result<Order> compare(const Snapshot& snapshot, std::string_view system, std::string_view version, std::string_view a,
                      std::string_view b) {
  const CodeSystemPtr known = snapshot.code_system(system, version);
  if (!known) return no_system(system);
  const auto first = known->find(a);
  const auto second = known->find(b);
  if (!first) return no_code(a, system);
  if (!second) return no_code(b, system);
  if (*first == *second) return Order::equivalent;
  if (known->subsumes(*first, *second)) return Order::subsumes;
  return known->subsumes(*second, *first) ? Order::subsumed_by : Order::not_subsumed;
}

std::vector<Translated> translate(const Snapshot& snapshot, const ConceptMap* map, const TranslationRequest& request) {
  std::vector<Translated> found;
  if (map != nullptr) {
    ask(snapshot, *map, request, found, 0);
    return found;
  }
  for (const ConceptMapPtr& one : snapshot.concept_maps()) {
    const ConceptMapAbout& about = one->about();
    const std::string& from = request.is_reverse ? about.target : about.source;
    const std::string& to = request.is_reverse ? about.source : about.target;
    if (!request.source_set.empty() && from != request.source_set) continue;
    if (!request.target_set.empty() && to != request.target_set) continue;
    ask(snapshot, *one, request, found, 0);
  }
  return found;
}

bool is_match(const Mapping& mapping) {
  return !mapping.target_code.empty() && mapping.equivalence != "unmatched" && mapping.equivalence != "disjoint";
}

}  // namespace meridian::terminology
