#include "rest/search_interaction.hpp"

#include <utility>

#include "rest/bundle_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/view.hpp"
#include "terminology/follower.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::rest {
namespace {

/// "Observation?code=…&_cursor=…": what was understood, so that a client sees what was not.
std::string link_url(const Exchange& exchange, std::string_view path, const search::Query& query,
                     std::string_view cursor) {
  std::string url = exchange.base;
  if (!path.empty()) url += "/" + std::string(path);
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += separator;
    url += http::percent_encode(name) + "=" + http::percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : query.understood) add(name, value);
  if (!cursor.empty()) add("_cursor", cursor);
  if (const auto format = exchange.request.query("_format")) add("_format", *format);
  return url;
}

std::string explanation_json(const std::string& explanation, Language language) {
  Issues issues;
  issues.add({Severity::information, IssueType::informational, kPlan, {explanation}});
  return validation::operation_outcome_json(issues, language);
}

/// The path of the interaction, without _search at its end.
std::string path_of(const Exchange& exchange) {
  std::string path(exchange.type_name());
  if (!exchange.id().empty()) path += "/" + std::string(exchange.id());
  if (const std::string_view member = exchange.request.path_parameter("member"); !member.empty()) {
    path += "/" + std::string(member);
  }
  return path;
}

bool is_compartment(std::string_view type) {
  for (const fhir::CompartmentInfo& one : fhir::Schema::r4().compartments()) {
    if (fhir::Schema::r4().type(one.type).name == type) return true;
  }
  return false;
}

}  // namespace

search::Query query_of(const Exchange& exchange, fhir::TypeId type, Pairs parameters, bool strict, Issues& issues) {
  std::string cursor;
  std::erase_if(parameters, [&](const auto& pair) {
    if (pair.first != "_cursor") return false;
    cursor = pair.second;
    return true;
  });
  search::QueryRules rules;
  rules.strict = strict;
  rules.max_count = exchange.server->services.max_page;
  const auto known = exchange.server->store().parameters(exchange.context.reader.tenant);
  search::Query query = search::parse_query(*known, type, parameters, rules, issues);
  query.cursor = std::move(cursor);
  return query;
}

Result<store::ResultPage> find(const Exchange& exchange, const search::Query& query) {
  constexpr std::int64_t kLongestWait = 10'000;
  const FhirServer& server = *exchange.server;
  if (server.services.definitions != nullptr && search::names_codes(query.filter)) {
    TRY(server.services.definitions->catch_up(
        Deadline::earlier(exchange.context.reader.deadline, Deadline::after_milliseconds(kLongestWait))));
  }
  return server.store().search(exchange.context.reader, query);
}

http::Response answer_search(const Exchange& exchange, const search::Query& query, std::string_view path,
                             const Issues& passed_over) {
  Result<store::ResultPage> page = find(exchange, query);
  if (!page) return refuse(page.error(), exchange.representation);

  BundleWriter bundle("searchset", exchange.base);
  if (page->total) bundle.total(*page->total);
  bundle.link("self", link_url(exchange, path, query, query.cursor));
  bundle.link("first", link_url(exchange, path, query, {}));
  if (!page->next.empty()) bundle.link("next", link_url(exchange, path, query, page->next));
  const View view{query.summary, query.elements};
  for (const bool included : {false, true}) {
    for (store::Found& found : page->entries) {
      if (found.is_included != included) continue;
      bundle.found(found.version.key, shown(std::move(found.version.json), view), included ? "include" : "match");
    }
  }
  if (!passed_over.empty()) {
    bundle.outcome(validation::operation_outcome_json(passed_over, exchange.representation.language));
  }
  if (!page->explanation.empty()) {
    bundle.outcome(explanation_json(page->explanation, exchange.representation.language));
  }
  return answer(std::move(bundle).take(), exchange.representation);
}

http::Response search_resources(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  Result<Pairs> parameters = exchange.search_parameters();
  if (!parameters) return refuse(parameters.error(), representation);

  // 1. Which types are searched: that of the path; below a compartment its last segment, `*` for all.
  fhir::TypeId type = exchange.type();
  const std::string_view member = exchange.request.path_parameter("member");
  if (!member.empty()) {
    if (member.starts_with('$') || member.starts_with('_')) {
      return refuse(404, IssueType::not_supported, kUnknownOperation, {std::string(member)}, representation);
    }
    type = resource_type(member);
    if (!is_compartment(exchange.type_name()) || (type == fhir::TypeId::none && member != "*")) {
      return refuse(404, IssueType::not_supported, kUnknownType, {std::string(member)}, representation);
    }
  }

  // 2. What is asked.
  Issues issues(exchange.server->services.max_issues);
  search::Query query = query_of(exchange, type, std::move(*parameters), exchange.preferences.strict, issues);
  if (issues.has_errors()) return answer(issues, representation, 400);
  if (!member.empty()) query.compartment = {std::string(exchange.type_name()), std::string(exchange.id())};

  // 3. What is found.
  return answer_search(exchange, query, path_of(exchange), issues);
}

}  // namespace meridian::rest
