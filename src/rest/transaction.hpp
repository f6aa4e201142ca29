// Transaction: the writes of a Bundle as one commit.
//
// 1. Each write gets its target: the id of its URL, a new one, or what its condition finds now. 2. Links become those
// ids. 3. One commit, which holds only if every target is still as it was found; otherwise all of it is tried anew, a
// few times. 4. The reads. Specification: https://hl7.org/fhir/R4/http.html#trules
#pragma once

#include <memory>
#include <vector>

#include "rest/bundle_request.hpp"
#include "rest/entry_requests.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

void run_transaction(const ExchangePtr& exchange, std::shared_ptr<const fhir::Document> bundle,
                     std::vector<BundleEntry> entries);

/// Answers with a Bundle of that type.
void answer_bundle(Exchange& exchange, std::string_view type, const EntryAnswers& answers);

}  // namespace meridian::rest
