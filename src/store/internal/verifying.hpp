// Verifying: compares everything with everything: values with pointers, pointers with rows, rows with commits, counts
// with what is there, the index with the documents. Each fault is one line, without patient data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/internal/core.hpp"

namespace meridian::store {

/// Of one tenant, or all; the files are everybody's.
Result<std::vector<std::string>> verify_store(const Core& core, std::optional<TenantId> only,
                                              const Callback<void(std::string_view)>& progress);

}  // namespace meridian::store
