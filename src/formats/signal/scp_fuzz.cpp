// Property: whatever a file says, what is read keeps the limits and has as many samples as its frames; and what is read
// is read again, equal, from the file that the tests' writer makes of it. With checksums set right and as they are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "formats/signal/scp.hpp"
#include "formats/signal/testing/same_ecg.hpp"
#include "formats/signal/testing/scp_writer.hpp"

namespace {

using namespace meridian;
using namespace meridian::signal;

void require(bool holds) {
  if (!holds) std::abort();
}

/// A lead's bytes are counted in 16 bits, a text's too.
bool can_be_written(const Ecg& ecg) {
  for (const EcgSeries& series : ecg.series) {
    if (series.recording.frames > 20'000 || series.recording.channels.size() > 255) return false;
    for (const std::string& comment : series.recording.comments) {
      if (comment.size() > 60'000) return false;
    }
  }
  for (const std::string& statement : ecg.statements) {
    if (statement.size() > 60'000) return false;
  }
  const EcgDevice& device = ecg.device;
  return ecg.subject.family.size() + ecg.subject.given.size() + ecg.subject.id.size() < 60'000 &&
         device.serial.size() + device.software.size() + device.manufacturer.size() < 60'000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  EcgLimits limits;
  limits.max_samples = 100'000;
  Issues issues;
  const Result<Ecg> ecg = read_scp(bytes, limits, issues);
  if (!ecg) return 0;
  std::uint64_t samples = 0;
  for (const EcgSeries& series : ecg->series) {
    for (const Channel& channel : series.recording.channels) {
      require(channel.samples.size() == series.recording.frames);
      samples += channel.samples.size();
    }
  }
  require(samples <= limits.max_samples);
  require(ecg->statements.size() <= 255);
  if (!can_be_written(*ecg)) return 0;
  testing::ScpWriting how;
  how.coding = size % 3 == 0   ? testing::ScpCoding::words
               : size % 3 == 1 ? testing::ScpCoding::standard
                               : testing::ScpCoding::own_tables;
  how.differences = static_cast<int>(size / 3 % 3);
  const std::string written = testing::scp_file(testing::scp_sections(*ecg, how));
  Issues again;
  const Result<Ecg> second = read_scp(written, limits, again);
  require(second.has_value());
  require(testing::has_same_samples(*ecg, *second));
  require(second->subject == ecg->subject);
  require(second->statements == ecg->statements);
  return 0;
}
