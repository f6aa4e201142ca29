#include "rest/read_interactions.hpp"

#include <utility>

#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/version_headers.hpp"
#include "rest/view.hpp"

namespace meridian::rest {

http::Response show_version(store::Version&& version, const Exchange& exchange, int status) {
  Issues issues;
  const View view = view_of(exchange.request, issues);
  if (issues.has_errors()) return answer(issues, exchange.representation, 400);
  http::Response response = answer(shown(std::move(version.json), view), exchange.representation, status);
  set_version_headers(response, version.number, version.last_updated);
  return response;
}

http::Response read_resource(const Exchange& exchange) {
  Result<store::Version> version = exchange.server->store().read(exchange.context.reader, exchange.key());
  if (!version) return refuse(version.error(), exchange.representation);
  return show_version(std::move(*version), exchange);
}

http::Response read_version(const Exchange& exchange) {
  const auto number = whole_number(exchange.request.path_parameter("version"));
  if (!number) return refuse(Error(ErrorCode::not_found, "versions are numbers"), exchange.representation);
  Result<store::Version> version =
      exchange.server->store().read_version(exchange.context.reader, exchange.key(), *number);
  if (!version) return refuse(version.error(), exchange.representation);
  if (version->change == store::Change::deleted) {
    return refuse(Error(ErrorCode::gone, "this version is the deletion"), exchange.representation);
  }
  return show_version(std::move(*version), exchange);
}

}  // namespace meridian::rest
