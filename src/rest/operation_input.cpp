#include "rest/operation_input.hpp"

#include <utility>

#include "rest/parameters.hpp"

namespace meridian::rest {

Result<OperationInput> OperationInput::of(const Exchange& exchange) {
  OperationInput input;
  input.pairs_ = TRY(exchange.search_parameters());
  const http::Request& request = exchange.request;
  const bool is_form = http::equals_ignoring_case(request.content_type(), "application/x-www-form-urlencoded");
  if (request.method != http::Method::post || request.body.empty() || is_form) return input;
  ReadBody body = read_body(request);
  if (!body.document.has_root() || !Parameters::is(body.document.root())) {
    return fail(ErrorCode::malformed_input, "the body must be Parameters");
  }
  input.body_ = std::move(body.document);
  const fhir::Node root = input.body_.root();
  for (const fhir::Node parameter : root.children(root.schema().find_name("parameter"))) {
    const fhir::Node value = Parameters::value_of(parameter);
    if (value && value.has_value()) {
      input.pairs_.emplace_back(std::string(Parameters::name_of(parameter)), std::string(value.text()));
    }
  }
  return input;
}

std::optional<std::string_view> OperationInput::text(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> OperationInput::texts(std::string_view name) const {
  std::vector<std::string_view> texts;
  for (const auto& [key, value] : pairs_) {
    if (key == name) texts.emplace_back(value);
  }
  return texts;
}

fhir::Node OperationInput::node(std::string_view name) const {
  return body_.has_root() ? Parameters(body_.root()).value(name) : fhir::Node();
}

fhir::Node OperationInput::resource(std::string_view name) const {
  return body_.has_root() ? Parameters(body_.root()).resource(name) : fhir::Node();
}

}  // namespace meridian::rest
