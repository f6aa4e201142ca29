// What is asked once a value of the data: on 350,000 codes, a third of which have two parents, as in SNOMED CT.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "terminology/code_system_builder.hpp"
#include "terminology/expansion.hpp"
#include "terminology/image.hpp"
#include "terminology/library.hpp"
#include "terminology/questions.hpp"

namespace meridian::terminology {
namespace {

constexpr std::uint32_t kCodes = 350'000;
constexpr const char* kUrl = "http://example.org/large";

std::string code(std::uint32_t n) {
  return std::to_string(100'000'000 + 1'000ULL * n);
}

CodeSystemPtr large() {
  static const CodeSystemPtr system = [] {
    CodeSystemBuilder builder({.url = kUrl, .language = "en"});
    std::mt19937 random(7);
    for (std::uint32_t n = 0; n < kCodes; ++n) {
      const std::uint32_t place = builder.add(code(n), "Invented finding of the kind number " + std::to_string(n));
      builder.add_designation(place, "zh", "display", "虚构所见" + std::to_string(n));
      if (n == 0) continue;
      builder.add_parent(place, code((n - 1) / 5));
      // As in a real one: the second parent is near, a cousin's.
      if (random() % 3 == 0) builder.add_parent(place, code((n - 1) / 5 > 8 ? (n - 1) / 5 - 1 - random() % 8 : 0));
    }
    return builder.build()->system;
  }();
  return system;
}

struct Terms {
  Service service;
  Library library{service};
  CodeSetPtr set;
  std::vector<std::string> codes;
  Terms() {
    library.put_loaded(large());
    library.publish();
    ValueSet value_set;
    value_set.includes.push_back(
        {.system = kUrl, .version = {}, .codes = {}, .filters = {{"concept", "is-a", code(2)}}, .value_sets = {}});
    set = std::make_shared<const CodeSet>(*compose(value_set, *service.snapshot()));
    std::mt19937 random(8);
    for (int n = 0; n < 4'096; ++n) codes.push_back(code(random() % kCodes));
  }
};
const Terms& terms() {
  static const Terms made;
  return made;
}

void subsumes(benchmark::State& state) {
  const CodeSystem& system = *large();
  std::mt19937 random(9);
  std::vector<CodeNumber> numbers(4'096);
  for (CodeNumber& n : numbers) n = random() % kCodes;
  std::size_t i = 0;
  for (auto _ : state) {
    ++i;
    benchmark::DoNotOptimize(system.subsumes(numbers[i % 4'096] / 64, numbers[(i + 1) % 4'096]));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes/code"] = static_cast<double>(system.memory_bytes()) / kCodes;
  state.counters["image bytes/code"] = static_cast<double>(write_image(system).size()) / kCodes;
}
BENCHMARK(subsumes)->Name("subsumes/ours");

void subsumes_by_text(benchmark::State& state) {
  const Terms& t = terms();
  std::size_t i = 0;
  for (auto _ : state) {
    ++i;
    benchmark::DoNotOptimize(t.service.subsumes({kUrl, {}, t.codes[i % 4'096]}, {kUrl, {}, t.codes[(i + 1) % 4'096]}));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(subsumes_by_text)->Name("subsumes, from texts/ours");

void member_of(benchmark::State& state) {
  const Terms& t = terms();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(t.set->contains(kUrl, t.codes[++i % 4'096]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(member_of)->Name("member of a set/ours");

void validate(benchmark::State& state) {
  const Terms& t = terms();
  const SnapshotPtr snapshot = t.service.snapshot();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(validate_in_set(*snapshot, *t.set, {kUrl, {}, t.codes[++i % 4'096]}, {}, "zh"));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(validate)->Name("validate-code with its Chinese name/ours");

void look_up(benchmark::State& state) {
  const Terms& t = terms();
  const SnapshotPtr snapshot = t.service.snapshot();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(lookup(*snapshot, {kUrl, {}, t.codes[++i % 4'096]}));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up)->Name("lookup/ours");

void compose_and_expand(benchmark::State& state) {
  const Terms& t = terms();
  const SnapshotPtr snapshot = t.service.snapshot();
  ValueSet value_set;
  value_set.includes.push_back(
      {.system = kUrl, .version = {}, .codes = {}, .filters = {{"concept", "is-a", code(0)}}, .value_sets = {}});
  ExpansionRequest request;
  request.count = 100'000;
  std::size_t codes = 0;
  for (auto _ : state) {
    const CodeSet set = *compose(value_set, *snapshot);
    codes += expand(set, *snapshot, request)->codes.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(codes));
}
BENCHMARK(compose_and_expand)->Name("compose an is-a and list 100,000 codes/ours")->Unit(benchmark::kMillisecond);

void filter_by_words(benchmark::State& state) {
  const Terms& t = terms();
  const SnapshotPtr snapshot = t.service.snapshot();
  ExpansionRequest request;
  request.filter = "finding 2999";
  request.count = 20;
  for (auto _ : state) benchmark::DoNotOptimize(expand(*t.set, *snapshot, request));
  state.counters["codes"] = static_cast<double>(t.set->size());
}
BENCHMARK(filter_by_words)->Name("search a set by words/ours")->Unit(benchmark::kMillisecond);

void read(benchmark::State& state) {
  const std::string image = write_image(*large());
  for (auto _ : state) benchmark::DoNotOptimize(read_image(image));
  state.SetBytesProcessed(static_cast<std::int64_t>(image.size()) * state.iterations());
}
BENCHMARK(read)->Name("read an image of 350,000 codes/ours")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::terminology
