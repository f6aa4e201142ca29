#include "rest/find_one.hpp"

#include <utility>

#include "rest/internal/fhir_server.hpp"
#include "rest/search_interaction.hpp"

namespace meridian::rest {

Result<std::optional<store::Version>> find_one(const Exchange& exchange, std::string_view type, Pairs condition) {
  const fhir::TypeId id = resource_type(type);
  if (id == fhir::TypeId::none) return fail(ErrorCode::invalid_argument, "a condition names no resource type");
  Issues issues;
  search::Query query = query_of(exchange, id, std::move(condition), true, issues);
  if (issues.has_errors()) {
    return fail(ErrorCode::invalid_argument, text(issues.all().front(), exchange.representation.language));
  }
  if (query.filter.empty()) return fail(ErrorCode::invalid_argument, "a condition must search for something");
  query.count = 2;
  query.includes.clear();
  query.sort.clear();
  store::ResultPage page = TRY(find(exchange, query));
  if (page.entries.empty()) return std::nullopt;
  if (page.entries.size() > 1) return fail(ErrorCode::precondition_failed, "several resources match the condition");
  return std::move(page.entries.front().version);
}

Result<std::optional<store::Version>> find_one(const Exchange& exchange, std::string_view reference) {
  const std::size_t mark = reference.find('?');
  if (mark == reference.npos) return fail(ErrorCode::invalid_argument, "a condition is written Type?name=value");
  Pairs pairs;
  for (http::QueryParameter& pair : TRY(http::parse_query(reference.substr(mark + 1)))) {
    pairs.emplace_back(std::move(pair.name), std::move(pair.value));
  }
  return find_one(exchange, reference.substr(0, mark), std::move(pairs));
}

}  // namespace meridian::rest
