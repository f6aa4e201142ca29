// The rows that tools/dicom_dictionary writes of PS3.6: one a tag, ascending; and ranges of repeating groups.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::dicom::internal {

/// The standard's VRs, and two that hang on other elements: US_SS on PixelRepresentation, OB_OW on the pixels' bits.
// NOLINTBEGIN(readability-identifier-naming): the standard writes them so
enum class DictionaryVr : std::uint8_t {
  AE,
  AS,
  AT,
  CS,
  DA,
  DS,
  DT,
  FD,
  FL,
  IS,
  LO,
  LT,
  OB,
  OD,
  OF,
  OL,
  OV,
  OW,
  PN,
  SH,
  SL,
  SQ,
  SS,
  ST,
  SV,
  TM,
  UC,
  UI,
  UL,
  UN,
  UR,
  US,
  UT,
  UV,
  US_SS,
  OB_OW
};
// NOLINTEND(readability-identifier-naming)

struct DictionaryRow {
  std::uint32_t tag;
  DictionaryVr vr;
  std::string_view keyword;
};

/// Even groups only.
struct DictionaryRange {
  std::uint16_t group;
  std::uint16_t group_to;
  std::uint16_t element;
  std::uint16_t element_to;
  DictionaryVr vr;
  std::string_view keyword;
};

std::span<const DictionaryRow> dictionary_rows();
std::span<const DictionaryRange> dictionary_ranges();

}  // namespace meridian::dicom::internal
