#include "formats/signal/internal/scp_text.hpp"

#include <unicode/ucnv.h>

#include <memory>
#include <vector>

#include "base/trim.hpp"
#include "base/utf8.hpp"

namespace meridian::signal::internal {
namespace {

/// EN 1064, table 3. Latin 1 where a code is not of it.
const char* encoding_of(std::uint8_t code) {
  switch (code) {
    case 0x03:
      return "ISO-8859-2";
    case 0x0B:
      return "ISO-8859-4";
    case 0x13:
      return "ISO-8859-5";
    case 0x1B:
      return "ISO-8859-6";
    case 0x23:
      return "ISO-8859-7";
    case 0x2B:
      return "ISO-8859-8";
    case 0x33:
      return "ISO-8859-11";
    case 0x3B:
      return "ISO-8859-15";
    case 0x0F:
    case 0x17:
    case 0x1F:
      return "EUC-JP";
    case 0x27:
      return "GB18030";  // GB 2312 and what is written in its place
    case 0x2F:
      return "EUC-KR";
    default:
      return "ISO-8859-1";
  }
}

std::string converted(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(encoding, &status), ucnv_close);
  if (U_FAILURE(status) || converter == nullptr) return {};
  std::vector<char16_t> units(bytes.size() + 1);
  const std::int32_t count = ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                                           bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) return {};
  std::string out;
  for (std::int32_t i = 0; i < count; ++i) {
    char32_t point = units[static_cast<std::size_t>(i)];
    if (point >= 0xD800 && point < 0xDC00 && i + 1 < count) {
      ++i;
      point = 0x10000 + ((point - 0xD800) << 10) + (units[static_cast<std::size_t>(i)] - 0xDC00);
    }
    append_utf8(out, point);
  }
  return out;
}

}  // namespace

std::string scp_text(std::string_view bytes, std::uint8_t language_code) {
  bytes = trimmed(bytes.substr(0, bytes.find('\0')));
  std::string text = is_valid_utf8(bytes) ? std::string(bytes) : converted(bytes, encoding_of(language_code));
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return std::string(trimmed(text));
}

}  // namespace meridian::signal::internal
