// ParameterSets: the search parameters in force for each tenant: those of R4 and the tenant's active SearchParameter
// resources; and the extraction of index entries by them. Sets are immutable: whoever holds one keeps it. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "index/entries.hpp"
#include "search/parameters.hpp"
#include "store/context.hpp"

namespace meridian::store {

class ParameterSets {
 public:
  std::shared_ptr<const search::Parameters> of(TenantId tenant) const;
  void set(TenantId tenant, std::shared_ptr<const search::Parameters> parameters);

 private:
  mutable std::mutex mutex_;
  std::map<TenantId, std::shared_ptr<const search::Parameters>> sets_;
};

/// Entries of a resource. Keeps an extractor for each thread, for the set it used last.
void extract_entries(const std::shared_ptr<const search::Parameters>& parameters, fhir::Node resource,
                     std::string_view id, index::Entries& out);

}  // namespace meridian::store
