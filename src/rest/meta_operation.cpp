#include "rest/meta_operation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "formats/fhir/json.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/members.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/operation_input.hpp"
#include "rest/outcome.hpp"
#include "rest/version_headers.hpp"
#include "rest/written.hpp"

namespace meridian::rest {
namespace {

constexpr std::array<std::string_view, 3> kLists{"profile", "security", "tag"};

/// What makes two items the same: of a coding system and code, of a profile its text.
std::string identity_of(std::string_view item) {
  if (!item.starts_with('{')) return std::string(item);
  return std::string(member_of(item, "system")) + "|" + std::string(member_of(item, "code"));
}

using Edit = void (*)(std::vector<std::string>& items, const std::vector<std::string>& change);

void add_items(std::vector<std::string>& items, const std::vector<std::string>& change) {
  for (const std::string& item : change) {
    const auto same = [&](const std::string& other) { return identity_of(other) == identity_of(item); };
    if (std::none_of(items.begin(), items.end(), same)) items.push_back(item);
  }
}

void delete_items(std::vector<std::string>& items, const std::vector<std::string>& change) {
  std::erase_if(items, [&](const std::string& item) {
    return std::any_of(change.begin(), change.end(),
                       [&](const std::string& other) { return identity_of(other) == identity_of(item); });
  });
}

std::vector<std::string> items_of(fhir::Node meta, std::string_view list) {
  std::vector<std::string> items;
  for (const fhir::Node item : meta.children(meta.schema().find_name(list))) items.push_back(fhir::write_json(item));
  return items;
}

std::string edited_meta(std::string_view meta, fhir::Node change, Edit edit) {
  fhir::JsonWriter json;
  json.begin_object();
  for (const Member& member : members_of(meta)) {
    if (std::find(kLists.begin(), kLists.end(), member.key) == kLists.end()) json.key(member.key).raw(member.value);
  }
  for (const std::string_view list : kLists) {
    std::vector<std::string> items;
    for (const std::string_view item : rest::items_of(member_of(meta, list))) items.emplace_back(item);
    edit(items, items_of(change, list));
    if (items.empty()) continue;
    json.key(list).begin_array();
    for (const std::string& item : items) json.raw(item);
    json.end_array();
  }
  json.end_object();
  return std::move(json).take();
}

std::string edited(std::string_view resource, fhir::Node change, Edit edit) {
  fhir::JsonWriter json;
  json.begin_object();
  const std::vector<Member> members = members_of(resource);
  const std::string meta = edited_meta(member_of(resource, "meta"), change, edit);
  for (const Member& member : members) {
    if (member.key == "meta") continue;
    json.key(member.key).raw(member.value);
    // FHIR has meta near the front; behind the type is where every reader takes it.
    if (member.key == "resourceType" && meta != "{}") json.key("meta").raw(meta);
  }
  json.end_object();
  return std::move(json).take();
}

http::Response answer_meta(const store::Version& version, const Exchange& exchange) {
  fhir::JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("Parameters");
  json.key("parameter").begin_array().begin_object();
  json.key("name").string("return");
  const std::string_view meta = member_of(version.json, "meta");
  json.key("valueMeta").raw(meta.empty() ? "{}" : meta);
  json.end_object().end_array().end_object();
  http::Response response = answer(std::move(json).take(), exchange.representation);
  set_version_headers(response, version.number, version.last_updated);
  return response;
}

struct Change {
  ExchangePtr exchange;
  OperationInput input;
  Edit edit;
  int attempts = 0;
};

void attempt(const std::shared_ptr<Change>& change) {
  constexpr int kMaxAttempts = 5;
  Exchange& exchange = *change->exchange;
  const Result<store::Version> present = exchange.server->store().read(exchange.context.reader, exchange.key());
  if (!present) return exchange.respond(refuse(present.error(), exchange.representation));
  Issues issues;
  fhir::Document document =
      fhir::DocumentParser().parse(edited(present->json, change->input.node("meta"), change->edit), issues);
  if (!document.has_root()) return exchange.respond(answer(issues, exchange.representation, 422));
  store::CommitRequest request;
  request.writes.push_back({store::WriteKind::update, exchange.key(), std::move(document), {}});
  request.writes.front().condition.version = present->number;
  exchange.server->store().commit(exchange.context.writer, std::move(request),
                                  [change](tl::expected<store::CommitOutcome, store::CommitFailure> done) {
                                    const ExchangePtr& asked = change->exchange;
                                    if (!done) {
                                      const bool may_repeat =
                                          done.error().error.code() == ErrorCode::precondition_failed &&
                                          ++change->attempts < kMaxAttempts;
                                      if (may_repeat) return asked->server->later([change] { attempt(change); });
                                      return asked->respond(refuse(done.error(), asked->representation));
                                    }
                                    asked->server->later([asked] { asked->respond(show_meta(*asked)); });
                                  });
}

void edit_meta(const ExchangePtr& exchange, Edit edit) {
  Result<OperationInput> input = OperationInput::of(*exchange);
  if (!input) return exchange->respond(refuse(input.error(), exchange->representation));
  if (!input->node("meta")) {
    return exchange->respond(refuse(400, IssueType::required, kParameterMissing, {"meta"}, exchange->representation));
  }
  attempt(std::make_shared<Change>(Change{exchange, std::move(*input), edit}));
}

}  // namespace

std::string with_meta_added(std::string_view resource, fhir::Node change) {
  return edited(resource, change, add_items);
}

std::string with_meta_deleted(std::string_view resource, fhir::Node change) {
  return edited(resource, change, delete_items);
}

http::Response show_meta(const Exchange& exchange) {
  const store::Store& store = exchange.server->store();
  const std::string_view number = exchange.request.path_parameter("version");
  if (!number.empty() && !whole_number(number)) {
    return refuse(Error(ErrorCode::not_found, "versions are numbers"), exchange.representation);
  }
  const Result<store::Version> version =
      number.empty() ? store.read(exchange.context.reader, exchange.key())
                     : store.read_version(exchange.context.reader, exchange.key(), *whole_number(number));
  if (!version) return refuse(version.error(), exchange.representation);
  return answer_meta(*version, exchange);
}

void add_meta(const ExchangePtr& exchange) {
  edit_meta(exchange, add_items);
}

void delete_meta(const ExchangePtr& exchange) {
  edit_meta(exchange, delete_items);
}

}  // namespace meridian::rest
