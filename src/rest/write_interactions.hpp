// create, update and delete, by id and by a condition.
// Specification: https://hl7.org/fhir/R4/http.html#create, #update, #delete, #ccreate, #cond-update
#pragma once

#include "rest/exchange.hpp"
#include "store/commit.hpp"

namespace meridian::rest {

/// POST [type]: the server makes the id. If-None-Exist: a search; what it finds is left and shown.
void create_resource(const ExchangePtr& exchange);
/// PUT [type]/[id]: the next version, or the first. If-Match, If-None-Match: *.
void update_resource(const ExchangePtr& exchange);
/// PUT [type]?search
void update_found(const ExchangePtr& exchange);
/// DELETE [type]/[id]; 204 also when there is nothing.
void delete_resource(const ExchangePtr& exchange);
/// DELETE [type]?search; of the one that is found.
void delete_found(const ExchangePtr& exchange);

/// If-Match and If-None-Match as a condition of a write to `key`.
Result<store::Condition> condition_of(const Exchange& exchange, const store::ResourceKey& key);

}  // namespace meridian::rest
