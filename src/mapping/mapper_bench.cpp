// How fast messages become writes, and writes bundles.
#include <benchmark/benchmark.h>

#include "mapping/bundle.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

constexpr const char* kAdmission =
    "MSH|^~\\&|HIS|HOSP|MER|HOSP|20240501080500+0800||ADT^A01|1|P|2.5.1\nEVN|A01|20240501080500\n"
    "PID|1||1001^^^HOSP^MR~110101198001020015^^^CNIDCARD^NI||ZHANG^SAN^^^^^L||19800102|M|||1 People "
    "Road^^Shanghai^^200000^CHN||13800000000^PRN^CP|||M\n"
    "NK1|1|LI^SI|SPO|1 People Road^^Shanghai|13900000000^PRN^CP\n"
    "PV1|1|I|A^1^1^HOSP|R|||D1^Wang^Wu^^^Dr|D2^Zhao^Liu||MED||||7|||D1^Wang^Wu^^^Dr||V1^^^HOSP|||||||||||||||||||||||||"
    "20240501080000\n"
    "DG1|1||I10^Essential hypertension^I10||20240501|A\nAL1|1|DA|7980^Penicillin^RXNORM|SV|Rash\n";
constexpr const char* kResult =
    "MSH|^~\\&|LAB|HOSP|MER|HOSP|20240501100000+0800||ORU^R01|2|P|2.5.1\n"
    "PID|1||1001^^^HOSP^MR||ZHANG^SAN||19800102|M\nPV1|1|I|||||||||||||||||V1^^^HOSP\nORC|RE|P1^HIS|F1^LAB\n"
    "OBR|1|P1^HIS|F1^LAB|24320-4^Basic metabolic panel^LN|||20240501090000|||||||||||||||20240501100000||LAB|F\n"
    "OBX|1|NM|2823-3^Potassium^LN||4.9|mmol/L^^UCUM|3.5-5.1|N|||F\nOBX|2|NM|2951-2^Sodium^LN||140|mmol/"
    "L^^UCUM|135-145|N|||F\n"
    "OBX|3|NM|2345-7^Glucose^LN||5.4|mmol/L^^UCUM|3.9-6.1|N|||F\n";

void map(benchmark::State& state, const char* text) {
  Mapper mapper(testing::catalogue(), testing::context());
  const hl7v2::Message message = testing::message(text);
  std::size_t writes = 0;
  for (auto _ : state) writes += mapper.map(message).writes.size();
  state.SetItemsProcessed(state.iterations());
  state.counters["resources"] = benchmark::Counter(static_cast<double>(writes), benchmark::Counter::kIsRate);
}
void map_admission(benchmark::State& state) {
  map(state, kAdmission);
}
void map_result(benchmark::State& state) {
  map(state, kResult);
}
BENCHMARK(map_admission);
BENCHMARK(map_result);

void merge_admission(benchmark::State& state) {
  testing::Record record;
  const hl7v2::Message message = testing::message(kAdmission);
  record.take(message);
  for (auto _ : state) record.take(message);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(merge_admission);

}  // namespace
}  // namespace meridian::mapping
