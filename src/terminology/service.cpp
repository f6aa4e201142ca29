#include "terminology/service.hpp"

#include <string>
#include <utility>

namespace meridian::terminology {

using fhir::Membership;
using fhirpath::Answer;
using Pairs = std::vector<std::pair<std::string, std::string>>;

namespace {

Result<Pairs> pairs_of(const CodeSet& set, std::string_view name, std::size_t max_codes) {
  if (!set.is_listable()) {
    const std::string why = set.doubts().empty() ? "its codes follow a grammar" : set.doubts().front();
    return fail(ErrorCode::too_costly, "the value set " + std::string(name) + " cannot be listed: " + why);
  }
  if (set.size() > max_codes) {
    return fail(ErrorCode::too_costly,
                "the value set " + std::string(name) + " has more than " + std::to_string(max_codes) + " codes");
  }
  Pairs pairs;
  pairs.reserve(set.size());
  for (const SystemCodes& codes : set.systems()) {
    for (const Run run : codes.sure.runs()) {
      for (CodeNumber n = run.begin; n < run.end; ++n) pairs.emplace_back(codes.system, codes.known->code(n));
    }
    for (const auto& [code, verdict] : codes.listed) {
      if (verdict == Membership::in) pairs.emplace_back(codes.system, code);
    }
  }
  return pairs;
}

void add(const CodeSystem& system, std::span<const Run> runs, Pairs& pairs) {
  for (const Run run : runs) {
    for (CodeNumber n = run.begin; n < run.end; ++n) pairs.emplace_back(system.about().url, system.code(n));
  }
}

}  // namespace

Service::Service(ServiceOptions options, SnapshotPtr first) : options_(options), snapshot_(std::move(first)) {}

SnapshotPtr Service::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void Service::publish(SnapshotPtr next) {
  const std::lock_guard lock(mutex_);
  std::swap(snapshot_, next);  // the old one goes after the lock
}

Result<Pairs> Service::codes(Relation relation, std::string_view text) const {
  const SnapshotPtr now = snapshot();
  if (relation == Relation::in) return pairs_of(*TRY(now->code_set(text)), text, options_.max_codes);
  const std::size_t bar = text.rfind('|');
  const std::string_view code = bar == std::string_view::npos ? text : text.substr(bar + 1);
  std::vector<CodeSystemPtr> systems;
  if (bar == std::string_view::npos || bar == 0) {
    systems = now->systems_with(code);
  } else if (CodeSystemPtr system = now->code_system(text.substr(0, bar))) {
    if (system->find(code)) systems.push_back(std::move(system));
  }
  if (systems.empty()) {
    return fail(ErrorCode::not_found, "there is no code system here that has the code " + std::string(text));
  }
  Pairs pairs;
  for (const CodeSystemPtr& system : systems) {
    const CodeNumber number = *system->find(code);
    if (relation == Relation::below) {
      add(*system, system->below(number), pairs);
    } else {
      add(*system, system->above(number).runs(), pairs);
    }
    if (pairs.size() > options_.max_codes) {
      return fail(ErrorCode::too_costly,
                  "there are more than " + std::to_string(options_.max_codes) + " codes below " + std::string(text));
    }
  }
  return pairs;
}

Answer Service::member_of(const fhirpath::CodedValue& coded, std::string_view value_set) const {
  const Result<CodeSetPtr> set = snapshot()->code_set(value_set);
  if (set) {
    const Membership membership = (*set)->contains(coded.system, coded.code);
    if (membership != Membership::unknown) return membership == Membership::in ? Answer::yes : Answer::no;
  }
  return options_.terminology != nullptr ? options_.terminology->member_of(coded, value_set) : Answer::unknown;
}

Answer Service::subsumes(const fhirpath::CodedValue& ancestor, const fhirpath::CodedValue& descendant) const {
  if (ancestor.system != descendant.system) return Answer::no;
  const CodeSystemPtr system = snapshot()->code_system(ancestor.system, ancestor.version);
  if (system) {
    const auto above = system->find(ancestor.code);
    const auto below = system->find(descendant.code);
    if (above && below) return system->subsumes(*above, *below) ? Answer::yes : Answer::no;
    if (system->about().content == Content::complete) return Answer::no;
  }
  return options_.subsumption != nullptr ? options_.subsumption->subsumes(ancestor, descendant) : Answer::unknown;
}

}  // namespace meridian::terminology
