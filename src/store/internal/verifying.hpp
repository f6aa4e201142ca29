// Verifying: compares everything with everything: values with pointers, pointers with rows, rows with commits, counts
// with what is there, the index with the documents. Each fault is one line, without patient data.
#pragma once

#include <string>
#include <vector>

#include "store/internal/core.hpp"

namespace meridian::store {

Result<std::vector<std::string>> verify_store(const Core& core, const Callback<void(std::string_view)>& progress);

}  // namespace meridian::store
