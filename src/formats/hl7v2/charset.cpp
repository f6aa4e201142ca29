#include "formats/hl7v2/charset.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/internal/switching.hpp"

namespace meridian::hl7v2 {

namespace {

struct Name {
  std::string_view code;  // letters and digits only, in capitals
  Charset charset;
};

// Table 0211 and the names people write instead, punctuation left out.
constexpr Name kNames[] = {
    {"ASCII", Charset::ascii},
    {"USASCII", Charset::ascii},
    {"ISOIR6", Charset::ascii},
    {"88591", Charset::iso_8859_1},
    {"ISO88591", Charset::iso_8859_1},
    {"LATIN1", Charset::iso_8859_1},
    {"ISOIR100", Charset::iso_8859_1},
    {"88592", Charset::iso_8859_2},
    {"ISO88592", Charset::iso_8859_2},
    {"88593", Charset::iso_8859_3},
    {"ISO88593", Charset::iso_8859_3},
    {"88594", Charset::iso_8859_4},
    {"ISO88594", Charset::iso_8859_4},
    {"88595", Charset::iso_8859_5},
    {"ISO88595", Charset::iso_8859_5},
    {"88596", Charset::iso_8859_6},
    {"ISO88596", Charset::iso_8859_6},
    {"88597", Charset::iso_8859_7},
    {"ISO88597", Charset::iso_8859_7},
    {"88598", Charset::iso_8859_8},
    {"ISO88598", Charset::iso_8859_8},
    {"88599", Charset::iso_8859_9},
    {"ISO88599", Charset::iso_8859_9},
    {"885915", Charset::iso_8859_15},
    {"ISO885915", Charset::iso_8859_15},
    {"UNICODEUTF8", Charset::utf_8},
    {"UTF8", Charset::utf_8},
    {"UNICODE", Charset::utf_8},
    {"ISO10646", Charset::utf_8},
    {"UNICODEUTF16", Charset::utf_16},
    {"UTF16", Charset::utf_16},
    {"UNICODEUTF32", Charset::utf_32},
    {"UTF32", Charset::utf_32},
    {"GB180302000", Charset::gb18030},
    {"GB18030", Charset::gb18030},
    {"GB2312", Charset::gb18030},
    {"GBK", Charset::gb18030},
    {"BIG5", Charset::big5},
    {"KSX1001", Charset::ks_x_1001},
    {"EUCKR", Charset::ks_x_1001},
    {"ISOIR14", Charset::iso_2022_jp},
    {"ISOIR87", Charset::iso_2022_jp},
    {"ISOIR159", Charset::iso_2022_jp},
    {"ISO2022JP", Charset::iso_2022_jp},
};

constexpr std::array<std::string_view, 18> kCodes = {
    "ASCII",          "8859/1",         "8859/2",        "8859/3", "8859/4",    "8859/5",
    "8859/6",         "8859/7",         "8859/8",        "8859/9", "8859/15",   "UNICODE UTF-8",
    "UNICODE UTF-16", "UNICODE UTF-32", "GB 18030-2000", "BIG-5",  "KS X 1001", "ISO IR87"};

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether a character of three bytes or more stands in a valid UTF-8 text: bytes of another set hardly ever make one.
bool has_long_sequence(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
}

bool is_double_byte(Charset charset) {
  return charset == Charset::gb18030 || charset == Charset::big5 || charset == Charset::ks_x_1001;
}

/// Whether high bytes come mostly in pairs, as in Chinese and Korean sets; in a European text an ASCII letter or a
/// separator mostly follows one.
bool looks_double_byte(std::string_view bytes) {
  std::size_t pairs = 0;
  std::size_t alone = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (static_cast<unsigned char>(bytes[i]) <= 0x80) continue;
    const bool is_pair = i + 1 < bytes.size() && static_cast<unsigned char>(bytes[i + 1]) >= 0x80;
    is_pair ? ++pairs : ++alone;
    i += is_pair ? 1 : 0;
  }
  return pairs >= alone;
}

enum class Trail { plain, double_byte };

/// MSH-18.1 in bytes that are not yet text. With double_byte, a byte after one over 0x80 never counts as a separator.
std::string_view declared_set(std::string_view bytes, Trail trail) {
  const std::size_t begin = bytes.find("MSH");
  if (begin == std::string_view::npos || begin + 3 >= bytes.size()) return {};
  const char separator = bytes[begin + 3];
  std::size_t field = 1;
  std::size_t at = begin + 3;
  std::size_t from = 0;
  for (; at < bytes.size() && bytes[at] != '\r' && bytes[at] != '\n'; ++at) {
    if (trail == Trail::double_byte && static_cast<unsigned char>(bytes[at]) > 0x80) {
      ++at;
    } else if (bytes[at] == separator) {
      if (++field == 18) from = at + 1;
      if (field == 19) break;
    }
  }
  if (from == 0) return {};
  std::string_view value = bytes.substr(from, std::min(at, bytes.size()) - from);
  const std::string_view encoding = bytes.substr(begin + 4, 2);  // the component and repetition separators
  value = value.substr(0, value.find_first_of(encoding));
  return value;
}

/// UTF-16 and UTF-32 show in their first bytes: a byte order mark, or the zeros in "MSH".
std::optional<Charset> wide_set(std::string_view bytes) {
  constexpr std::string_view kLittle32("\xFF\xFE\0\0", 4);
  constexpr std::string_view kBig32("\0\0\xFE\xFF", 4);
  if (bytes.starts_with(kLittle32) || bytes.starts_with(kBig32)) return Charset::utf_32;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return Charset::utf_16;
  return std::nullopt;
}

class Decoding {
 public:
  Decoding(std::string_view bytes, const CharsetOptions& options, Issues& issues)
      : bytes_(bytes), options_(options), issues_(issues) {}

  Decoded run() {
    if (const auto wide = wide_set(bytes_)) return convert(*wide);
    if (options_.always) return *options_.always == Charset::utf_8 ? as_utf8() : convert(*options_.always);
    declared_ = declared_set(bytes_, Trail::plain);
    if (!charset_of_code(declared_)) {
      const std::string_view other = declared_set(bytes_, Trail::double_byte);
      if (charset_of_code(other) || declared_.empty()) declared_ = other;
    }
    const std::optional<Charset> said = charset_of_code(declared_);
    if (!said && !declared_.empty()) say(Severity::warning, faults::kCharsetUnknown, {short_text(declared_)});
    if (is_ascii(bytes_)) return of_ascii(said);
    if (is_valid_utf8(bytes_)) return of_valid_utf8(said);
    return of_other(said);
  }

 private:
  Decoded of_ascii(std::optional<Charset> said) {
    const bool is_escape_coded = bytes_.find('\x1B') != std::string_view::npos;
    if (said == Charset::iso_2022_jp && is_escape_coded) return convert(*said);
    if (internal::has_switch(bytes_)) return convert(Charset::ascii);
    return {said.value_or(Charset::ascii), std::nullopt};
  }

  Decoded of_valid_utf8(std::optional<Charset> said) {
    if (said == Charset::utf_8) return as_utf8();
    if (said && *said != Charset::ascii && !has_long_sequence(bytes_)) return convert(*said);
    say(Severity::warning, said ? faults::kCharsetNotAsSaid : faults::kCharsetNotSaid,
        {std::string(code(Charset::utf_8)), said ? std::string(code(*said)) : std::string()});
    return as_utf8();
  }

  Decoded of_other(std::optional<Charset> said) {
    const bool is_single_byte_switch = internal::has_switch(bytes_);
    if (said == Charset::ascii && is_single_byte_switch) return convert(*said);
    if (said && *said != Charset::ascii && *said != Charset::utf_8) return convert(*said);
    Decoded decoded;
    decoded.charset = options_.otherwise;
    if (is_double_byte(decoded.charset) && !looks_double_byte(bytes_)) decoded.charset = Charset::iso_8859_1;
    std::size_t faulty = internal::append_switching(decoded.converted.emplace(), bytes_, decoded.charset);
    if (faulty > 0 && decoded.charset != Charset::iso_8859_1) {
      decoded.charset = Charset::iso_8859_1;
      faulty = internal::append_switching(decoded.converted.emplace(), bytes_, decoded.charset);
    }
    say(Severity::warning, said ? faults::kCharsetNotAsSaid : faults::kCharsetNotSaid,
        {std::string(code(decoded.charset)), said ? std::string(code(*said)) : std::string()});
    note(faulty, decoded.charset);
    return decoded;
  }

  Decoded as_utf8() {
    if (is_valid_utf8(bytes_) && !internal::has_switch(bytes_)) return {Charset::utf_8, std::nullopt};
    return convert(Charset::utf_8);
  }

  Decoded convert(Charset charset) {
    Decoded decoded{charset, std::string()};
    note(internal::append_switching(*decoded.converted, bytes_, charset), charset);
    return decoded;
  }

  void note(std::size_t faulty, Charset charset) {
    if (faulty > 0) {
      say(Severity::error, faults::kNotOfCharset, {std::to_string(faulty), std::string(code(charset))});
    }
  }

  static std::string short_text(std::string_view text) {
    constexpr std::size_t kMost = 32;
    std::string out(text.substr(0, kMost));
    std::replace_if(out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return out;
  }

  void say(Severity severity, const faults::Text& what, std::vector<std::string> arguments) {
    issues_.add({severity, IssueType::value, what, std::move(arguments), "MSH-18"});
  }

  std::string_view bytes_;
  const CharsetOptions& options_;
  Issues& issues_;
  std::string_view declared_;
};

}  // namespace

std::optional<Charset> charset_of_code(std::string_view code) {
  std::string plain;
  for (const char c : code.substr(0, 64)) {
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) plain += c;
    if (c >= 'a' && c <= 'z') plain += static_cast<char>(c - 'a' + 'A');
  }
  for (const Name& name : kNames) {
    if (name.code == plain) return name.charset;
  }
  return std::nullopt;
}

std::string_view code(Charset charset) {
  return kCodes[static_cast<std::size_t>(charset)];
}

Decoded decode(std::string_view bytes, const CharsetOptions& options, Issues& issues) {
  return Decoding(bytes, options, issues).run();
}

}  // namespace meridian::hl7v2
