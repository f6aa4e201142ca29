#include "rest/expunge_operation.hpp"

#include "rest/internal/fhir_server.hpp"
#include "rest/messages.hpp"
#include "rest/operation_input.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {

http::Response expunge_resource(const Exchange& exchange) {
  const Result<OperationInput> input = OperationInput::of(exchange);
  if (!input) return refuse(input.error(), exchange.representation);
  const bool all = input->text("expungeEverything") == "true";
  if (!all && input->text("expungePreviousVersions") != "true") {
    return refuse(400, IssueType::required, kParameterMissing, {"expungePreviousVersions"}, exchange.representation);
  }
  const Result<> done = exchange.server->store().purge(exchange.context.writer, exchange.key(), all);
  if (!done) return refuse(done.error(), exchange.representation);
  Issues issues;
  issues.add({Severity::information, IssueType::informational, kDone});
  return answer(issues, exchange.representation, 200);
}

}  // namespace meridian::rest
