// Property: whatever a document says, what is read keeps the limits and has as many samples as its frames; and what is
// read is read again, equal, from the document that the tests' writer makes of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "formats/signal/aecg.hpp"
#include "formats/signal/testing/aecg_writer.hpp"
#include "formats/signal/testing/same_ecg.hpp"

namespace {

using namespace meridian;
using namespace meridian::signal;

void require(bool holds) {
  if (!holds) std::abort();
}

/// At the edge of what is allowed a reciprocal may fall outside of it.
bool is_ordinary(const Ecg& ecg) {
  for (const EcgSeries& series : ecg.series) {
    const double rate = series.recording.frames_per_second;
    if (!(rate > 1e-5) || !(rate < 1e8)) return false;
    for (const Channel& channel : series.recording.channels) {
      const double gain = std::abs(channel.scales[0].gain);
      if (!(gain > 1e-100) || !(gain < 1e100)) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  EcgLimits limits;
  limits.max_samples = 100'000;
  limits.max_series = 20;
  limits.max_channels = 50;
  limits.max_findings = 1'000;
  Issues issues;
  const Result<Ecg> ecg = read_aecg(bytes, limits, issues);
  // A document whose root is another is no fault of its XML.
  if (!ecg) return 0;
  require(ecg->series.size() <= limits.max_series);
  std::uint64_t samples = 0;
  std::size_t findings = ecg->statements.size();
  for (const EcgSeries& series : ecg->series) {
    require(series.recording.channels.size() <= limits.max_channels);
    findings += series.measurements.size() + series.marks.size();
    for (const Channel& channel : series.recording.channels) {
      require(channel.samples.size() == series.recording.frames);
      samples += channel.samples.size();
    }
  }
  require(samples <= limits.max_samples);
  require(findings <= limits.max_findings);
  if (!is_ordinary(*ecg)) return 0;
  const std::string written = testing::aecg_document(*ecg);
  Issues again;
  const Result<Ecg> second = read_aecg(written, limits, again);
  require(second.has_value());
  require(testing::has_same_samples(*ecg, *second));
  require(second->subject == ecg->subject);
  for (std::size_t i = 0; i < ecg->series.size(); ++i) {
    require(second->series[i].measurements == ecg->series[i].measurements);
    require(second->series[i].marks.size() == ecg->series[i].marks.size());
  }
  return 0;
}
