#include "formats/signal/internal/wfdb_samples.hpp"

#include <algorithm>

namespace meridian::signal::internal {
namespace {

std::uint32_t byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

/// The lowest bits as a number with a sign.
std::int32_t with_sign(std::uint32_t value, unsigned bits) {
  const std::uint32_t sign = std::uint32_t{1} << (bits - 1);
  return static_cast<std::int32_t>(((value & (sign + (sign - 1))) ^ sign) - sign);
}

/// Two samples of 12 bits in three bytes: the middle one has the high bits of the first, then of the second.
std::int32_t of_212(std::string_view bytes, std::size_t index) {
  const std::size_t at = index / 2 * 3;
  if (index % 2 == 0) return with_sign(byte(bytes, at) | byte(bytes, at + 1) << 8, 12);
  return with_sign(byte(bytes, at + 2) | (byte(bytes, at + 1) >> 4) << 8, 12);
}

/// Three samples of 10 bits in four bytes: two words whose bits 1 to 10 are the first and second, and whose highest
/// five bits are the low and the high half of the third.
std::int32_t of_310(std::string_view bytes, std::size_t index) {
  const std::size_t at = index / 3 * 4;
  const auto word = [&](std::size_t n) { return byte(bytes, at + 2 * n) | byte(bytes, at + 2 * n + 1) << 8; };
  if (index % 3 < 2) return with_sign(word(index % 3) >> 1, 10);
  return with_sign(word(0) >> 11 | word(1) >> 11 << 5, 10);
}

/// Three samples of 10 bits in four bytes, from the lowest bits on.
std::int32_t of_311(std::string_view bytes, std::size_t index) {
  const std::size_t at = index / 3 * 4;
  std::uint32_t word = 0;
  for (std::size_t n = 0; n < 4 && at + n < bytes.size(); ++n) word |= byte(bytes, at + n) << (8 * n);
  return with_sign(word >> (10 * (index % 3)), 10);
}

std::int32_t sample(WfdbFormat format, std::string_view bytes, std::size_t index) {
  switch (format) {
    case WfdbFormat::differences_8:
      return with_sign(byte(bytes, index), 8);
    case WfdbFormat::offset_8:
      return static_cast<std::int32_t>(byte(bytes, index)) - 128;
    case WfdbFormat::little_16:
      return with_sign(byte(bytes, 2 * index) | byte(bytes, 2 * index + 1) << 8, 16);
    case WfdbFormat::big_16:
      return with_sign(byte(bytes, 2 * index) << 8 | byte(bytes, 2 * index + 1), 16);
    case WfdbFormat::offset_16:
      return static_cast<std::int32_t>(byte(bytes, 2 * index) | byte(bytes, 2 * index + 1) << 8) - 32'768;
    case WfdbFormat::little_24:
      return with_sign(byte(bytes, 3 * index) | byte(bytes, 3 * index + 1) << 8 | byte(bytes, 3 * index + 2) << 16, 24);
    case WfdbFormat::little_32:
      return with_sign(byte(bytes, 4 * index) | byte(bytes, 4 * index + 1) << 8 | byte(bytes, 4 * index + 2) << 16 |
                           byte(bytes, 4 * index + 3) << 24,
                       32);
    case WfdbFormat::packed_212:
      return of_212(bytes, index);
    case WfdbFormat::packed_310:
      return of_310(bytes, index);
    case WfdbFormat::packed_311:
      return of_311(bytes, index);
    default:
      return kMissing;
  }
}

}  // namespace

Packing packing(WfdbFormat format) {
  switch (format) {
    case WfdbFormat::little_16:
    case WfdbFormat::big_16:
    case WfdbFormat::offset_16:
      return {1, 2};
    case WfdbFormat::little_24:
      return {1, 3};
    case WfdbFormat::little_32:
      return {1, 4};
    case WfdbFormat::packed_212:
      return {2, 3};
    case WfdbFormat::packed_310:
    case WfdbFormat::packed_311:
      return {3, 4};
    default:
      return {1, 1};
  }
}

std::uint64_t samples_in(WfdbFormat format, std::uint64_t bytes) {
  const Packing packed = packing(format);
  const std::uint64_t rest = bytes % packed.bytes;
  std::uint64_t more = 0;
  if (format == WfdbFormat::packed_212) more = rest == 2 ? 1 : 0;
  if (format == WfdbFormat::packed_310) more = rest >= 2 ? 1 : 0;
  if (format == WfdbFormat::packed_311) more = rest >= 2 ? rest - 1 : 0;
  return bytes / packed.bytes * packed.samples + more;
}

std::size_t unpack(WfdbFormat format, std::string_view bytes, std::span<std::int32_t> into) {
  const std::size_t count = std::min<std::uint64_t>(into.size(), samples_in(format, bytes.size()));
  for (std::size_t i = 0; i < count; ++i) into[i] = sample(format, bytes, i);
  return count;
}

}  // namespace meridian::signal::internal
