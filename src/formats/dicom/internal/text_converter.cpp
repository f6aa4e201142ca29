#include "formats/dicom/internal/text_converter.hpp"

#include <unicode/ucnv.h>

#include <array>
#include <memory>
#include <vector>

#include "base/utf8.hpp"

namespace meridian::dicom::internal {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

const char* icu_name(Repertoire repertoire) {
  switch (repertoire) {
    case Repertoire::latin_1:
      return "ISO-8859-1";
    case Repertoire::latin_2:
      return "ISO-8859-2";
    case Repertoire::latin_3:
      return "ISO-8859-3";
    case Repertoire::latin_4:
      return "ISO-8859-4";
    case Repertoire::cyrillic:
      return "ISO-8859-5";
    case Repertoire::arabic:
      return "ISO-8859-6";
    case Repertoire::greek:
      return "ISO-8859-7";
    case Repertoire::hebrew:
      return "ISO-8859-8";
    case Repertoire::latin_5:
      return "ISO-8859-9";
    case Repertoire::latin_9:
      return "ISO-8859-15";
    case Repertoire::thai:
      return "TIS-620";
    case Repertoire::jis_x_0208:
    case Repertoire::jis_x_0212:
      return "EUC-JP";
    case Repertoire::ks_x_1001:
      return "EUC-KR";
    case Repertoire::gb_2312:
    case Repertoire::gb18030:
      return "GB18030";
    case Repertoire::gbk:
      return "GBK";
    default:
      return nullptr;
  }
}

struct Close {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

UConverter* converter_of(Repertoire repertoire) {
  thread_local std::array<std::unique_ptr<UConverter, Close>, 32> converters;
  auto& converter = converters[static_cast<std::size_t>(repertoire)];
  if (converter == nullptr) {
    UErrorCode status = U_ZERO_ERROR;
    converter.reset(ucnv_open(icu_name(repertoire), &status));
    if (U_FAILURE(status) != 0) converter.reset();
  }
  if (converter != nullptr) ucnv_reset(converter.get());
  return converter.get();
}

void append_replaced(std::string& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) append_utf8(out, kReplacement);
}

void append_icu(std::string& out, std::string_view bytes, Repertoire repertoire) {
  UConverter* converter = converter_of(repertoire);
  if (converter == nullptr) return append_replaced(out, bytes.size());
  // One UTF-16 unit a byte at most, but two of GB18030's four bytes.
  std::vector<UChar> wide(bytes.size() + 4);
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length = ucnv_toUChars(converter, wide.data(), static_cast<std::int32_t>(wide.size()),
                                            bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status) != 0) return append_replaced(out, bytes.size());
  for (std::int32_t i = 0; i < length; ++i) {
    char32_t point = wide[static_cast<std::size_t>(i)];
    if (point >= 0xD800 && point < 0xDC00 && i + 1 < length) {
      const char32_t low = wide[static_cast<std::size_t>(++i)];
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, point);
  }
}

/// JIS X 0201: half-width forms of katakana lie in one row.
void append_katakana(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(out, byte >= 0xA1 && byte <= 0xDF ? char32_t{0xFF61} + (byte - 0xA1) : kReplacement);
  }
}

void append_valid_utf8(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out += bytes.substr(0, valid);
    if (valid == bytes.size()) return;
    append_utf8(out, kReplacement);
    bytes.remove_prefix(valid + 1);
  }
}

}  // namespace

void append_converted(std::string& out, std::string_view bytes, Repertoire repertoire) {
  switch (repertoire) {
    case Repertoire::utf_8:
      return append_valid_utf8(out, bytes);
    case Repertoire::katakana:
      return append_katakana(out, bytes);
    case Repertoire::ascii:
    case Repertoire::unknown:
      return append_replaced(out, bytes.size());
    case Repertoire::jis_x_0208:
    case Repertoire::jis_x_0212:
    case Repertoire::ks_x_1001:
    case Repertoire::gb_2312: {
      std::string eight;
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (repertoire == Repertoire::jis_x_0212 && i % 2 == 0) eight += '\x8F';
        eight += static_cast<char>(static_cast<unsigned char>(bytes[i]) | 0x80U);
      }
      return append_icu(out, eight, repertoire);
    }
    default:
      return append_icu(out, bytes, repertoire);
  }
}

}  // namespace meridian::dicom::internal
