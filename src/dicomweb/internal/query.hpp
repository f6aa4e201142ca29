// The parameters of a search (QIDO-RS) as a Query.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_8.3.4
#pragma once

#include <cstdint>
#include <vector>

#include "http/target.hpp"
#include "imaging/query.hpp"

namespace meridian::dicomweb::internal {

struct SearchRequest {
  imaging::Query query;
  std::uint64_t offset = 0;
  std::uint64_t limit = 0;
};

/// `above`: what the path names; its UIDs are keys. What answers say if nothing more is asked follows the standard's
/// tables: of a level that the path does not name, too. Errors: invalid_argument (a parameter that is none, a value
/// that cannot be looked for), too_large.
Result<SearchRequest> search_request(imaging::Level level, const imaging::InstanceKey& above,
                                     const std::vector<http::QueryParameter>& parameters, std::uint64_t max_results);

}  // namespace meridian::dicomweb::internal
