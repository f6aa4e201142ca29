// CharacterSet: what Specific Character Set (0008,0005) says, and text of it in UTF-8.
//
// All terms of PS3.3 C.12.1.1.2: single-byte sets, Japanese, Korean and Chinese with the escape sequences of ISO 2022,
// UTF-8, GB18030, GBK. Bytes that are no character of their set become U+FFFD. Where nothing is declared, bytes beyond
// ASCII are taken for UTF-8 if they are it, else for Latin-1. A small value; threads may share it.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.12.1.1.2,
// https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_6.1.2
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::dicom {

/// What one defined term stands for.
enum class Repertoire : std::uint8_t {
  ascii,
  latin_1,
  latin_2,
  latin_3,
  latin_4,
  cyrillic,
  arabic,
  greek,
  hebrew,
  latin_5,
  latin_9,
  thai,
  katakana,
  jis_x_0208,
  jis_x_0212,
  ks_x_1001,
  gb_2312,
  utf_8,
  gb18030,
  gbk,
  unknown
};

class CharacterSet {
 public:
  /// ASCII: nothing is declared.
  constexpr CharacterSet() = default;
  /// The value of (0008,0005), its terms apart by backslashes.
  static CharacterSet of(std::string_view terms);

  bool is_declared() const { return is_declared_; }
  /// Whether a term is not among the standard's.
  bool has_unknown() const;
  /// A value, or several apart by backslashes, in UTF-8.
  std::string decode(std::string_view bytes) const;

  bool operator==(const CharacterSet&) const = default;

 private:
  Repertoire first_ = Repertoire::ascii;
  bool is_declared_ = false;
  bool has_unknown_ = false;
};

}  // namespace meridian::dicom
