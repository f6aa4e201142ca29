// Bytes of one character set as UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/hl7v2/charset.hpp"

namespace meridian::hl7v2::internal {

/// Appends the text and says how many places were no characters; each became a U+FFFD.
std::size_t append_converted(std::string& out, std::string_view bytes, Charset charset);

/// The same of EUC-JP, in which the Japanese sets that values switch to are written here.
std::size_t append_euc_jp(std::string& out, std::string_view bytes);

/// The sets that escape sequences within a value switch to (2.7.2).
enum class Switched : std::uint8_t { none, latin, katakana, kanji, supplementary_kanji };

struct Switch {
  Switched kind = Switched::none;
  Charset charset = Charset::ascii;  // of `latin`
};

/// What `C2D41` or `M2442`, without the escape characters, switches to; `none` and ASCII for `C2842`, nothing for
/// others.
std::optional<Switch> switch_of(std::string_view sequence);

}  // namespace meridian::hl7v2::internal
