// Property: whatever a header and its file say, a record that is read has as many samples as its frames ask for, and a
// stretch of it holds what the whole holds there. Annotations never come out longer than the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/testing/fault_file_system.hpp"
#include "formats/signal/wfdb.hpp"
#include "formats/signal/wfdb_annotations.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  using namespace meridian::signal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The header, a zero byte, what its file holds.
  const std::size_t end = text.find('\0');
  const std::string_view header = text.substr(0, end);
  const std::string_view samples = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  Issues issues;
  require(read_annotations(samples, 1'000, issues).all.size() <= samples.size() / 2);

  meridian::testing::FaultFileSystem files;
  if (!replace_file(files, "r.hea", header) || !replace_file(files, "d", samples)) return 0;
  WfdbLimits limits;
  limits.max_samples = 100'000;
  limits.max_segments = 50;
  const Result<Recording> whole = read_wfdb(files, "r", {}, limits, issues);
  if (!whole) return 0;
  for (const Channel& channel : whole->channels) {
    require(channel.samples.size() == whole->frames * channel.samples_per_frame);
    require(frame_means(channel).size() == whole->frames);
  }
  const FrameRange range{whole->frames / 3, whole->frames / 2};
  const Result<Recording> part = read_wfdb(files, "r", range, limits, issues);
  require(part.has_value() && part->channels.size() == whole->channels.size());
  for (std::size_t i = 0; i < part->channels.size(); ++i) {
    const Channel& channel = part->channels[i];
    for (std::size_t at = 0; at < channel.samples.size(); ++at) {
      require(channel.samples[at] == whole->channels[i].samples[part->first_frame * channel.samples_per_frame + at]);
    }
  }
  return 0;
}
