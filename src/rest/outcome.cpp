#include "rest/outcome.hpp"

#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "rest/messages.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::rest {
namespace {

const Message& words_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return kNotFound;
    case ErrorCode::gone:
      return kGone;
    case ErrorCode::precondition_failed:
      return kPreconditionFailed;
    case ErrorCode::conflict:
      return kConflict;
    case ErrorCode::unprocessable:
      return kUnprocessable;
    case ErrorCode::too_large:
      return kTooLarge;
    case ErrorCode::too_costly:
      return kTooCostly;
    case ErrorCode::busy:
      return kBusy;
    case ErrorCode::timeout:
      return kTimeout;
    case ErrorCode::forbidden:
      return kForbidden;
    case ErrorCode::unsupported:
      return kUnsupported;
    case ErrorCode::invalid_argument:
    case ErrorCode::malformed_input:
      return kBadRequest;
    default:
      return kFailed;
  }
}

http::Response with_error_headers(http::Response response, const Error& error) {
  if (error.code() == ErrorCode::busy) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace

std::string outcome_json(const Error& error, Language language, std::string_view expression) {
  const Message& words = words_for(error.code());
  fhir::JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("OperationOutcome");
  json.key("issue").begin_array().begin_object();
  json.key("severity").string("error");
  json.key("code").string(issue_type(error.code()));
  json.key("details").begin_object();
  json.key("coding").begin_array().begin_object();
  json.key("system").string(validation::kMessageSystem);
  json.key("code").string(words.id);
  json.end_object().end_array();
  json.key("text").string(language == Language::chinese ? words.chinese : words.english);
  json.end_object();
  if (!error.message().empty()) json.key("diagnostics").string(error.message());
  if (!expression.empty()) json.key("expression").begin_array().string(expression).end_array();
  json.end_object().end_array();
  json.end_object();
  return std::move(json).take();
}

std::string outcome_json(const store::CommitFailure& failure, Language language, std::string_view expression) {
  if (failure.issues.empty()) return outcome_json(failure.error, language, expression);
  Issues placed;
  for (Issue issue : failure.issues.all()) {
    if (!expression.empty()) {
      // `Patient.name` of the entry's resource is `Bundle.entry[3].resource.name`.
      const std::size_t dot = issue.path.find('.');
      issue.path =
          std::string(expression) + ".resource" + (dot == std::string::npos ? std::string() : issue.path.substr(dot));
      issue.position = {};
    }
    placed.add(std::move(issue));
  }
  return validation::operation_outcome_json(placed, language);
}

http::Response refuse(const Error& error, const Representation& representation, std::string_view expression) {
  return with_error_headers(
      answer(outcome_json(error, representation.language, expression), representation, http_status(error.code())),
      error);
}

http::Response refuse(const store::CommitFailure& failure, const Representation& representation,
                      std::string_view expression) {
  return with_error_headers(answer(outcome_json(failure, representation.language, expression), representation,
                                   http_status(failure.error.code())),
                            failure.error);
}

http::Response refuse(int status, IssueType type, const Message& message, std::vector<std::string> arguments,
                      const Representation& representation) {
  Issues issues;
  issues.add({Severity::error, type, message, std::move(arguments)});
  return answer(issues, representation, status);
}

}  // namespace meridian::rest
