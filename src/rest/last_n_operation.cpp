#include "rest/last_n_operation.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "rest/bundle_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/operation_input.hpp"
#include "rest/outcome.hpp"
#include "rest/search_interaction.hpp"

namespace meridian::rest {
namespace {

/// What makes two observations of one kind: their codings, else the text of the code.
std::string code_of(std::string_view json, fhir::DocumentParser& parser) {
  Issues issues;
  fhir::Document document = parser.parse_borrowed(json, issues);
  std::vector<std::string> codes;
  std::string text;
  if (const fhir::Node code = document.has_root() ? document.root().child("code") : fhir::Node()) {
    for (const fhir::Node coding : code.children(code.schema().find_name("coding"))) {
      const fhir::Node system = coding.child("system");
      const fhir::Node value = coding.child("code");
      codes.push_back(std::string(system ? system.text() : "") + "|" + std::string(value ? value.text() : ""));
    }
    if (const fhir::Node said = code.child("text")) text = said.text();
  }
  parser.recycle(std::move(document));
  if (codes.empty()) return "text " + text;
  std::sort(codes.begin(), codes.end());
  std::string all;
  for (const std::string& code : codes) all += code + "\n";
  return all;
}

bool names(const Pairs& pairs, std::initializer_list<std::string_view> wanted) {
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
    const std::string_view name = std::string_view(pair.first).substr(0, pair.first.find_first_of(":."));
    return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  });
}

}  // namespace

http::Response last_observations(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  const Result<OperationInput> input = OperationInput::of(exchange);
  if (!input) return refuse(input.error(), representation);
  const auto max = whole_number(input->text("max").value_or("1"));
  if (!max || *max == 0) return refuse(400, IssueType::value, kBadParameter, {"max"}, representation);
  Pairs pairs = input->pairs();
  std::erase_if(pairs, [](const auto& pair) { return pair.first == "max" || pair.first == "_count"; });
  if (!names(pairs, {"patient", "subject"})) {
    return refuse(400, IssueType::required, kParameterMissing, {"patient"}, representation);
  }
  if (!names(pairs, {"code", "category", "combo-code"})) {
    return refuse(400, IssueType::required, kParameterMissing, {"category"}, representation);
  }
  pairs.emplace_back("_sort", "-date");
  Issues issues;
  search::Query query =
      query_of(exchange, resource_type("Observation"), std::move(pairs), exchange.preferences.strict, issues);
  if (issues.has_errors()) return answer(issues, representation, 400);
  query.count = exchange.server->services.max_page;

  // Newest first, so that the first of each code are the last that were taken.
  store::ReadContext reader = exchange.context.reader;
  reader.at = exchange.server->store().last_commit(reader.tenant);
  std::map<std::string, std::uint64_t> taken;
  std::vector<store::Version> last;
  fhir::DocumentParser parser;
  do {
    Result<store::ResultPage> page = exchange.server->store().search(reader, query);
    if (!page) return refuse(page.error(), representation);
    for (store::Found& found : page->entries) {
      if (!found.is_included && taken[code_of(found.version.json, parser)]++ >= *max) continue;
      last.push_back(std::move(found.version));
    }
    query.cursor = std::move(page->next);
  } while (!query.cursor.empty());

  BundleWriter bundle("searchset", exchange.base);
  bundle.total(last.size());
  for (const store::Version& version : last) bundle.found(version.key, version.json, "match");
  return answer(std::move(bundle).take(), representation);
}

}  // namespace meridian::rest
