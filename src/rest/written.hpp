// Written: what a single write is answered when its commit is done.
//
// Prefer: return=minimal leaves the body empty, return=representation (also when nothing is said) shows the resource
// as it is now stored, return=OperationOutcome says that it is done. Specification:
// https://hl7.org/fhir/R4/http.html#ops
#pragma once

#include <optional>

#include "base/callback.hpp"
#include "rest/exchange.hpp"
#include "store/commit.hpp"

namespace meridian::rest {

/// May take a failure over, to try again; says whether it has.
using OnFailure = Callback<bool(const store::CommitFailure&)>;
/// Commits one write and answers the exchange.
void commit_and_answer(const ExchangePtr& exchange, store::Write write, OnFailure on_failure = {});

/// The status of a write's outcome: 201, 200 or 204.
int status_of(store::WriteStatus status);

/// The body as a resource of the exchange's type; otherwise the exchange has been answered (400, 415) and there is
/// none.
std::optional<fhir::Document> resource_to_write(const ExchangePtr& exchange);

}  // namespace meridian::rest
