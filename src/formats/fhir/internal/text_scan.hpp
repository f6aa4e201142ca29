// Where the tokens of a JSON text are, and what is wrong with its bytes.
//
// The first stage of simdjson finds the start of every token (brackets, colons, commas, opening quotes, first
// characters of literals) and checks UTF-8, control characters and closing quotes, at many bytes a cycle. It
// says only that something is wrong; the place is found by a slow second look.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace meridian::fhir::internal {

enum class TextFault : std::uint8_t {
  none,
  empty,
  not_utf8,
  utf16,
  utf32,
  control_character,
  unclosed_string,
  unexpected_character,
  no_memory,
};

struct TextScan {
  TextFault fault = TextFault::none;
  std::size_t offset = 0;  // of the fault
  std::span<const std::uint32_t> tokens;
};

class TextScanner {
 public:
  TextScanner();
  ~TextScanner();
  TextScanner(TextScanner&&) noexcept;

  /// The text needs no padding. Tokens are valid until the next call. At most 4 GB.
  TextScan scan(std::string_view text);

 private:
  struct Stage;
  std::unique_ptr<Stage> stage_;
};

/// The length of the UTF-8 byte order mark at the beginning, 0 or 3.
std::size_t byte_order_mark(std::string_view text);

}  // namespace meridian::fhir::internal
