#include "rest/exchange.hpp"

#include "formats/fhir/schema.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {
namespace {

std::string base_of(const http::Request& request, const std::string& configured) {
  if (!configured.empty()) return configured + fhir_root(request);
  const std::string_view host = request.host();
  return (request.peer.encrypted ? "https://" : "http://") + std::string(host.empty() ? "localhost" : host) +
         fhir_root(request);
}

bool is_of_http(std::string_view name) {
  return name == "_format" || name == "_pretty";
}

}  // namespace

fhir::TypeId resource_type(std::string_view name) {
  const fhir::Schema& schema = fhir::Schema::r4();
  const fhir::TypeId id = schema.find_type(name);
  if (id == fhir::TypeId::none) return id;
  const fhir::TypeInfo& type = schema.type(id);
  return type.kind == fhir::TypeKind::resource && !type.is_abstract ? id : fhir::TypeId::none;
}

std::string_view type_name(fhir::Node node) {
  return node.type() == fhir::TypeId::none ? std::string_view{} : node.schema().type(node.type()).name;
}

fhir::TypeId Exchange::type() const {
  return resource_type(type_name());
}

Result<Pairs> Exchange::search_parameters() const {
  Pairs pairs;
  for (const http::QueryParameter& one : request.target.parameters) {
    if (!is_of_http(one.name)) pairs.emplace_back(one.name, one.value);
  }
  if (request.method == http::Method::post &&
      http::equals_ignoring_case(request.content_type(), "application/x-www-form-urlencoded")) {
    for (http::QueryParameter& one : TRY(request.form())) {
      if (!is_of_http(one.name)) pairs.emplace_back(std::move(one.name), std::move(one.value));
    }
  }
  return pairs;
}

ExchangePtr open_exchange(http::Request request, http::Responder responder, const FhirServer& server) {
  const Representation representation = negotiate(request);
  const auto refuse_with = [&](http::Response response) {
    std::move(responder).send(std::move(response));
    return nullptr;
  };
  if (!representation.acceptable) return refuse_with(not_acceptable(representation));
  Result<Context> context = context_of(request);
  if (!context) return refuse_with(refuse(context.error(), representation));

  const std::string_view type = request.path_parameter("type");
  if (type.starts_with('$')) {
    return refuse_with(refuse(404, IssueType::not_supported, kUnknownOperation, {std::string(type)}, representation));
  }
  if (!type.empty() && resource_type(type) == fhir::TypeId::none) {
    return refuse_with(refuse(404, IssueType::not_supported, kUnknownType, {std::string(type)}, representation));
  }
  const std::string_view id = request.path_parameter("id");
  if (id.starts_with('$') || id.starts_with('_')) {
    return refuse_with(refuse(404, IssueType::not_supported, kUnknownOperation, {std::string(id)}, representation));
  }
  if (!id.empty() && !is_id(id)) {
    return refuse_with(
        refuse(request.method == http::Method::put ? 400 : 404, IssueType::value, kBadId, {}, representation));
  }

  auto exchange = std::make_shared<Exchange>();
  exchange->base = base_of(request, server.services.base_url);
  exchange->preferences = preferences_of(request.headers);
  exchange->representation = representation;
  exchange->context = std::move(*context);
  exchange->server = &server;
  exchange->request = std::move(request);
  exchange->responder = std::move(responder);
  return exchange;
}

}  // namespace meridian::rest
