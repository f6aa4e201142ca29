// batch and transaction: a Bundle of requests posted to the base.
//
// A batch: each entry is a request of its own and fails alone; many are under way at once. A transaction: all of its
// writes are one commit, all or nothing; what refers to new resources refers to their ids (bundle_references.hpp);
// two entries that write the same resource are refused; reads see what it wrote. A failure says which entry is at
// fault, as the expression: `Bundle.entry[3]`. Specification: https://hl7.org/fhir/R4/http.html#transaction
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

/// POST [base]
void process_bundle(const ExchangePtr& exchange);

}  // namespace meridian::rest
