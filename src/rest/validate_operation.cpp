#include "rest/validate_operation.hpp"

#include <string>
#include <utility>
#include <vector>

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

/// After the object that begins at `begin`. The text has been parsed, so brackets match.
std::size_t object_end(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return text.size();
}

/// The text with white space in place of all that is not this resource: it is then one that stands alone, with the
/// paths and rules of such, and its lines and columns are still those of the whole text.
std::string alone(std::string_view text, fhir::Node resource) {
  const std::size_t begin = resource.position().offset;
  const std::size_t end = object_end(text, begin);
  std::string out(text);
  for (std::size_t at = 0; at < out.size(); ++at) {
    if ((at < begin || at >= end) && out[at] != '\n') out[at] = ' ';
  }
  return out;
}

/// Takes the resource out of Parameters; a body that is the resource itself stays as it is. Parameters without a
/// parameter `resource` are a resource to validate like any other.
void unwrap(Asked& asked, Issues& issues) {
  if (!Parameters::is(asked.document.root())) return;
  const Parameters parameters(asked.document.root());
  const fhir::Node resource = parameters.resource("resource");
  if (!resource) return;
  for (std::string& profile : parameters.texts("profile")) asked.profiles.push_back(std::move(profile));
  if (asked.mode.empty()) asked.mode = std::string(parameters.text("mode"));
  asked.document = fhir::DocumentParser().parse(alone(asked.document.source(), resource), issues);
}

/// Modes that ask about a stored resource cannot be answered without a store; saying so beats saying "valid".
bool is_answerable(std::string_view mode) {
  return mode.empty() || mode == "create" || mode == "update" || mode == "profile";
}

}  // namespace

http::Response validate_resource(const http::Request& request, const OperationServices& services) {
  // 1. What form is asked for, and what was sent?
  const Representation representation = negotiate(request);
  if (!representation.acceptable) return not_acceptable(representation);
  ReadBody body = read_body(request);
  if (body.unsupported_form) return unsupported_media_type(representation);
  if (!body.document.has_root()) return answer(body.issues, representation, 400);

  // 2. The parameters of the operation, in the body or in the query.
  Issues issues(services.max_issues);
  Asked asked{std::move(body.document), {}, {}};
  for (const http::QueryParameter& parameter : request.target.parameters) {
    if (parameter.name == "profile") asked.profiles.emplace_back(parameter.value);
    if (parameter.name == "mode") asked.mode = parameter.value;
  }
  unwrap(asked, issues);
  if (!asked.document.has_root()) return answer(issues, representation, 400);
  if (!is_answerable(asked.mode)) {
    issues.add({Severity::error, IssueType::not_supported, kUnknownMode, {asked.mode}});
    return answer(issues, representation, 400);
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
  issues.move_positions([&](const Position& place) { return body.in_body(request, place); });
  Issues all(services.max_issues);
  all.add_all(std::move(body.issues));
  all.add_all(std::move(issues));
  return answer(all, representation, 200);
}

}  // namespace meridian::rest
