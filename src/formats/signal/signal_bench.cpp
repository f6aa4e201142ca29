// How fast an electrocardiogram of twelve leads, ten seconds at 500 samples a second, is read out of memory.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>

#include "formats/signal/aecg.hpp"
#include "formats/signal/leads.hpp"
#include "formats/signal/scp.hpp"
#include "formats/signal/testing/aecg_writer.hpp"
#include "formats/signal/testing/scp_writer.hpp"

namespace meridian::signal {
namespace {

/// Heart beats of a kind, with some noise.
Ecg made_up() {
  Ecg ecg;
  EcgSeries& series = ecg.series.emplace_back();
  series.recording.frames_per_second = 500;
  series.recording.frames = 5'000;
  std::uint32_t noise = 1;
  for (const char* label : {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"}) {
    Channel& channel = series.recording.channels.emplace_back();
    channel.code = lead_by_label(label)->code;
    channel.unit = "uV";
    channel.scales = {{0, 0.4, 0}};
    for (int i = 0; i < 5'000; ++i) {
      noise = noise * 1'664'525 + 1'013'904'223;
      const double phase = (i % 400 - 200) / 10.0;
      channel.samples.push_back(static_cast<std::int32_t>(400 * std::exp(-phase * phase)) +
                                static_cast<std::int32_t>(noise >> 29) - 4);
    }
  }
  return ecg;
}

void read(benchmark::State& state, const std::string& bytes) {
  for (auto _ : state) {
    Issues issues;
    const Result<Ecg> ecg = read_ecg(bytes, {}, issues);
    if (!ecg || !issues.empty()) std::abort();
    benchmark::DoNotOptimize(ecg->series.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * static_cast<std::int64_t>(state.iterations()));
  state.SetItemsProcessed(60'000 * static_cast<std::int64_t>(state.iterations()));
}

void signal_scp_huffman(benchmark::State& state) {
  read(state, testing::scp_file(testing::scp_sections(made_up(), {})));
}
BENCHMARK(signal_scp_huffman)->Name("SCP-ECG, 12 leads, Huffman/ours");

void signal_scp_words(benchmark::State& state) {
  testing::ScpWriting how;
  how.coding = testing::ScpCoding::words;
  read(state, testing::scp_file(testing::scp_sections(made_up(), how)));
}
BENCHMARK(signal_scp_words)->Name("SCP-ECG, 12 leads, words/ours");

void signal_aecg(benchmark::State& state) {
  read(state, testing::aecg_document(made_up()));
}
BENCHMARK(signal_aecg)->Name("annotated ECG, 12 leads/ours");

}  // namespace
}  // namespace meridian::signal
