#include "rest/testing/operation_client.hpp"

#include "fhirpath/expression.hpp"

namespace meridian::rest::testing {
namespace {

std::string text_of(fhir::Node node, std::string_view name) {
  const fhir::Node child = node ? node.child(name) : fhir::Node();
  return child ? std::string(child.text()) : std::string();
}

}  // namespace

OperationClient::OperationClient(std::shared_ptr<validation::Profiles> profiles, std::uint32_t fhirpath_milliseconds)
    : validator_(fhir::Schema::r4(), std::move(profiles)), terminology_(fhir::Schema::r4()) {
  OperationServices services;
  services.validator = &validator_;
  services.terminology = &terminology_;
  services.subsumption = &terminology_;
  services.fhirpath_milliseconds = fhirpath_milliseconds;
  mount_operations(router_, services);
}

Reply OperationClient::post(std::string_view target, std::string body, const Fields& fields) const {
  return ask(http::Method::post, target, std::move(body), fields);
}

Reply OperationClient::ask(http::Method method, std::string_view target, std::string body, const Fields& fields) const {
  http::Request request(method, target);
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  request.body = std::move(body);
  const http::Response response = router_.answer(request);
  return {response.status, std::string(response.headers.get("Content-Type")), response.body,
          std::string(response.headers.get("Allow")), response.headers};
}

std::string Reply::value(std::string_view expression) const {
  Issues faults;
  const fhir::Document document = fhir::DocumentParser().parse(body, faults);
  if (!document.has_root()) return "not a resource: " + body;
  const auto compiled = fhirpath::Expression::compile(expression, {}, faults);
  if (!compiled) return "not an expression: " + std::string(expression);
  fhirpath::EvaluationContext context;
  const auto found = compiled->evaluate(document.root(), context);
  if (!found) return found.error().message();
  std::string all;
  for (const fhirpath::Value& one : *found) all += (all.empty() ? "" : ",") + fhirpath::text(one);
  return all;
}

std::string Reply::issues() const {
  Issues faults;
  const fhir::Document outcome = fhir::DocumentParser().parse(body, faults);
  if (!outcome.has_root()) return "not a resource: " + body;
  const fhir::Schema& schema = outcome.schema();
  if (schema.type(outcome.root().type()).name != "OperationOutcome") return "not an OperationOutcome: " + body;
  std::string lines;
  for (const fhir::Node issue : outcome.root().children(schema.find_name("issue"))) {
    const fhir::Node details = issue.child("details");
    lines += text_of(issue, "severity") + " " + text_of(details.child("coding"), "code");
    if (const std::string path = text_of(issue, "expression"); !path.empty()) lines += " " + path;
    if (const std::string place = text_of(issue, "diagnostics"); !place.empty()) lines += " " + place;
    lines += "\n";
  }
  return lines;
}

}  // namespace meridian::rest::testing
