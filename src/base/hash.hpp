// Hashes and checksums, each for one purpose:
//   hash64    a table, a filter or a shard; fast, not against an adversary unless the seed is secret (XXH3)
//   crc32c    that bytes on a disk or a wire came back as they went (Castagnoli, RFC 3720)
//   Sha256    that content is what it claims to be, against anybody (FIPS 180-4)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meridian {

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

/// Of more bytes after those whose checksum is `before`.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

using Sha256Digest = std::array<std::byte, 32>;
Sha256Digest sha256(std::string_view bytes);

/// The same, a piece at a time. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  /// Of all that was given; afterwards it begins anew.
  Sha256Digest finish();

 private:
  void* context_;
};

}  // namespace meridian
