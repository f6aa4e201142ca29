// FLAC streams through libFLAC: the samples of all channels, block after block. https://www.rfc-editor.org/rfc/rfc9639
#pragma once

#include <cstdint>

#include "base/callback.hpp"
#include "base/file_system.hpp"

namespace meridian::signal::internal {

struct FlacBlock {
  std::uint64_t first = 0;  ///< index of its first sample
  std::uint32_t count = 0;
  std::uint32_t channels = 0;
  const std::int32_t* const* samples = nullptr;  ///< by channel
};

/// How many samples a channel has, as the stream says; 0 when it does not.
Result<std::uint64_t> flac_length(const RandomAccessFile& file);
/// Until `visit` says false or the stream ends. malformed_input when it is no FLAC or is damaged.
Result<> read_flac(const RandomAccessFile& file, const Callback<bool(const FlacBlock&)>& visit);

}  // namespace meridian::signal::internal
