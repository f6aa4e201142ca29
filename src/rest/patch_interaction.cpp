#include "rest/patch_interaction.hpp"

#include <utility>

#include "fhirpath/patch.hpp"
#include "formats/fhir/patch.hpp"
#include "rest/find_one.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/parameters.hpp"
#include "rest/version_headers.hpp"
#include "rest/written.hpp"

namespace meridian::rest {
namespace {

constexpr int kMaxAttempts = 5;

/// The patch in the body; otherwise the exchange has been answered.
std::optional<Patch> read_patch(const ExchangePtr& exchange) {
  Patch patch;
  patch.text = exchange->request.body;
  const std::string_view type = exchange->request.content_type();
  if (http::equals_ignoring_case(type, "application/json-patch+json")) return patch;
  patch.form = PatchForm::merge_patch;
  if (http::equals_ignoring_case(type, "application/merge-patch+json")) return patch;
  patch.form = PatchForm::fhirpath;
  if (!form_of_content_type(type) || type.empty()) {
    exchange->respond(refuse(415, IssueType::not_supported, kPatchForm, {}, exchange->representation));
    return std::nullopt;
  }
  ReadBody body = read_body(exchange->request);
  if (!body.document.has_root()) {
    exchange->respond(answer(body.issues, exchange->representation, 400));
    return std::nullopt;
  }
  if (!Parameters::is(body.document.root())) {
    exchange->respond(refuse(400, IssueType::invalid, kNotParameters, {}, exchange->representation));
    return std::nullopt;
  }
  patch.parameters = std::move(body.document);
  return patch;
}

struct Attempt {
  ExchangePtr exchange;
  Patch patch;
  store::ResourceKey key;
  std::optional<IfMatch> wanted;
  int made = 0;
};

void attempt(std::shared_ptr<Attempt> work) {
  Exchange& exchange = *work->exchange;
  const auto refuse_with = [&](const Error& error) { exchange.respond(refuse(error, exchange.representation)); };
  // 1. The present version, and whether it is the one that is meant.
  Result<store::Version> present = exchange.server->store().read(exchange.context.reader, work->key);
  if (!present) return refuse_with(present.error());
  if (work->wanted && !work->wanted->is_any && work->wanted->version != present->number) {
    return refuse_with(Error(ErrorCode::precondition_failed, "If-Match names another version than the present one"));
  }
  // 2. What the patch makes of it.
  Issues issues(exchange.server->services.max_issues);
  fhir::Document changed = work->patch.apply_to(std::move(present->json), issues);
  if (!changed.has_root()) return exchange.respond(answer(issues, exchange.representation, 422));
  // 3. Committed if nothing came in between.
  store::Write write{store::WriteKind::update, work->key, std::move(changed), {}};
  write.condition.version = present->number;
  const bool may_repeat = (!work->wanted || work->wanted->is_any) && ++work->made < kMaxAttempts;
  commit_and_answer(work->exchange, std::move(write), [work, may_repeat](const store::CommitFailure& failure) {
    if (!may_repeat || failure.error.code() != ErrorCode::precondition_failed) return false;
    work->exchange->server->later([work] { attempt(work); });
    return true;
  });
}

}  // namespace

fhir::Document Patch::apply_to(std::string json, Issues& issues) const {
  fhir::DocumentParser parser;
  const fhir::Document document = parser.parse(std::move(json), issues);
  if (!document.has_root()) return {};
  fhir::Document changed;
  switch (form) {
    case PatchForm::json_patch:
      changed = fhir::apply_json_patch(document, text, parser, issues);
      break;
    case PatchForm::merge_patch:
      changed = fhir::apply_merge_patch(document, text, parser, issues);
      break;
    case PatchForm::fhirpath:
      changed = fhirpath::apply_fhirpath_patch(document, parameters.root(), parser, issues);
      break;
  }
  if (!changed.has_root()) return changed;
  const fhir::Node id = changed.root().child("id");
  if (changed.root().type() != document.root().type() || !id || id.text() != document.root().child("id").text()) {
    issues.add({Severity::error, IssueType::business_rule, kPatchMovesResource});
    return {};
  }
  return changed;
}

void patch_resource(const ExchangePtr& exchange) {
  std::optional<Patch> patch = read_patch(exchange);
  if (!patch) return;
  const Result<std::optional<IfMatch>> wanted = parse_if_match(exchange->request.headers.get("If-Match"));
  if (!wanted) return exchange->respond(refuse(wanted.error(), exchange->representation));
  attempt(std::make_shared<Attempt>(Attempt{exchange, std::move(*patch), exchange->key(), *wanted}));
}

void patch_found(const ExchangePtr& exchange) {
  const auto refuse_with = [&](const Error& error) { exchange->respond(refuse(error, exchange->representation)); };
  Result<Pairs> condition = exchange->search_parameters();
  if (!condition) return refuse_with(condition.error());
  if (condition->empty()) {
    return exchange->respond(refuse(412, IssueType::required, kConditionMissing, {}, exchange->representation));
  }
  std::optional<Patch> patch = read_patch(exchange);
  if (!patch) return;
  const Result<std::optional<store::Version>> found = find_one(*exchange, exchange->type_name(), std::move(*condition));
  if (!found) return refuse_with(found.error());
  if (!*found) return refuse_with(Error(ErrorCode::not_found, "nothing matches the condition"));
  // Only the version that matched is meant: what another write makes of it might match no more.
  const IfMatch wanted{.version = (*found)->number};
  attempt(std::make_shared<Attempt>(Attempt{exchange, std::move(*patch), (*found)->key, wanted}));
}

}  // namespace meridian::rest
