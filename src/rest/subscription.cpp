#include "rest/subscription.hpp"

#include "base/trim.hpp"
#include "http/headers.hpp"
#include "rest/exchange.hpp"
#include "rest/internal/text.hpp"

namespace meridian::rest {
namespace {

std::string text_in(fhir::Node node, std::string_view name) {
  const fhir::Node child = node ? node.child(name) : fhir::Node();
  return child ? std::string(child.text()) : std::string();
}

}  // namespace

Result<std::optional<Subscription>> Subscription::read(fhir::Node resource) {
  const std::string status = text_in(resource, "status");
  if (status != "requested" && status != "active") return std::nullopt;
  const fhir::Node channel = resource.child("channel");
  if (text_in(channel, "type") != "rest-hook") return std::nullopt;

  Subscription subscription;
  subscription.is_requested = status == "requested";
  const std::string criteria = text_in(resource, "criteria");
  const std::size_t mark = criteria.find('?');
  subscription.type = criteria.substr(0, mark);
  if (mark != std::string::npos) subscription.search = criteria.substr(mark + 1);
  if (resource_type(subscription.type) == fhir::TypeId::none) {
    return fail(ErrorCode::unprocessable, "Subscription.criteria is written Type?search");
  }
  subscription.endpoint = text_in(channel, "endpoint");
  if (!subscription.endpoint.starts_with("http://") && !subscription.endpoint.starts_with("https://")) {
    return fail(ErrorCode::unprocessable, "Subscription.channel.endpoint must be an http or https URL");
  }
  if (subscription.endpoint.ends_with('/')) subscription.endpoint.pop_back();
  subscription.payload = text_in(channel, "payload");
  for (const fhir::Node header : channel.children(channel.schema().find_name("header"))) {
    const std::string_view line = header.text();
    const std::size_t colon = line.find(':');
    const std::string_view name = without_blanks(line.substr(0, colon));
    const std::string_view value = colon == line.npos ? std::string_view{} : without_blanks(line.substr(colon + 1));
    if (!http::is_token(name) || !http::is_field_value(value)) {
      return fail(ErrorCode::unprocessable, "Subscription.channel.header is written Name: value");
    }
    subscription.headers.emplace_back(name, value);
  }
  if (const std::string end = text_in(resource, "end"); !end.empty()) {
    const Result<Instant> moment = Instant::parse(end);
    if (!moment) return fail(ErrorCode::unprocessable, "Subscription.end is no instant");
    subscription.end = *moment;
  }
  return subscription;
}

}  // namespace meridian::rest
