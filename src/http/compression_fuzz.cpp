// Compression: what is decompressed does not depend on how the bytes were cut and stays within its bounds, and what is
// compressed comes back.
//
// The input's first byte chooses the coding and where to cut.
#include "http/compression.hpp"

#include <cstdint>
#include <cstdlib>

using namespace meridian::http;  // a fuzzer speaks of nothing else

namespace {

constexpr std::uint64_t kMost = 4 << 20;
constexpr std::uint32_t kRatio = 50;

/// Nothing when the bytes are refused or end early.
meridian::Result<std::string> in_pieces(Coding coding, std::string_view bytes, std::size_t step) {
  const auto decompressor = make_decompressor(coding, kMost, kRatio);
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += step) TRY(decompressor->write(bytes.substr(at, step), out));
  TRY(decompressor->finish());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 32 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Coding coding = (data[0] & 1) != 0 ? Coding::gzip : Coding::zstd;
  const std::size_t step = 1 + data[0] / 2U;

  const meridian::Result<std::string> whole = decompress(coding, bytes, kMost, kRatio);
  if (whole && whole->size() > kMost) std::abort();
  if (whole && whole->size() > (1 << 20) && whole->size() > (bytes.size() + 1) * kRatio) std::abort();
  // How far a bomb is followed depends on the pieces; what is good is good however it is cut.
  const meridian::Result<std::string> cut = in_pieces(coding, bytes, step);
  if (whole && whole->size() < (1 << 20) && (!cut || *cut != *whole)) std::abort();
  if (cut && cut->size() < (1 << 20) && !whole) std::abort();

  const std::string small = compress(coding, bytes);
  const meridian::Result<std::string> back = in_pieces(coding, small, step);
  if (!back || *back != bytes) std::abort();
  return 0;
}
