// Samples as WFDB packs them: runs of bytes to whole numbers. https://physionet.org/physiotools/wag/signal-5.htm
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/signal/wfdb_header.hpp"

namespace meridian::signal::internal {

/// A packing repeats: so many samples in so many bytes.
struct Packing {
  std::uint32_t samples;
  std::uint32_t bytes;
};
/// Not of FLAC.
Packing packing(WfdbFormat format);
/// How many whole samples so many bytes hold.
std::uint64_t samples_in(WfdbFormat format, std::uint64_t bytes);
/// The samples of bytes that begin with a packing; at most `into.size()`. How many. Of format 8 they are differences.
std::size_t unpack(WfdbFormat format, std::string_view bytes, std::span<std::int32_t> into);

}  // namespace meridian::signal::internal
