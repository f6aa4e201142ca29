// Exchange: one request to the FHIR interactions with all that is known of it, and the promise of its answer.
//
// Interactions are plain functions over a shared Exchange: they answer once, at once or from the callback of a commit.
// The Exchange stays where it is, so documents may borrow the request's body as long as somebody holds it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/responder.hpp"
#include "rest/context.hpp"
#include "rest/preferences.hpp"
#include "rest/representation.hpp"
#include "store/version.hpp"

namespace meridian::rest {

struct FhirServer;

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Exchange {
  http::Request request;
  http::Responder responder;
  Representation representation;
  Preferences preferences;
  Context context;
  std::string base;  ///< "http://127.0.0.1:8080/fhir", without a slash at its end
  const FhirServer* server = nullptr;

  void respond(http::Response response) { std::move(responder).send(std::move(response)); }
  /// The type that the path names; none when there is no such resource type.
  fhir::TypeId type() const;
  std::string_view type_name() const { return request.path_parameter("type"); }
  std::string_view id() const { return request.path_parameter("id"); }
  store::ResourceKey key() const { return {std::string(type_name()), std::string(id())}; }
  /// The parameters of the query and, of a form, of the body, without those that are of HTTP (_format, _pretty).
  Result<Pairs> search_parameters() const;
};

using ExchangePtr = std::shared_ptr<Exchange>;
/// Answers through the exchange.
using Interaction = void (*)(const ExchangePtr&);
/// Answers at once.
using PromptInteraction = http::Response (*)(const Exchange&);

/// The type of a resource that can be stored, by name; none for data types, abstract types and names that are none.
fhir::TypeId resource_type(std::string_view name);

/// "Patient", "HumanName"; "" where a node has no type (unknown elements, a resource of an unknown type).
std::string_view type_name(fhir::Node node);

/// Makes the exchange of a request, or answers that it cannot be (406, no such tenant, type or id) and gives null.
ExchangePtr open_exchange(http::Request request, http::Responder responder, const FhirServer& server);

}  // namespace meridian::rest
