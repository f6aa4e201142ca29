#include "rest/write_interactions.hpp"

#include <utility>

#include "rest/internal/fhir_server.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/version_headers.hpp"
#include "rest/written.hpp"

namespace meridian::rest {
namespace {

using store::Condition;
using store::Write;
using store::WriteKind;

void refuse_with(const ExchangePtr& exchange, const Error& error) {
  exchange->respond(refuse(error, exchange->representation));
}

std::string_view id_of(const fhir::Document& document) {
  const fhir::Node id = document.root().child("id");
  return id ? id.text() : std::string_view{};
}

/// The search that stands for an id; nothing, with the exchange answered, when there is none.
std::optional<Pairs> condition_search(const ExchangePtr& exchange) {
  Result<Pairs> pairs = exchange->search_parameters();
  if (!pairs) {
    refuse_with(exchange, pairs.error());
    return std::nullopt;
  }
  if (pairs->empty()) {
    exchange->respond(refuse(412, IssueType::required, kConditionMissing, {}, exchange->representation));
    return std::nullopt;
  }
  return std::move(*pairs);
}

}  // namespace

Result<Condition> condition_of(const Exchange& exchange, const store::ResourceKey& key) {
  Condition condition;
  condition.must_be_absent = TRY(parse_if_none_match_of_write(exchange.request.headers.get("If-None-Match")));
  const auto wanted = TRY(parse_if_match(exchange.request.headers.get("If-Match")));
  if (!wanted) return condition;
  condition.version = wanted->version;
  if (wanted->is_any) {
    const Result<store::Version> present = exchange.server->store().read(exchange.context.reader, key);
    if (!present) return fail(ErrorCode::precondition_failed, "If-Match: * asks for a resource that is there");
    condition.version = present->number;
  }
  return condition;
}

void create_resource(const ExchangePtr& exchange) {
  std::optional<fhir::Document> document = resource_to_write(exchange);
  if (!document) return;
  Write write{WriteKind::create, {std::string(exchange->type_name()), {}}, std::move(*document), {}};
  if (const std::string_view wanted = exchange->request.headers.get("If-None-Exist"); !wanted.empty()) {
    // The search alone, or with the type and a question mark before it.
    const std::size_t mark = wanted.find('?');
    const Result<std::vector<http::QueryParameter>> pairs =
        http::parse_query(mark == wanted.npos ? wanted : wanted.substr(mark + 1));
    if (!pairs) return refuse_with(exchange, pairs.error());
    write.condition.search.emplace();
    for (const http::QueryParameter& pair : *pairs) write.condition.search->emplace_back(pair.name, pair.value);
  }
  commit_and_answer(exchange, std::move(write));
}

void update_resource(const ExchangePtr& exchange) {
  std::optional<fhir::Document> document = resource_to_write(exchange);
  if (!document) return;
  const std::string_view id = id_of(*document);
  if (id != exchange->id()) {
    return exchange->respond(id.empty() ? refuse(400, IssueType::required, kIdMissing, {std::string(exchange->id())},
                                                 exchange->representation)
                                        : refuse(400, IssueType::value, kIdDiffers, {}, exchange->representation));
  }
  Result<Condition> condition = condition_of(*exchange, exchange->key());
  if (!condition) return refuse_with(exchange, condition.error());
  commit_and_answer(exchange, {WriteKind::update, exchange->key(), std::move(*document), std::move(*condition)});
}

void update_found(const ExchangePtr& exchange) {
  std::optional<Pairs> search = condition_search(exchange);
  if (!search) return;
  std::optional<fhir::Document> document = resource_to_write(exchange);
  if (!document) return;
  Write write{WriteKind::update, {std::string(exchange->type_name()), std::string(id_of(*document))}, {}, {}};
  write.document = std::move(*document);
  write.condition.search = std::move(*search);
  commit_and_answer(exchange, std::move(write));
}

void delete_resource(const ExchangePtr& exchange) {
  Result<Condition> condition = condition_of(*exchange, exchange->key());
  if (!condition) return refuse_with(exchange, condition.error());
  commit_and_answer(exchange, {WriteKind::remove, exchange->key(), {}, std::move(*condition)});
}

void delete_found(const ExchangePtr& exchange) {
  std::optional<Pairs> search = condition_search(exchange);
  if (!search) return;
  Write write{WriteKind::remove, {std::string(exchange->type_name()), {}}, {}, {}};
  write.condition.search = std::move(*search);
  commit_and_answer(exchange, std::move(write));
}

}  // namespace meridian::rest
