// Character sets of HL7 v2 (table 0211), and a message's bytes as UTF-8.
//
//   Decoded decoded = decode(bytes, {}, issues);
//   Message message = parser.parse_borrowed(decoded.text(bytes), issues);
//
// To be done before parsing: in GB18030, Big5 and the Japanese sets the second byte of a character may look like a
// separator. MSH-18 says which set it is; where it says nothing or is wrong, the bytes decide: UTF-8 when they are
// valid UTF-8, otherwise `CharsetOptions::otherwise` when they look and read like it, otherwise ISO 8859-1. Every such
// decision is an Issue at MSH-18; bytes that are no character become U+FFFD and are counted in one. Changes of set
// within values
// (\C2D41\, \M2442\) are followed to the end of the field; the sequences stay in the text.
//
// Bytes that are UTF-8 already are not copied. Time: linear. Threads: any.
// Specification: HL7 v2.5.1, chapter 2, 2.15.9.18 (MSH-18), 2.7.2 (escapes), table 0211.
// Readings: docs/spec-clarifications.d/formats-hl7v2.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/issue.hpp"

namespace meridian::hl7v2 {

enum class Charset : std::uint8_t {
  ascii,
  iso_8859_1,
  iso_8859_2,
  iso_8859_3,
  iso_8859_4,
  iso_8859_5,
  iso_8859_6,
  iso_8859_7,
  iso_8859_8,
  iso_8859_9,
  iso_8859_15,
  utf_8,
  utf_16,
  utf_32,
  gb18030,
  big5,
  ks_x_1001,
  iso_2022_jp,
};

/// `UNICODE UTF-8`, `8859/1`, `GB 18030-2000`, `ISO IR87`, and what people write instead (`UTF-8`, `GBK`). Nothing for
/// others.
std::optional<Charset> charset_of_code(std::string_view code);
/// As MSH-18 writes it: `UNICODE UTF-8`.
std::string_view code(Charset charset);

struct CharsetOptions {
  /// What bytes are that are not UTF-8, when MSH-18 does not say or is wrong.
  Charset otherwise = Charset::gb18030;
  /// What they are whatever MSH-18 says: for a feed that is known to lie.
  std::optional<Charset> always = std::nullopt;
};

struct Decoded {
  Charset charset = Charset::ascii;      ///< what the bytes were
  std::optional<std::string> converted;  ///< nothing when they are UTF-8 already

  /// As UTF-8, given the same bytes.
  std::string_view text(std::string_view bytes) const { return converted ? std::string_view(*converted) : bytes; }
};

/// Never fails: at worst there are U+FFFDs, said in an error.
Decoded decode(std::string_view bytes, const CharsetOptions& options, Issues& issues);

}  // namespace meridian::hl7v2
