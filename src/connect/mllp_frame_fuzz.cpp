// MLLP's framing: what is read does not depend on how the bytes were cut; what was read, framed again, is read as the
// same; and whatever came before, a whole frame after an end is read.
//
// The input's first byte chooses where to cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "connect/mllp_frame.hpp"

namespace {

using meridian::connect::is_mllp_content;
using meridian::connect::mllp_frame;
using meridian::connect::MllpDecoder;
using meridian::connect::MllpFrame;
using meridian::connect::MllpLimits;

constexpr MllpLimits kLimits{.content_bytes = 1000, .kept_of_too_large = 50};

struct Read {
  std::vector<MllpFrame> frames;
  std::array<std::uint64_t, meridian::connect::kMllpFaults> counts;
};

Read read(std::string_view bytes, std::size_t step) {
  MllpDecoder decoder(kLimits);
  Read read;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (auto frame = decoder.take(piece)) read.frames.push_back(*std::move(frame));
    if (decoder.held_bytes() > kLimits.content_bytes) std::abort();
  }
  if (auto frame = decoder.finish()) read.frames.push_back(*std::move(frame));
  read.counts = decoder.counts();
  return read;
}

bool same(const Read& a, const Read& b) {
  if (a.frames.size() != b.frames.size() || a.counts != b.counts) return false;
  for (std::size_t i = 0; i < a.frames.size(); ++i) {
    const MllpFrame& x = a.frames[i];
    const MllpFrame& y = b.frames[i];
    if (x.content != y.content || x.is_cut != y.is_cut || x.deviations != y.deviations) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 16 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Read whole = read(bytes, size);
  if (!same(whole, read(bytes, 1 + data[0] % 40U))) std::abort();

  std::string again;
  std::vector<std::string_view> contents;
  for (const MllpFrame& frame : whole.frames) {
    if (frame.is_cut) continue;
    if (!is_mllp_content(frame.content)) std::abort();
    again += *mllp_frame(frame.content);
    contents.push_back(frame.content);
  }
  const Read reread = read(again, again.size() + 1);
  if (reread.frames.size() != contents.size()) std::abort();
  for (std::size_t i = 0; i < contents.size(); ++i) {
    if (reread.frames[i].content != contents[i]) std::abort();
  }

  const std::string followed = std::string(bytes) + "\x1c\r\x0bMSH|last\x1c\r";
  const Read after = read(followed, followed.size());
  if (after.frames.empty() || after.frames.back().content != "MSH|last") std::abort();
  return 0;
}
