#include "rest/everything_operation.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "rest/bundle_writer.hpp"
#include "rest/care_time.hpp"
#include "rest/history_interaction.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/operation_input.hpp"
#include "rest/outcome.hpp"
#include "rest/search_interaction.hpp"

namespace meridian::rest {
namespace {

/// What of a patient is wanted.
struct Wanted {
  std::set<std::string, std::less<>> types;
  std::optional<Instant> since;
  std::optional<Instant> start;
  std::optional<Instant> end;
  std::uint64_t count = 0;  ///< 0: all at once
  /// Where a page begins: after so many of those wanted, as they were at that commit.
  std::uint64_t skip = 0;

  bool has_care_time() const { return start || end; }
};

/// "12.500": the commit and how many came before.
bool read_cursor(std::string_view text, Wanted& wanted, store::ReadContext& reader) {
  const std::size_t dot = text.find('.');
  const auto commit = whole_number(text.substr(0, dot));
  const auto skip = whole_number(dot == text.npos ? std::string_view{} : text.substr(dot + 1));
  if (!commit || !skip) return false;
  reader.at = store::CommitNumber(*commit);
  wanted.skip = *skip;
  return true;
}

/// False, with issues, when a parameter means nothing.
bool read_wanted(const OperationInput& input, Wanted& wanted, store::ReadContext& reader, Issues& issues) {
  const auto moment = [&](const char* name, std::optional<Instant>& into) {
    const auto text = input.text(name);
    if (!text) return;
    into = moment_of(*text);
    if (!into) issues.add({Severity::error, IssueType::value, kBadParameter, {name}});
  };
  moment("_since", wanted.since);
  moment("start", wanted.start);
  moment("end", wanted.end);
  // An end that is a date means until that day is over.
  if (wanted.end) {
    std::string end(*input.text("end"));
    std::replace(end.begin(), end.end(), ' ', '+');
    if (end.size() == 10) wanted.end = *wanted.end + Duration::days(1);
  }
  for (const std::string_view list : input.texts("_type")) {
    for (const std::string_view type : split(list, ',')) {
      if (resource_type(type) == fhir::TypeId::none) {
        issues.add({Severity::error, IssueType::value, kUnknownType, {std::string(type)}});
      }
      wanted.types.emplace(type);
    }
  }
  if (const auto count = input.text("_count")) {
    const auto number = whole_number(*count);
    if (!number) issues.add({Severity::error, IssueType::value, kBadParameter, {"_count"}});
    wanted.count = number.value_or(0);
  }
  if (const auto cursor = input.text("_cursor"); cursor && !read_cursor(*cursor, wanted, reader)) {
    issues.add({Severity::error, IssueType::value, kBadParameter, {"_cursor"}});
  }
  return !issues.has_errors();
}

bool is_wanted(const store::Version& version, const Wanted& wanted, fhir::DocumentParser& parser) {
  if (!wanted.types.empty() && !wanted.types.contains(version.key.type)) return false;
  if (wanted.since && version.last_updated < *wanted.since) return false;
  if (!wanted.has_care_time()) return true;
  Issues issues;
  fhir::Document document = parser.parse_borrowed(version.json, issues);
  const auto range = document.has_root() ? care_time(document.root()) : std::nullopt;
  parser.recycle(std::move(document));
  if (!range) return true;
  return (!wanted.start || range->end > *wanted.start) && (!wanted.end || range->start < *wanted.end);
}

std::string next_url(const Exchange& exchange, const Pairs& pairs, const std::string& cursor) {
  std::string url = exchange.base + "/Patient/" + std::string(exchange.id()) + "/$everything?";
  for (const auto& [name, value] : pairs) {
    if (name != "_cursor") url += http::percent_encode(name) + "=" + http::percent_encode(value) + "&";
  }
  return url + "_cursor=" + cursor;
}

}  // namespace

http::Response patient_everything(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  const Result<OperationInput> input = OperationInput::of(exchange);
  if (!input) return refuse(input.error(), representation);
  Wanted wanted;
  store::ReadContext reader = exchange.context.reader;
  Issues issues;
  if (!read_wanted(*input, wanted, reader, issues)) return answer(issues, representation, 400);
  store::Store& store = exchange.server->store();
  if (!reader.at) reader.at = store.last_commit(reader.tenant);

  BundleWriter bundle("searchset", exchange.base);
  std::vector<store::Version> page;
  std::uint64_t seen = 0;
  bool has_more = false;
  fhir::DocumentParser parser;
  const Result<> scanned = store.everything(reader, exchange.id(), [&](store::Version&& version) {
    if (!is_wanted(version, wanted, parser)) return true;
    if (seen++ < wanted.skip) return true;
    if (wanted.count > 0 && page.size() == wanted.count) {
      has_more = true;
      return false;
    }
    page.push_back(std::move(version));
    return true;
  });
  if (!scanned) return refuse(scanned.error(), representation);
  if (wanted.count == 0) bundle.total(page.size());
  if (has_more) {
    const std::string cursor = std::to_string(reader.at->value()) + "." + std::to_string(wanted.skip + page.size());
    bundle.link("next", next_url(exchange, input->pairs(), cursor));
  }
  for (const store::Version& version : page) bundle.found(version.key, version.json, "match");
  return answer(std::move(bundle).take(), representation);
}

http::Response encounter_everything(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  const store::ResourceKey key{"Encounter", std::string(exchange.id())};
  store::Store& store = exchange.server->store();
  store::ReadContext reader = exchange.context.reader;
  reader.at = store.last_commit(reader.tenant);
  const Result<store::Version> encounter = store.read(reader, key);
  if (!encounter) return refuse(encounter.error(), representation);

  Issues issues;
  search::Query query = query_of(exchange, fhir::TypeId::none, {{"_include", "*"}}, false, issues);
  query.compartment = {key.type, key.id};
  query.count = exchange.server->services.max_page;
  std::set<std::string> shown{key.type + "/" + key.id};
  BundleWriter bundle("searchset", exchange.base);
  bundle.found(key, encounter->json, "match");
  do {
    Result<store::ResultPage> page = store.search(reader, query);
    if (!page) return refuse(page.error(), representation);
    for (const store::Found& found : page->entries) {
      if (!shown.insert(found.version.key.type + "/" + found.version.key.id).second) continue;
      bundle.found(found.version.key, found.version.json, found.is_included ? "include" : "match");
    }
    query.cursor = std::move(page->next);
  } while (!query.cursor.empty());
  return answer(std::move(bundle).take(), representation);
}

}  // namespace meridian::rest
