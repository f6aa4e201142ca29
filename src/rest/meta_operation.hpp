// $meta, $meta-add, $meta-delete: profiles, tags and security labels of a resource.
//
// Adding and deleting make a new version, since versions never change.
// Specification: https://hl7.org/fhir/R4/resource-operation-meta.html, resource-operation-meta-add.html,
// resource-operation-meta-delete.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

/// GET [type]/[id]/$meta and [type]/[id]/_history/[version]/$meta
http::Response show_meta(const Exchange& exchange);
/// POST [type]/[id]/$meta-add with Parameters: `meta`
void add_meta(const ExchangePtr& exchange);
/// POST [type]/[id]/$meta-delete
void delete_meta(const ExchangePtr& exchange);

/// The JSON of a resource with the profiles, tags and labels of `change` added to its meta, or taken from it. Two
/// codings are the same when system and code are.
std::string with_meta_added(std::string_view resource, fhir::Node change);
std::string with_meta_deleted(std::string_view resource, fhir::Node change);

}  // namespace meridian::rest
