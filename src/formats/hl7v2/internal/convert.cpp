#include "formats/hl7v2/internal/convert.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include <memory>

#include "base/utf8.hpp"

namespace meridian::hl7v2::internal {

namespace {

const char* converter_name(Charset charset) {
  switch (charset) {
    case Charset::ascii:
    case Charset::utf_8:
      return "UTF-8";
    case Charset::iso_8859_1:
      return "ISO-8859-1";
    case Charset::iso_8859_2:
      return "ISO-8859-2";
    case Charset::iso_8859_3:
      return "ISO-8859-3";
    case Charset::iso_8859_4:
      return "ISO-8859-4";
    case Charset::iso_8859_5:
      return "ISO-8859-5";
    case Charset::iso_8859_6:
      return "ISO-8859-6";
    case Charset::iso_8859_7:
      return "ISO-8859-7";
    case Charset::iso_8859_8:
      return "ISO-8859-8";
    case Charset::iso_8859_9:
      return "ISO-8859-9";
    case Charset::iso_8859_15:
      return "ISO-8859-15";
    case Charset::utf_16:
      return "UTF-16";
    case Charset::utf_32:
      return "UTF-32";
    case Charset::gb18030:
      return "gb18030";
    case Charset::big5:
      return "Big5";
    case Charset::ks_x_1001:
      return "windows-949";
    case Charset::iso_2022_jp:
      return "ISO-2022-JP-2";
  }
  return "UTF-8";
}

struct Closer {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

/// Counts what cannot be read and puts U+FFFD in its place.
void count_fault(const void* context, UConverterToUnicodeArgs* arguments, const char*, std::int32_t,
                 UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;
  ++*static_cast<std::size_t*>(const_cast<void*>(context));
  *error = U_ZERO_ERROR;
  static constexpr UChar kReplacement[] = {0xFFFD};
  ucnv_cbToUWriteUChars(arguments, kReplacement, 1, 0, error);
}

/// UTF-16 to UTF-8, a high surrogate at the end kept for the next piece.
class Utf8Sink {
 public:
  explicit Utf8Sink(std::string& out) : out_(out) {}
  void put(const UChar* begin, const UChar* end) {
    for (; begin != end; ++begin) {
      const char32_t unit = *begin;
      if (unit >= 0xD800 && unit < 0xDC00) {
        high_ = unit;
      } else if (unit >= 0xDC00 && unit < 0xE000) {
        append_utf8(out_, 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
      } else if (unit < 0x80) {
        out_ += static_cast<char>(unit);
      } else {
        append_utf8(out_, unit);
      }
    }
  }

 private:
  std::string& out_;
  char32_t high_ = 0xD800;
};

std::size_t append_by_name(std::string& out, std::string_view bytes, const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, Closer> converter(ucnv_open(name, &error));
  std::size_t faults = 0;
  if (U_SUCCESS(error)) ucnv_setToUCallBack(converter.get(), count_fault, &faults, nullptr, nullptr, &error);
  if (U_FAILURE(error)) {
    // A library without this table: ASCII is saved, the rest is said to be unreadable.
    for (const char c : bytes) {
      const bool plain = static_cast<unsigned char>(c) < 0x80;
      out += plain ? std::string_view(&c, 1) : std::string_view("\xEF\xBF\xBD");
      faults += plain ? 0 : 1;
    }
    return faults;
  }
  Utf8Sink sink(out);
  UChar buffer[4096];
  const char* from = bytes.data();
  const char* const end = from + bytes.size();
  do {
    UChar* to = buffer;
    error = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &to, buffer + std::size(buffer), &from, end, nullptr, 1, &error);
    sink.put(buffer, to);
  } while (error == U_BUFFER_OVERFLOW_ERROR);
  return faults;
}

}  // namespace

std::size_t append_converted(std::string& out, std::string_view bytes, Charset charset) {
  return bytes.empty() ? 0 : append_by_name(out, bytes, converter_name(charset));
}

std::size_t append_euc_jp(std::string& out, std::string_view bytes) {
  return append_by_name(out, bytes, "EUC-JP");
}

std::optional<Switch> switch_of(std::string_view sequence) {
  struct Row {
    std::string_view sequence;
    Switch to;
  };
  // HL7 v2.5.1, 2.7.2: the escape sequences of ISO 2022 in hexadecimal.
  static constexpr Row kRows[] = {
      {"C2842", {Switched::none, Charset::ascii}},
      {"C284A", {Switched::none, Charset::ascii}},  // JIS X 0201 Romaji: ASCII but for the yen sign and the overline
      {"C2D41", {Switched::latin, Charset::iso_8859_1}},
      {"C2D42", {Switched::latin, Charset::iso_8859_2}},
      {"C2D43", {Switched::latin, Charset::iso_8859_3}},
      {"C2D44", {Switched::latin, Charset::iso_8859_4}},
      {"C2D4C", {Switched::latin, Charset::iso_8859_5}},
      {"C2D47", {Switched::latin, Charset::iso_8859_6}},
      {"C2D46", {Switched::latin, Charset::iso_8859_7}},
      {"C2D48", {Switched::latin, Charset::iso_8859_8}},
      {"C2D4D", {Switched::latin, Charset::iso_8859_9}},
      {"C2949", {Switched::katakana, Charset::ascii}},
      {"M2442", {Switched::kanji, Charset::ascii}},
      {"M242844", {Switched::supplementary_kanji, Charset::ascii}},
  };
  for (const Row& row : kRows) {
    if (row.sequence == sequence) return row.to;
  }
  return std::nullopt;
}

}  // namespace meridian::hl7v2::internal
