// Expressions of testdata/bench/expressions.json over the resources beside it, as tools/bench/fhirpath_bench.mjs runs
// them with fhirpath.js: search parameters, invariants, view columns; compiled once, evaluated again and again.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "base/testing/paths.hpp"
#include "fhirpath/expression.hpp"

namespace meridian::fhirpath {
namespace {

std::string read_bench_file(const std::string& name) {
  std::ifstream file(testing::source_path("src/fhirpath/testdata/bench/" + name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void evaluate(benchmark::State& state, const std::string& expression, const std::string& resource,
              std::size_t results) {
  fhir::DocumentParser parser;
  Issues issues;
  const fhir::Document document = parser.parse(read_bench_file(resource), issues);
  if (!document.has_root()) return state.SkipWithError("the resource cannot be read");
  const fhir::TypeId type = document.root().type();
  CompileOptions options;
  options.input_types = {&type, 1};
  Result<Expression> compiled = Expression::compile_or_error(expression, options);
  if (!compiled) return state.SkipWithError(compiled.error().message().c_str());
  EvaluationContext context;
  for (auto _ : state) {
    const Result<Collection> found = compiled->evaluate(document.root(), context);
    if (!found || found->size() != results) return state.SkipWithError("not the results that are expected");
    benchmark::DoNotOptimize(found->begin());
  }
  state.SetItemsProcessed(state.iterations());
}

/// What compiling costs, which an application pays once for each expression.
void compile(benchmark::State& state) {
  const fhir::TypeId type = fhir::Schema::r4().find_type("Patient");
  CompileOptions options;
  options.input_types = {&type, 1};
  for (auto _ : state) {
    Issues issues;
    benchmark::DoNotOptimize(
        Expression::compile("Patient.name.where(use = 'official').given.first()", options, issues));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(compile)->Name("compile an expression/ours");

const bool kRegistered = [] {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(read_bench_file("expressions.json"));
  simdjson::dom::array cases;
  if (parser.parse(text).get(cases) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element one : cases) {
    const auto text_of = [&one](const char* key) { return std::string(one[key].get_c_str().value()); };
    const std::string name = text_of("name");
    const std::string expression = text_of("expression");
    const std::string resource = text_of("resource");
    const std::size_t results = one["results"].get_uint64().value();
    const auto run = [expression, resource, results](benchmark::State& state) {
      evaluate(state, expression, resource, results);
    };
    // By the wall clock, as the Node script measures: on a busy machine both sides wait alike.
    benchmark::RegisterBenchmark(("fhirpath " + name + "/ours").c_str(), run)->UseRealTime();
  }
  return true;
}();

}  // namespace
}  // namespace meridian::fhirpath
