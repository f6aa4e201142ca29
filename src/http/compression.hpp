// Compression of bodies: gzip and zstd, out by what Accept-Encoding prefers, in with bounds against bombs.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4  https://www.rfc-editor.org/rfc/rfc8878
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/response.hpp"

namespace meridian::http {

enum class Coding : std::uint8_t { identity, gzip, zstd };

std::string_view name(Coding coding);  ///< "gzip"
/// "gzip", "x-gzip", "zstd", "identity" or ""; nothing for another.
std::optional<Coding> coding_named(std::string_view name);
/// What the client prefers among identity, gzip and zstd, by the q-values; zstd before gzip when they are equal.
Coding negotiate_coding(std::string_view accept_encoding);

/// Compresses the response's body or source when the client accepts it, the content gains by it and is not small.
void compress(Response& response, std::string_view accept_encoding, std::size_t min_bytes);

/// The whole at once. Errors: malformed_input; too_large when the result would be longer than `max_bytes`, or (beyond
/// 1 MB) more than `max_ratio` times what came in.
Result<std::string> decompress(Coding coding, std::string_view bytes, std::uint64_t max_bytes, std::uint32_t max_ratio);
std::string compress(Coding coding, std::string_view bytes);

/// Piece by piece, with the same bounds over the whole.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  /// Appends what the bytes give. A piece's result is at most as long as the bounds allow.
  virtual Result<> write(std::string_view bytes, std::string& out) = 0;
  /// Errors: malformed_input when the stream is cut.
  virtual Result<> finish() = 0;
};
std::unique_ptr<Decompressor> make_decompressor(Coding coding, std::uint64_t max_bytes, std::uint32_t max_ratio);

}  // namespace meridian::http
