#include "rest/history_interaction.hpp"

#include <algorithm>

#include "base/date_time.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {
namespace {

std::string path_of(const Exchange& exchange) {
  std::string path = exchange.base;
  if (!exchange.type_name().empty()) path += "/" + std::string(exchange.type_name());
  if (!exchange.id().empty()) path += "/" + std::string(exchange.id());
  return path + "/_history";
}

std::string link_url(const Exchange& exchange, std::string_view cursor) {
  std::string url = path_of(exchange);
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += separator;
    url += std::string(name) + "=" + http::percent_encode(value);
    separator = '&';
  };
  for (const char* name : {"_since", "_count", "_format"}) {
    if (const auto value = exchange.request.query(name)) add(name, *value);
  }
  if (!cursor.empty()) add("_cursor", cursor);
  return url;
}

}  // namespace

std::optional<Instant> moment_of(std::string_view text) {
  // In a URL the + of an offset reads as a space.
  std::string asked(text);
  std::replace(asked.begin(), asked.end(), ' ', '+');
  const Result<DateTime> moment = DateTime::parse_fhir(asked);
  if (!moment) return std::nullopt;
  return instant_range(*moment, UtcOffset()).start;
}

http::Response show_history(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  store::HistoryRequest asked;
  if (!exchange.type_name().empty()) asked.type = exchange.type_name();
  if (!exchange.id().empty()) asked.id = exchange.id();
  if (const auto since = exchange.request.query("_since")) {
    asked.since = moment_of(*since);
    if (!asked.since) return refuse(400, IssueType::value, kBadParameter, {"_since"}, representation);
  }
  bool is_total_alone = false;
  if (const auto count = exchange.request.query("_count")) {
    const auto number = whole_number(*count);
    if (!number) return refuse(400, IssueType::value, kBadParameter, {"_count"}, representation);
    is_total_alone = *number == 0;
    asked.count = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*number, 1, exchange.server->services.max_page));
  }
  asked.cursor = std::string(exchange.request.query("_cursor").value_or(""));

  Result<store::VersionPage> page = exchange.server->store().history(exchange.context.reader, asked);
  if (!page) return refuse(page.error(), representation);
  BundleWriter bundle("history", exchange.base);
  if (page->total) bundle.total(*page->total);
  bundle.link("self", link_url(exchange, asked.cursor));
  if (!is_total_alone) {
    if (!page->next.empty()) bundle.link("next", link_url(exchange, page->next));
    for (const store::Version& version : page->versions) bundle.version(version);
  }
  return answer(std::move(bundle).take(), representation);
}

}  // namespace meridian::rest
