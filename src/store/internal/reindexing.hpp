// Reindexing: makes a tenant's index again from its documents, by the search parameters of the moment: those of R4 and
// the tenant's active SearchParameter resources, which come into force here and stay so over restarts.
#pragma once

#include "store/internal/core.hpp"

namespace meridian::store {

/// By the sequencer's thread, alone. Until it returns, searches find what has been indexed so far; after a crash it is
/// begun again when the store is opened.
Result<> reindex_tenant(Core& core, TenantId tenant, const Callback<void(std::string_view)>& progress);
/// After a start: the parameters that were in force.
Result<> load_parameters(Core& core, TenantId tenant);

}  // namespace meridian::store
