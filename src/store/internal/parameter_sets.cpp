#include "store/internal/parameter_sets.hpp"

#include <optional>

#include "search/terms.hpp"

namespace meridian::store {

std::shared_ptr<const search::Parameters> ParameterSets::of(TenantId tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = sets_.find(tenant);
  return found == sets_.end() ? search::Parameters::r4() : found->second;
}

void ParameterSets::set(TenantId tenant, std::shared_ptr<const search::Parameters> parameters) {
  const std::lock_guard lock(mutex_);
  sets_[tenant] = std::move(parameters);
}

void extract_entries(const std::shared_ptr<const search::Parameters>& parameters, fhir::Node resource,
                     std::string_view id, index::Entries& out) {
  struct Kept {
    std::shared_ptr<const search::Parameters> parameters;
    std::optional<search::Extractor> extractor;
  };
  thread_local Kept kept;
  if (kept.parameters != parameters) {
    kept.extractor.emplace(parameters);
    kept.parameters = parameters;
  }
  kept.extractor->extract(resource, id, out);
}

}  // namespace meridian::store
