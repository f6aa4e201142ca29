// Any bytes as a request: lines of name=value, the first line a type or nothing. Properties:
//   - it ends, whatever it says;
//   - what was understood, parsed again, gives no issue and understands the same, and the same query;
//   - an issue has a message in both languages.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "search/query.hpp"

namespace meridian::search {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void broken(const char* property, std::string_view detail) {
  std::fprintf(stderr, "%s: %.*s\n", property, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

void describe(const Filter& filter, std::string& out);

void describe(const Condition& condition, std::string& out) {
  out += condition.name;
  if (condition.parameter != nullptr) out += "=" + condition.parameter->url;
  out += "/" + std::to_string(static_cast<int>(condition.modifier));
  for (const Operand& operand : condition.operands) {
    out += " " + std::to_string(static_cast<int>(operand.prefix)) + operand.text;
    for (const Operand& part : operand.components) {
      out += "$" + std::to_string(static_cast<int>(part.prefix)) + part.text;
    }
  }
  for (const Condition::Link& link : condition.chain) {
    out += " ->" + std::to_string(static_cast<int>(link.type));
    describe(*link.filter, out);
  }
  if (condition.has) {
    out += " <-" + std::to_string(static_cast<int>(condition.has->type)) + condition.has->reference->url;
    describe(*condition.has->filter, out);
  }
  out += ";";
}

void describe(const Filter& filter, std::string& out) {
  out += "(" + std::to_string(static_cast<int>(filter.kind));
  for (const Condition& condition : filter.conditions) describe(condition, out);
  for (const Filter& inner : filter.filters) describe(inner, out);
  out += ")";
}

std::string describe(const Query& query) {
  std::string out;
  describe(query.filter, out);
  for (const SortKey& key : query.sort) {
    out += (key.descending ? " -" : " +") + (key.parameter == nullptr ? std::string() : key.parameter->url);
  }
  for (const Include& include : query.includes) {
    out += " i" + std::to_string((include.reverse ? 2 : 0) + (include.iterate ? 1 : 0)) + "," +
           std::to_string(static_cast<int>(include.source)) + "," + std::to_string(static_cast<int>(include.target)) +
           (include.parameter == nullptr ? std::string() : include.parameter->url);
  }
  out += " " + std::to_string(query.count) + " " + std::to_string(static_cast<int>(query.total)) + " " +
         std::to_string(static_cast<int>(query.summary)) + " " + std::to_string(static_cast<int>(query.contained));
  for (const std::string& element : query.elements) out += " " + element;
  for (const fhir::TypeId type : query.types) out += " t" + std::to_string(static_cast<int>(type));
  return out;
}

void check(std::string_view text) {
  const Parameters& parameters = *Parameters::r4();
  const std::size_t line = text.find('\n');
  fhir::TypeId type = parameters.schema().find_type(text.substr(0, line));
  if (type != fhir::TypeId::none && parameters.of(type).empty()) type = fhir::TypeId::none;
  Pairs request;
  std::size_t at = line;
  while (at != std::string_view::npos && request.size() < 50) {
    const std::size_t end = text.find('\n', at + 1);
    const std::string_view pair = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    const std::size_t equals = pair.find('=');
    request.emplace_back(pair.substr(0, equals), equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    at = end;
  }
  const QueryRules rules;
  Issues issues;
  const Query query = parse_query(parameters, type, request, rules, issues);
  for (const Issue& issue : issues.all()) {
    if (meridian::text(issue, Language::english).empty() || meridian::text(issue, Language::chinese).empty()) {
      broken("an issue says nothing", issue.message->id);
    }
  }
  Issues none;
  const Query again = parse_query(parameters, type, query.understood, rules, none);
  if (!none.empty()) broken("what was understood gives an issue", none.all()[0].path);
  if (again.understood != query.understood) broken("what was understood is understood differently", text);
  if (describe(again) != describe(query)) broken("what was understood gives another query", text);
}

}  // namespace
}  // namespace meridian::search

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  meridian::search::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
