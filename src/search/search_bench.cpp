// How fast resources become what the index is to know of them, and what finding out costs. The resources are those of
// an NDJSON file named by MERIDIAN_NDJSON, otherwise one Observation like Synthea's.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "formats/fhir/testing/documents.hpp"
#include "search/matching.hpp"
#include "search/terms.hpp"

namespace meridian::search {
namespace {

constexpr const char* kObservation = R"({"resourceType":"Observation","id":"4a7c","status":"final",
  "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"vital-signs"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Body Height"}],"text":"Body Height"},
  "subject":{"reference":"Patient/b1e9b0b9-da6e-4f68-b603-bd896a50ca86"},
  "encounter":{"reference":"Encounter/2e2b7b4e-6ff4-4b0c-8a4e-0b2c0b8f2f4e"},
  "effectiveDateTime":"2011-05-28T07:35:43-04:00","issued":"2011-05-28T07:35:43.181-04:00",
  "valueQuantity":{"value":172.49138217,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}})";

std::vector<fhir::Document> load() {
  std::vector<fhir::Document> documents;
  const char* named = std::getenv("MERIDIAN_NDJSON");
  if (named != nullptr) {
    if (std::FILE* file = std::fopen(named, "r")) {
      std::string line;
      for (int c = std::fgetc(file); c != EOF && documents.size() < 20'000; c = std::fgetc(file)) {
        if (c != '\n') {
          line.push_back(static_cast<char>(c));
          continue;
        }
        fhir::Document document = fhir::testing::parsed(line);
        if (document.has_root()) documents.push_back(std::move(document));
        line.clear();
      }
      (void)std::fclose(file);
    }
  }
  if (documents.empty()) documents.push_back(fhir::testing::parsed(kObservation));
  return documents;
}

void extract(benchmark::State& state) {
  const std::vector<fhir::Document> documents = load();
  Extractor extractor(Parameters::r4());
  index::Entries entries;
  std::size_t at = 0;
  std::size_t terms = 0;
  for (auto _ : state) {
    entries.clear();
    extractor.extract(documents[at].root(), "4a7c", entries);
    terms += entries.terms().size();
    at = at + 1 == documents.size() ? 0 : at + 1;
    benchmark::DoNotOptimize(entries);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["terms"] = static_cast<double>(terms) / static_cast<double>(state.iterations());
}
BENCHMARK(extract);

void extract_one_parameter(benchmark::State& state, const char* code) {
  const fhir::Document document = fhir::testing::parsed(kObservation);
  const Parameter* parameter = Parameters::r4()->find(document.root().type(), code);
  ValueReader reader(fhir::Schema::r4());
  for (auto _ : state) {
    reader.begin(document.root());
    benchmark::DoNotOptimize(reader.read(*parameter));
  }
}
BENCHMARK_CAPTURE(extract_one_parameter, code, "code");
BENCHMARK_CAPTURE(extract_one_parameter, patient, "patient");
BENCHMARK_CAPTURE(extract_one_parameter, date, "date");
BENCHMARK_CAPTURE(extract_one_parameter, value_quantity, "value-quantity");

void match(benchmark::State& state) {
  const fhir::Document document = fhir::testing::parsed(kObservation);
  Matcher matcher(*Parameters::r4(), nullptr, nullptr);
  Condition condition;
  condition.parameter = Parameters::r4()->find(document.root().type(), "code-value-quantity");
  Operand operand;
  operand.components.resize(2);
  operand.components[0].text = "http://loinc.org|8302-2";
  operand.components[1].prefix = Prefix::gt;
  operand.components[1].text = "150|http://unitsofmeasure.org|cm";
  condition.operands.push_back(operand);
  for (auto _ : state) benchmark::DoNotOptimize(matcher.matches(document.root(), condition));
}
BENCHMARK(match);

void make_probe(benchmark::State& state) {
  Condition condition;
  condition.parameter = Parameters::r4()->find(fhir::Schema::r4().find_type("Observation"), "value-quantity");
  condition.operands.push_back({Prefix::gt, "140|http://unitsofmeasure.org|mm[Hg]", {}});
  for (auto _ : state) benchmark::DoNotOptimize(probe(*Parameters::r4(), condition, nullptr));
}
BENCHMARK(make_probe);

}  // namespace
}  // namespace meridian::search
