// What a request to store is answered: each object that is safe, each that was refused, and why.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.5.3
#pragma once

#include <string>
#include <vector>

#include "http/response.hpp"
#include "imaging/archive.hpp"

namespace meridian::dicomweb::internal {

struct StoreOutcome {
  imaging::InstanceKey key;  ///< as far as it is known
  std::string sop_class;
  int reason = 0;  ///< a Failure Reason; 0: it is safe
  std::string words = {};
};

/// The Failure Reason (0008,1197) of an error.
int failure_reason(ErrorCode code);

/// 200: all are safe; 202: some; 409: none, or 503 where that is not theirs.
http::Response store_answer(const std::vector<StoreOutcome>& outcomes, const std::string& base, bool is_xml);

}  // namespace meridian::dicomweb::internal
