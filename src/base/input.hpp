// Byte sources: what a file holds, pulled piece by piece, whatever it is wrapped in.
//
// A file is recognised by its first bytes, never by its name: gzip (of several members too), zstd (of several
// frames too), or plain bytes. "-" is standard input. Memory is bounded by a few buffers however large the file
// is or claims to be, so no limit is needed to stream; who keeps what it reads sets InputLimits.
//
//   auto source = TRY(open_input("patients.ndjson.zst"));
//   while (std::size_t n = TRY(source->read(buffer))) use(buffer, n);
//
// Errors: not_found and forbidden (opening), io_failure (reading), malformed_input (a damaged or truncated
// stream), too_large (a limit passed; the message names it). Threads: one at a time.
// Specifications: RFC 1952 (gzip), RFC 8878 (zstd).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills the front of `into` and says how many bytes; 0 only at the end (or when `into` is empty). After an
  /// error the source is done for.
  virtual Result<std::size_t> read(std::span<char> into) = 0;

  /// Progress: how many bytes have been taken from the file itself, as it lies there (compressed, that is).
  virtual std::uint64_t consumed() const = 0;
  /// How many bytes the file itself has, where that can be known; not for a pipe.
  virtual std::optional<std::uint64_t> size() const = 0;
};

struct InputLimits {
  static constexpr std::uint64_t kNoLimit = UINT64_MAX;
  /// Bytes given out, after decompression.
  std::uint64_t max_bytes = kNoLimit;
  /// Bytes given out for each compressed byte; looked at once kRatioFloor bytes have been given out.
  std::uint64_t max_ratio = kNoLimit;
  static constexpr std::uint64_t kRatioFloor = std::uint64_t{1} << 20;
};

/// Opens a file, or standard input for "-", and decompresses it where it is compressed.
Result<std::unique_ptr<ByteSource>> open_input(const std::string& path, InputLimits limits = {});

/// Bytes as they lie in a file, without decompression.
Result<std::unique_ptr<ByteSource>> open_raw_input(const std::string& path);

/// The bytes given, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

/// Recognises gzip and zstd by their first bytes and decompresses; passes anything else through.
Result<std::unique_ptr<ByteSource>> decompress(std::unique_ptr<ByteSource> source, InputLimits limits = {});

/// All that is left in a source; too_large when that is more than `limit` bytes.
Result<std::string> read_all(ByteSource& source, std::uint64_t limit);

}  // namespace meridian
