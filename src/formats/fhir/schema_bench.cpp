#include <benchmark/benchmark.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "formats/fhir/schema.hpp"

extern "C" {
extern const std::byte meridian_fhir_r4_block[];
extern const std::byte meridian_fhir_r4_block_end[];
}

namespace meridian::fhir {
namespace {

struct Question {
  TypeId type;
  std::string key;
};

/// Every key of every type, in an order without pattern.
std::vector<Question> questions() {
  const Schema& schema = Schema::r4();
  std::vector<Question> result;
  for (const TypeInfo& type : schema.types())
    for (const ElementInfo& element : type.elements)
      for (const ElementType& choice : element.types)
        result.push_back({type.id, std::string(schema.name(choice.json_key))});
  for (std::size_t i = 0; i < result.size(); ++i) std::swap(result[i], result[(i * 7919) % result.size()]);
  return result;
}

void find_key(benchmark::State& state) {
  const Schema& schema = Schema::r4();
  const std::vector<Question> asked = questions();
  for (auto _ : state)
    for (const Question& question : asked) benchmark::DoNotOptimize(schema.find_key(question.type, question.key));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(asked.size()));
}
BENCHMARK(find_key)->Name("schema_find_key/ours");

void find_key_in_maps(benchmark::State& state) {
  const Schema& schema = Schema::r4();
  const std::vector<Question> asked = questions();
  std::vector<std::unordered_map<std::string_view, KeyMatch>> maps(schema.types().size());
  for (const Question& question : asked)
    maps[static_cast<std::size_t>(question.type)].emplace(question.key, schema.find_key(question.type, question.key));
  for (auto _ : state)
    for (const Question& question : asked)
      benchmark::DoNotOptimize(maps[static_cast<std::size_t>(question.type)].find(question.key));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(asked.size()));
}
BENCHMARK(find_key_in_maps)->Name("schema_find_key/theirs:std::unordered_map");

void open_schema(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Schema::open({meridian_fhir_r4_block, meridian_fhir_r4_block_end}));
}
BENCHMARK(open_schema)->Name("schema_open/ours")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::fhir
