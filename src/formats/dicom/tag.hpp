// Tag: which data element, `(gggg,eeee)`, and Vr: how its value is written. The tags that Meridian itself uses are
// named in `tags`; all others are in the dictionary (dictionary.hpp).
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_6.2
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::dicom {

struct Tag {
  std::uint16_t group = 0;
  std::uint16_t element = 0;

  constexpr Tag() = default;
  constexpr Tag(std::uint16_t g, std::uint16_t e) : group(g), element(e) {}
  static constexpr Tag of(std::uint32_t number) {
    return {static_cast<std::uint16_t>(number >> 16), static_cast<std::uint16_t>(number)};
  }
  constexpr std::uint32_t number() const { return std::uint32_t{group} << 16 | element; }
  constexpr bool is_private() const { return group % 2 != 0; }
  constexpr bool is_group_length() const { return element == 0; }
  constexpr auto operator<=>(const Tag&) const = default;
};
/// "(0010,0020)", in capitals.
std::string to_string(Tag tag);
/// "00100020", as DICOM JSON writes it.
std::string hex(Tag tag);
/// "(0010,0020)", "00100020", or a keyword of the dictionary.
std::optional<Tag> parse_tag(std::string_view text);

/// Value representations; none where a file has letters that the standard does not know.
enum class Vr : std::uint8_t {
  none,
  ae,
  as,
  at,
  cs,
  da,
  ds,
  dt,
  fd,
  fl,
  is,
  lo,
  lt,
  ob,
  od,
  of,
  ol,
  ov,
  ow,
  pn,
  sh,
  sl,
  sq,
  ss,
  st,
  sv,
  tm,
  uc,
  ui,
  ul,
  un,
  ur,
  us,
  ut,
  uv
};
std::string_view name(Vr vr);  ///< "PN"; "??" of none
std::optional<Vr> vr_of(char first, char second);
/// Whether an explicit length has 32 bits (PS3.5, table 7.1-1).
bool has_long_length(Vr vr);
/// Whether values hang on Specific Character Set.
bool has_character_set(Vr vr);
/// Whether the value is text of whatever kind.
bool is_text(Vr vr);
/// Bytes of one number whose order hangs on the transfer syntax; 1 where there is none.
std::size_t word_bytes(Vr vr);

namespace tags {
inline constexpr Tag kMetaGroupLength{0x0002, 0x0000};
inline constexpr Tag kMetaVersion{0x0002, 0x0001};
inline constexpr Tag kMediaStorageSopClass{0x0002, 0x0002};
inline constexpr Tag kMediaStorageSopInstance{0x0002, 0x0003};
inline constexpr Tag kTransferSyntax{0x0002, 0x0010};
inline constexpr Tag kImplementationClass{0x0002, 0x0012};
inline constexpr Tag kCharacterSet{0x0008, 0x0005};
inline constexpr Tag kSopClass{0x0008, 0x0016};
inline constexpr Tag kSopInstance{0x0008, 0x0018};
inline constexpr Tag kTimeZone{0x0008, 0x0201};
inline constexpr Tag kSamplesPerPixel{0x0028, 0x0002};
inline constexpr Tag kPhotometric{0x0028, 0x0004};
inline constexpr Tag kPlanarConfiguration{0x0028, 0x0006};
inline constexpr Tag kNumberOfFrames{0x0028, 0x0008};
inline constexpr Tag kRows{0x0028, 0x0010};
inline constexpr Tag kColumns{0x0028, 0x0011};
inline constexpr Tag kBitsAllocated{0x0028, 0x0100};
inline constexpr Tag kBitsStored{0x0028, 0x0101};
inline constexpr Tag kHighBit{0x0028, 0x0102};
inline constexpr Tag kPixelRepresentation{0x0028, 0x0103};
inline constexpr Tag kExtendedOffsetTable{0x7FE0, 0x0001};
inline constexpr Tag kExtendedOffsetTableLengths{0x7FE0, 0x0002};
inline constexpr Tag kFloatPixelData{0x7FE0, 0x0008};
inline constexpr Tag kDoublePixelData{0x7FE0, 0x0009};
inline constexpr Tag kPixelData{0x7FE0, 0x0010};
inline constexpr Tag kTrailingPadding{0xFFFC, 0xFFFC};
inline constexpr Tag kItem{0xFFFE, 0xE000};
inline constexpr Tag kItemEnd{0xFFFE, 0xE00D};
inline constexpr Tag kSequenceEnd{0xFFFE, 0xE0DD};
}  // namespace tags

}  // namespace meridian::dicom
