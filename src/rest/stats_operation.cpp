#include "rest/stats_operation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/operation_input.hpp"
#include "rest/outcome.hpp"
#include "rest/search_interaction.hpp"

namespace meridian::rest {
namespace {

constexpr std::array<std::string_view, 10> kKnown{"average", "maximum", "minimum", "count",    "total-count",
                                                  "median",  "std-dev", "sum",     "variance", "20-percent"};

Result<Decimal> whole(std::size_t n) {
  return Decimal::make(static_cast<Int128>(n), 0);
}

Result<Decimal> sum(const std::vector<Decimal>& values) {
  Decimal total;
  for (const Decimal& value : values) total = TRY(add(total, value));
  return total;
}

Result<Decimal> average(const std::vector<Decimal>& values) {
  return divide(TRY(sum(values)), TRY(whole(values.size())));
}

/// Of a sample: over n - 1.
Result<Decimal> variance(const std::vector<Decimal>& values) {
  const Decimal mean = TRY(average(values));
  Decimal total;
  for (const Decimal& value : values) {
    const Decimal difference = TRY(subtract(value, mean));
    total = TRY(add(total, TRY(multiply(TRY(difference.rescaled(12)), TRY(difference.rescaled(12))))));
  }
  return divide(total, TRY(whole(values.size() - 1)));
}

Result<Decimal> deviation(const std::vector<Decimal>& values) {
  const Decimal squared = TRY(variance(values));
  return Decimal::from_double(std::sqrt(std::stod(squared.to_string())));
}

/// The value below which that share lies, the nearest rank.
Decimal percentile(const std::vector<Decimal>& values, std::size_t percent) {
  const std::size_t rank = (values.size() * percent + 99) / 100;
  return values[std::max<std::size_t>(rank, 1) - 1];
}

Result<Decimal> median(const std::vector<Decimal>& values) {
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return divide(TRY(add(values[middle - 1], values[middle])), TRY(whole(2)));
}

/// At most six digits after the point: more would be a promise that no measurement keeps.
std::string rounded(const Decimal& value) {
  const Result<Decimal> short_one = value.rescaled(6);
  std::string text = (short_one ? *short_one : value).to_string();
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

struct Measured {
  Decimal value;
  std::string unit;
  std::string system;
  std::string code;
};

std::optional<Measured> measured(std::string_view json, fhir::DocumentParser& parser) {
  Issues issues;
  fhir::Document document = parser.parse_borrowed(json, issues);
  std::optional<Measured> found;
  const auto text = [](fhir::Node node, std::string_view name) {
    const fhir::Node child = node.child(name);
    return std::string(child ? child.text() : std::string_view{});
  };
  if (const fhir::Node quantity = document.has_root() ? document.root().child("value") : fhir::Node()) {
    const bool is_quantity = type_name(quantity) == "Quantity";
    const fhir::Node number = is_quantity ? quantity.child("value") : fhir::Node();
    const Result<Decimal> value = number ? Decimal::parse(number.text()) : Result<Decimal>(Decimal());
    if (number && value) {
      found = Measured{*value, text(quantity, "unit"), text(quantity, "system"), text(quantity, "code")};
    }
  }
  parser.recycle(std::move(document));
  return found;
}

struct Asked {
  std::string subject;
  std::string code;  ///< "http://loinc.org|8480-6"
  std::vector<std::string_view> statistics;
  Pairs dates;
};

void write_observation(fhir::JsonWriter& json, const Asked& asked, std::vector<Decimal> values, std::size_t total,
                       const Measured& newest) {
  std::sort(values.begin(), values.end());
  json.begin_object();
  json.key("resourceType").string("Observation");
  json.key("status").string("final");
  const std::size_t bar = asked.code.find('|');
  json.key("code").begin_object().key("coding").begin_array().begin_object();
  if (bar != std::string::npos && bar > 0) json.key("system").string(asked.code.substr(0, bar));
  json.key("code").string(bar == std::string::npos ? asked.code : asked.code.substr(bar + 1));
  json.end_object().end_array().end_object();
  json.key("subject").begin_object().key("reference").string(asked.subject).end_object();
  json.key("component").begin_array();
  for (const std::string_view statistic : asked.statistics) {
    const auto value =
        statistic == "total-count" ? std::optional(std::to_string(total)) : statistic_of(statistic, values);
    if (!value) continue;
    json.begin_object();
    json.key("code").begin_object().key("coding").begin_array().begin_object();
    json.key("system").string("http://terminology.hl7.org/CodeSystem/observation-statistics");
    json.key("code").string(statistic);
    json.end_object().end_array().end_object();
    json.key("valueQuantity").begin_object().key("value").number(*value);
    if (!statistic.ends_with("count") && statistic != "variance") {
      if (!newest.unit.empty()) json.key("unit").string(newest.unit);
      if (!newest.system.empty()) json.key("system").string(newest.system);
      if (!newest.code.empty()) json.key("code").string(newest.code);
    }
    json.end_object().end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::optional<std::string> statistic_of(std::string_view statistic, const std::vector<Decimal>& values) {
  const auto told = [](const Result<Decimal>& value) { return value ? std::optional(rounded(*value)) : std::nullopt; };
  if (statistic == "count") return std::to_string(values.size());
  if (values.empty()) return std::nullopt;
  if (statistic == "average") return told(average(values));
  if (statistic == "maximum") return values.back().to_string();
  if (statistic == "minimum") return values.front().to_string();
  if (statistic == "median") return told(median(values));
  if (statistic == "sum") return told(sum(values));
  if (statistic == "20-percent") return percentile(values, 20).to_string();
  if (statistic == "80-percent") return percentile(values, 80).to_string();
  if (values.size() < 2) return std::nullopt;
  if (statistic == "variance") return told(variance(values));
  if (statistic == "std-dev") return told(deviation(values));
  return std::nullopt;
}

http::Response observation_statistics(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  const Result<OperationInput> input = OperationInput::of(exchange);
  if (!input) return refuse(input.error(), representation);
  // 1. What is asked.
  Asked asked;
  asked.subject = input->text("subject").value_or("");
  if (asked.subject.starts_with(exchange.base)) asked.subject.erase(0, exchange.base.size() + 1);
  for (const std::string_view list : input->texts("statistic")) {
    for (const std::string_view one : split(list, ',')) asked.statistics.push_back(one);
  }
  const auto codes = input->texts("code");
  for (const auto& [name, is_missing] : {std::pair("subject", asked.subject.empty()), std::pair("code", codes.empty()),
                                         std::pair("statistic", asked.statistics.empty())}) {
    if (is_missing) return refuse(400, IssueType::required, kParameterMissing, {name}, representation);
  }
  for (const std::string_view one : asked.statistics) {
    if (one != "80-percent" && std::find(kKnown.begin(), kKnown.end(), one) == kKnown.end()) {
      return refuse(400, IssueType::not_supported, kBadParameter, {"statistic"}, representation);
    }
  }
  if (const auto hours = input->text("duration")) {
    const auto number = whole_number(*hours);
    if (!number) return refuse(400, IssueType::value, kBadParameter, {"duration"}, representation);
    const Instant start = exchange.server->clock.now() - Duration::hours(static_cast<std::int64_t>(*number));
    asked.dates.emplace_back("date", "ge" + start.to_string());
  }
  if (const auto start = input->text("period-start")) asked.dates.emplace_back("date", "ge" + std::string(*start));
  if (const auto end = input->text("period-end")) asked.dates.emplace_back("date", "le" + std::string(*end));

  // 2. An Observation for each code.
  fhir::JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("Parameters");
  json.key("parameter").begin_array();
  fhir::DocumentParser parser;
  for (const std::string_view code : codes) {
    asked.code = code;
    if (const auto system = input->text("system"); system && code.find('|') == code.npos) {
      asked.code = std::string(*system) + "|" + std::string(code);
    }
    Pairs pairs = asked.dates;
    pairs.emplace_back("subject", asked.subject);
    pairs.emplace_back("code", asked.code);
    pairs.emplace_back("_sort", "-date");
    Issues issues;
    search::Query query = query_of(exchange, resource_type("Observation"), std::move(pairs), true, issues);
    if (issues.has_errors()) return answer(issues, representation, 400);
    query.count = exchange.server->services.max_page;
    std::vector<Decimal> values;
    std::optional<Measured> newest;
    std::size_t total = 0;
    do {
      Result<store::ResultPage> page = find(exchange, query);
      if (!page) return refuse(page.error(), representation);
      for (const store::Found& found : page->entries) {
        ++total;
        const auto one = measured(found.version.json, parser);
        if (!one) continue;
        if (!newest) newest = one;
        if (one->code == newest->code && one->system == newest->system && one->unit == newest->unit) {
          values.push_back(one->value);
        }
      }
      query.cursor = std::move(page->next);
    } while (!query.cursor.empty());
    json.begin_object();
    json.key("name").string("statistics");
    json.key("resource");
    write_observation(json, asked, std::move(values), total, newest.value_or(Measured{}));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return answer(std::move(json).take(), representation);
}

}  // namespace meridian::rest
