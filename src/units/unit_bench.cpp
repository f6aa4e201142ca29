// Rates of the two things done per value: understanding a code seen before, and converting.
#include <benchmark/benchmark.h>

#include <array>
#include <string_view>

#include "base/decimal.hpp"
#include "units/unit.hpp"

namespace meridian::units {
namespace {

constexpr std::array<std::string_view, 6> kCodes = {"mg/dL", "mm[Hg]", "/min", "10*3/uL", "Cel", "kg/m2"};

void parse_known(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(Unit::parse(kCodes[i++ % kCodes.size()]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse_known)->Name("UCUM code seen before/ours");

void parse_new(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(Unit::parse(std::to_string(++i) + ".mg/dL"));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse_new)->Name("UCUM code never seen/ours");

void convert_between(benchmark::State& state, std::string_view from, std::string_view to) {
  const Unit a = Unit::parse(from).value();
  const Unit b = Unit::parse(to).value();
  const Decimal value = Decimal::parse("92.50").value();
  for (auto _ : state) benchmark::DoNotOptimize(convert(value, a, b));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(convert_between, factor, "mg/dL", "g/L")->Name("convert mg/dL to g/L/ours");
BENCHMARK_CAPTURE(convert_between, fraction, "s", "h")->Name("convert s to h/ours");
BENCHMARK_CAPTURE(convert_between, shift, "Cel", "[degF]")->Name("convert Cel to degF/ours");

}  // namespace
}  // namespace meridian::units
