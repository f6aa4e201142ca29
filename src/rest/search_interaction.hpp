// search: of a type, of the whole system, of a compartment; by GET and by POST to _search.
//
// The answer is a searchset: self link as it was understood, first, next (a cursor that writes in between do not
// disturb), the total where it was asked for or is known, matches before what was included, and an OperationOutcome for
// what was passed over (Prefer: handling=lenient, the default) or for the plan (_explain=true). With handling=strict
// what is not understood is 400. Specification: https://hl7.org/fhir/R4/http.html#search
#pragma once

#include "rest/exchange.hpp"
#include "search/query.hpp"
#include "store/store.hpp"

namespace meridian::rest {

/// GET [base]?…, GET [type]?…, GET [compartment]/[id]/[type or *]?…, POST …/_search
http::Response search_resources(const Exchange& exchange);

/// The parameters as a query; `_cursor` is where a page begins.
search::Query query_of(const Exchange& exchange, fhir::TypeId type, Pairs parameters, bool strict, Issues& issues);

/// Runs the query. Value sets and places in code systems that it names are as they are stored at that moment; `timeout`
/// when the terminology does not come to that in time.
Result<store::ResultPage> find(const Exchange& exchange, const search::Query& query);

/// Runs the query and writes the searchset. `path` is what stands between the base and the question mark.
http::Response answer_search(const Exchange& exchange, const search::Query& query, std::string_view path,
                             const Issues& passed_over);

}  // namespace meridian::rest
