// DICOM files for tests, put together byte by byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "formats/dicom/tag.hpp"

namespace meridian::dicom::testing {

inline std::string little_16(std::uint32_t value) {
  std::string out(2, '\0');
  store_little(out.data(), static_cast<std::uint16_t>(value));
  return out;
}
inline std::string little_32(std::uint32_t value) {
  std::string out(4, '\0');
  store_little(out.data(), value);
  return out;
}
inline std::string tag_bytes(std::uint32_t tag) {
  return little_16(tag >> 16) + little_16(tag & 0xFFFF);
}

inline constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFF;

/// Explicit VR, little endian; the length is what `length` says, or the value's.
inline std::string element(std::uint32_t tag, std::string_view vr, std::string value,
                           std::optional<std::uint32_t> length = {}) {
  const bool is_binary = vr == "OB" || vr == "UN" || vr == "SQ" || vr == "UI";
  if (!length && value.size() % 2 != 0) value += is_binary ? '\0' : ' ';
  const auto size = length.value_or(static_cast<std::uint32_t>(value.size()));
  std::string out = tag_bytes(tag) + std::string(vr);
  out +=
      has_long_length(vr_of(vr[0], vr[1]).value_or(Vr::un)) ? std::string(2, '\0') + little_32(size) : little_16(size);
  return out + value;
}
/// Implicit VR, little endian.
inline std::string implicit(std::uint32_t tag, const std::string& value, std::optional<std::uint32_t> length = {}) {
  return tag_bytes(tag) + little_32(length.value_or(static_cast<std::uint32_t>(value.size()))) + value;
}
/// An item, a fragment, or with kUndefinedLength the begin of one.
inline std::string item(const std::string& content, std::optional<std::uint32_t> length = {}) {
  return implicit(0xFFFEE000, content, length);
}
inline std::string item_end() {
  return implicit(0xFFFEE00D, "");
}
inline std::string sequence_end() {
  return implicit(0xFFFEE0DD, "");
}

/// Preamble, meta information, and what follows it.
inline std::string file(std::string_view transfer_syntax, const std::string& body) {
  const std::string meta =
      element(0x00020001, "OB", std::string("\0\1", 2)) + element(0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.7") +
      element(0x00020003, "UI", "1.2.3.4") + element(0x00020010, "UI", std::string(transfer_syntax));
  return std::string(128, '\0') + "DICM" +
         element(0x00020000, "UL", little_32(static_cast<std::uint32_t>(meta.size()))) + meta + body;
}
inline std::string explicit_file(const std::string& body) {
  return file("1.2.840.10008.1.2.1", body);
}

}  // namespace meridian::dicom::testing
