// How many typical resources a core validates in a second: parsed anew each, every check on, invariants included.
#include <benchmark/benchmark.h>

#include <memory>

#include "base/testing/paths.hpp"
#include "validation/testing/synthea.hpp"
#include "validation/validator.hpp"

namespace meridian::validation {
namespace {

std::string path(const char* archive) {
  const auto found = meridian::testing::shared_data(archive);
  return found ? found->string() : std::string();
}

const std::vector<std::string>& resources() {
  static const std::vector<std::string> all = testing::bulk_resources(path(testing::kBulkArchive), 8000);
  return all;
}

const std::vector<std::string>& bundles() {
  static const std::vector<std::string> all = testing::json_files(path(testing::kBundleArchive), 6);
  return all;
}

void run(benchmark::State& state, const std::vector<std::string>& texts, ValidatorOptions options) {
  if (texts.empty()) {
    state.SkipWithError("the outside data is not on this machine");
    return;
  }
  const Validator validator(fhir::Schema::r4(), nullptr, options);
  ValidationSession session(validator);
  fhir::DocumentParser parser;
  Issues issues;
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& text : texts) {
      issues.clear();
      fhir::Document document = parser.parse_borrowed(text, issues);
      session.validate(document, issues);
      bytes += static_cast<std::int64_t>(text.size());
      const fhir::Node root = document.root();
      std::int64_t entries = 0;
      if (&texts == &bundles()) {
        for (const fhir::Node child : root.children()) entries += child.key() == "entry" ? 1 : 0;
      }
      count += std::max<std::int64_t>(entries, 1);
      parser.recycle(std::move(document));
    }
  }
  state.SetItemsProcessed(count);
  state.counters["MB_per_second"] = benchmark::Counter(static_cast<double>(bytes) / 1e6, benchmark::Counter::kIsRate);
}

void bulk(benchmark::State& state) {
  run(state, resources(), {});
}
void bulk_without_invariants(benchmark::State& state) {
  run(state, resources(), {.invariants = Check::off});
}
void bundle_entries(benchmark::State& state) {
  run(state, bundles(), {});
}

BENCHMARK(bulk)->Name("validate Synthea resources/ours")->Unit(benchmark::kMillisecond);
BENCHMARK(bulk_without_invariants)
    ->Name("validate Synthea resources, invariants off/ours")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(bundle_entries)->Name("validate Synthea bundle entries/ours")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::validation
