#include "rest/validate_operation.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fhirpath/value.hpp"
#include "rest/messages.hpp"
#include "rest/parameters.hpp"
#include "rest/representation.hpp"
#include "validation/validator.hpp"

namespace meridian::rest {
namespace {

struct Asked {
  fhir::Document document;
  std::vector<std::string> profiles;
  std::string mode;
};

/// Takes the resource out of Parameters; a body that is the resource itself stays as it is. Parameters without a
/// parameter `resource` are a resource to validate like any other.
void unwrap(Asked& asked, Issues& issues) {
  if (!Parameters::is(asked.document.root())) return;
  const Parameters parameters(asked.document.root());
  const fhir::Node resource = parameters.resource("resource");
  if (!resource) return;
  for (std::string& profile : parameters.texts("profile")) asked.profiles.push_back(std::move(profile));
  if (asked.mode.empty()) asked.mode = std::string(parameters.text("mode"));
  // Parsed anew, so that paths and rules are those of a resource that stands alone.
  asked.document = fhir::DocumentParser().parse(fhirpath::json(fhirpath::Value(resource)), issues);
}

/// Modes that ask about a stored resource cannot be answered without a store; saying so beats saying "valid".
bool is_answerable(std::string_view mode) {
  return mode.empty() || mode == "create" || mode == "update" || mode == "profile";
}

}  // namespace

http::Response validate_resource(const http::Request& request, const OperationServices& services) {
  // 1. What form is asked for, and what was sent?
  const std::optional<Representation> representation = negotiate(request);
  if (!representation) return not_acceptable();
  ReadBody body = read_body(request);
  if (body.unsupported_form) return unsupported_media_type(*representation);
  if (!body.document.has_root()) return answer(body.issues, *representation, 400);

  // 2. The parameters of the operation, in the body or in the query.
  Issues issues(services.max_issues);
  issues.add_all(std::move(body.issues));
  Asked asked{std::move(body.document), {}, {}};
  for (const http::QueryParameter& parameter : request.target.parameters) {
    if (parameter.name == "profile") asked.profiles.emplace_back(parameter.value);
    if (parameter.name == "mode") asked.mode = parameter.value;
  }
  unwrap(asked, issues);
  if (!asked.document.has_root()) return answer(issues, *representation, 400);
  if (!is_answerable(asked.mode)) {
    issues.add({Severity::error, IssueType::not_supported, kUnknownMode, {asked.mode}});
    return answer(issues, *representation, 400);
  }

  // 3. The address may name the type.
  const fhir::Document& document = asked.document;
  const std::string_view type = document.schema().type(document.root().type()).name;
  const std::string_view expected = request.path_parameter("type");
  if (!expected.empty() && expected != type) {
    issues.add({Severity::error,
                IssueType::invalid,
                kWrongType,
                {std::string(expected), std::string(type)},
                std::string(type)});
  }

  // 4. The checks themselves.
  validation::ValidationSession session(*services.validator);
  session.validate(document, issues, asked.profiles);
  return answer(issues, *representation, 200);
}

}  // namespace meridian::rest
