// EntryRequests: entries of a bundle done as requests of their own, several at once, phase after phase.
//
// Each goes the way of a request from outside, through the same routes. What an entry's own fault is stays its own.
// Specification: https://hl7.org/fhir/R4/http.html#transaction (batch)
#pragma once

#include <memory>
#include <vector>

#include "base/callback.hpp"
#include "rest/bundle_request.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

using EntryAnswers = std::vector<BundleWriter::Answered>;

/// Runs those of the entries that `wants` names, and calls `done` with an answer at each one's place in `answers`.
/// `bundle` and the exchange's body outlive the call, by what `done` holds.
void run_entries(const ExchangePtr& exchange, const fhir::Document& bundle, const std::vector<BundleEntry>& entries,
                 const std::vector<std::size_t>& wanted, EntryAnswers answers, Callback<void(EntryAnswers)> done);

}  // namespace meridian::rest
