#include "formats/fhir/internal/xml_scanner.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/utf8.hpp"
#include "formats/fhir/internal/xml_messages.hpp"

namespace meridian::fhir::internal {
namespace {

/// What a byte may be. Bytes of characters beyond ASCII may stand in names, as far as is_name_character() agrees.
enum Class : std::uint8_t {
  kNameStart = 1,
  kName = 2,
  kSpace = 4,
  kStopsText = 8,     // ends a plain run of character data: < & ] and control characters
  kStopsDouble = 16,  // ends a plain run within double quotes: " < & white space, control characters
  kStopsSingle = 32,  // the same within single quotes
  kForbidden = 64,    // a control character that XML does not allow
};

constexpr std::array<std::uint8_t, 256> classes() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == ':' || c >= 0x80;
    const bool digit = (c >= '0' && c <= '9') || c == '-' || c == '.';
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    const bool forbidden = c < 0x20 && !space;
    std::uint8_t bits = 0;
    if (letter) bits |= kNameStart | kName;
    if (digit) bits |= kName;
    if (space) bits |= kSpace;
    if (c == '<' || c == '&' || c == ']' || forbidden) bits |= kStopsText;
    if (c == '<' || c == '&' || (space && c != ' ') || forbidden) bits |= kStopsDouble | kStopsSingle;
    if (c == '"') bits |= kStopsDouble;
    if (c == '\'') bits |= kStopsSingle;
    if (forbidden) bits |= kForbidden;
    table[c] = bits;
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> kClasses = classes();

bool is(char c, unsigned bits) {
  return (kClasses[static_cast<unsigned char>(c)] & bits) != 0;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
/// XML 1.0 (fifth edition), productions [4] and [4a], beyond ASCII.
constexpr Range kNameStartRanges[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                      {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                      {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
constexpr Range kNameRanges[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

bool is_in(std::span<const Range> ranges, std::uint32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](Range range) { return c >= range.first && c <= range.last; });
}

/// Production [2], Char.
bool is_character(std::uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

/// The character of `#38` or `#x26`, the inside of a reference; nothing when it is not of that form. Beyond
/// Unicode it stays at some value that is no character.
std::optional<std::uint32_t> character_number(std::string_view inside) {
  inside.remove_prefix(1);
  const bool hex = inside.starts_with('x');
  if (hex) inside.remove_prefix(1);
  if (inside.empty()) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : inside) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (hex && c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (hex && c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = std::min<std::uint32_t>(value * (hex ? 16U : 10U) + digit, 0x110000);
  }
  return value;
}

/// The character of one of the five entities, or 0.
char entity(std::string_view name) {
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "amp") return '&';
  if (name == "apos") return '\'';
  if (name == "quot") return '"';
  return '\0';
}

std::string code_point(std::uint32_t c) {
  char out[16];
  std::snprintf(out, sizeof out, "U+%04X", static_cast<unsigned>(c));
  return out;
}

/// Names in messages are kept short.
std::string excerpt(std::string_view name) {
  constexpr std::size_t kMost = 64;
  if (name.size() <= kMost) return std::string(name);
  std::size_t length = kMost;
  while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80) --length;
  return std::string(name.substr(0, length)) + "…";
}

}  // namespace

std::optional<std::size_t> find_bad_character(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return valid_utf8_prefix(text);
  // U+FFFE and U+FFFF: EF BF BE and EF BF BF.
  for (std::size_t at = text.find('\xEF'); at != std::string_view::npos; at = text.find('\xEF', at + 1)) {
    if (text[at + 1] == '\xBF' && (text[at + 2] == '\xBE' || text[at + 2] == '\xBF')) return at;
  }
  return std::nullopt;
}

void append_value(std::string_view raw, std::string& out) {
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t special = std::min(raw.find_first_of("&\t\n\r", at), raw.size());
    out.append(raw, at, special - at);
    at = special;
    if (at == raw.size()) return;
    if (raw[at] == '&') {
      // What a reference gives is not looked at again: &#10; stays a line end.
      const std::size_t end = raw.find(';', at);
      const std::string_view inside = raw.substr(at + 1, end - at - 1);
      if (inside.starts_with('#')) {
        append_utf8(out, character_number(inside).value_or(0xFFFD));
      } else {
        out += entity(inside);
      }
      at = end + 1;
    } else {
      // 2.11: CR LF is read as one line end. 3.3.3: white space becomes a space.
      const bool is_pair = raw[at] == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n';
      out += ' ';
      at += is_pair ? 2 : 1;
    }
  }
}

bool XmlScanner::refuse(const Message& message, std::size_t offset, std::string argument) {
  fault_ = {&message, {std::move(argument)}, std::min(offset, text_.size())};
  at_ = text_.size();
  return false;
}

XmlToken XmlScanner::fail(const Message& message, std::size_t offset, std::string argument) {
  refuse(message, offset, std::move(argument));
  return XmlToken::fault;
}

bool XmlScanner::skip_space() {
  const std::size_t from = at_;
  while (at_ < text_.size() && is(text_[at_], kSpace)) ++at_;
  return at_ != from;
}

/// Production [5]. Empty when no name stands here.
std::string_view XmlScanner::scan_name() {
  const std::size_t from = at_;
  if (!is(peek(), kNameStart)) return {};
  bool ascii = true;
  while (at_ < text_.size() && is(text_[at_], kName)) ascii &= static_cast<unsigned char>(text_[at_++]) < 0x80;
  const std::string_view name = text_.substr(from, at_ - from);
  if (ascii) return name;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t begin = i;
    const std::uint32_t c = next_code_point(name, i);
    if (c >= 0x80 && !is_in(kNameStartRanges, c) && (begin == 0 || !is_in(kNameRanges, c))) {
      at_ = from + begin;
      return name.substr(0, begin);
    }
  }
  return name;
}

XmlToken XmlScanner::next() {
  if (fault_.message != nullptr) return XmlToken::fault;
  if (must_close_) {
    must_close_ = false;
    name_ = open_.back();
    open_.pop_back();
    return XmlToken::end;
  }
  if (at_ == 0 && looking_at("<?xml") && is(peek(5), kSpace) && !scan_declaration()) return XmlToken::fault;
  for (;;) {
    begin_ = at_;
    if (at_ >= text_.size()) {
      if (!open_.empty()) return fail(kXmlTruncated, at_, excerpt(open_.back()));
      return root_seen_ ? XmlToken::done : fail(kXmlEmpty, at_);
    }
    if (text_[at_] != '<') {
      if (!open_.empty()) return scan_text();
      if (!skip_space()) return fail(kXmlTextOutside, at_);
      continue;
    }
    switch (peek(1)) {
      case '/':
        return scan_end();
      case '?':
        if (!skip_instruction()) return XmlToken::fault;
        continue;
      case '!':
        if (looking_at("<!--")) {
          if (!skip_comment()) return XmlToken::fault;
          continue;
        }
        if (looking_at("<![CDATA[")) return scan_cdata();
        return fail(looking_at("<!DOCTYPE") ? kXmlDoctype : kXmlName, at_);
      default:
        return scan_start();
    }
  }
}

/// Production [23], XMLDecl: version, encoding, standalone, in that order.
bool XmlScanner::scan_declaration() {
  const std::size_t end = text_.find("?>");
  if (end == std::string_view::npos) return refuse(kXmlTruncated, text_.size(), "<?xml");
  std::string_view rest = text_.substr(5, end - 5);
  const auto skip = [&rest] {
    const std::size_t before = rest.size();
    while (!rest.empty() && is(rest.front(), kSpace)) rest.remove_prefix(1);
    return rest.size() != before;
  };
  // name S? '=' S? quote value quote; nothing when the declaration does not go on with that name.
  const auto take = [&](std::string_view name) -> std::optional<std::string_view> {
    if (!rest.starts_with(name)) return std::nullopt;
    rest.remove_prefix(name.size());
    skip();
    if (!rest.starts_with('=')) return std::nullopt;
    rest.remove_prefix(1);
    skip();
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return std::nullopt;
    const std::size_t close = rest.find(rest[0], 1);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view value = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    return value;
  };
  skip();
  const std::optional<std::string_view> version = take("version");
  bool sound = version && version->size() > 2 && version->starts_with("1.") &&
               version->find_first_not_of("0123456789", 2) == std::string_view::npos;
  bool spaced = skip();
  if (sound && spaced && rest.starts_with("encoding")) {
    const std::optional<std::string_view> encoding = take("encoding");
    sound = encoding.has_value();
    if (encoding) {
      std::string lower(*encoding);
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      // ASCII is a part of UTF-8; anything else would be read wrongly.
      if (lower != "utf-8" && lower != "us-ascii") return refuse(kXmlEncoding, 0, excerpt(*encoding));
    }
    spaced = skip();
  }
  if (sound && spaced && rest.starts_with("standalone")) {
    const std::optional<std::string_view> standalone = take("standalone");
    sound = standalone == "yes" || standalone == "no";
    skip();
  }
  if (!sound || !rest.empty()) return refuse(kXmlDeclaration, 0);
  at_ = end + 2;
  return true;
}

/// Production [16].
bool XmlScanner::skip_instruction() {
  const std::size_t from = at_;
  at_ += 2;
  const std::string_view target = scan_name();
  const auto is_letter = [&](std::size_t i, char c) { return (target[i] | 0x20) == c; };
  if (target.size() == 3 && is_letter(0, 'x') && is_letter(1, 'm') && is_letter(2, 'l')) {
    return refuse(kXmlDeclaration, from);
  }
  const std::size_t end = text_.find("?>", at_);
  if (end == std::string_view::npos) return refuse(kXmlTruncated, text_.size(), "<?");
  if (target.empty() || (end != at_ && !is(peek(), kSpace))) return refuse(kXmlInstruction, from);
  for (; at_ < end; ++at_) {
    if (is(text_[at_], kForbidden)) {
      return refuse(kXmlCharacter, at_, code_point(static_cast<unsigned char>(text_[at_])));
    }
  }
  at_ = end + 2;
  return true;
}

/// Production [15]: no "--" within.
bool XmlScanner::skip_comment() {
  const std::size_t from = at_;
  const std::size_t end = text_.find("--", from + 4);
  if (end == std::string_view::npos) return refuse(kXmlTruncated, text_.size(), "<!--");
  for (at_ = from + 4; at_ < end; ++at_) {
    if (is(text_[at_], kForbidden)) {
      return refuse(kXmlCharacter, at_, code_point(static_cast<unsigned char>(text_[at_])));
    }
  }
  if (!looking_at("-->")) return refuse(kXmlComment, end);
  at_ = end + 3;
  return true;
}

XmlToken XmlScanner::scan_cdata() {
  if (open_.empty()) return fail(kXmlCdata, at_);
  const std::size_t end = text_.find("]]>", at_);
  if (end == std::string_view::npos) return fail(kXmlTruncated, text_.size(), "<![CDATA[");
  is_blank_ = true;
  for (at_ += 9; at_ < end; ++at_) {
    if (is(text_[at_], kForbidden)) {
      return fail(kXmlCharacter, at_, code_point(static_cast<unsigned char>(text_[at_])));
    }
    is_blank_ &= is(text_[at_], kSpace);
  }
  at_ = end + 3;
  return XmlToken::text;
}

XmlToken XmlScanner::scan_text() {
  skip_space();
  is_blank_ = at_ == text_.size() || text_[at_] == '<';
  for (;;) {
    while (at_ < text_.size() && !is(text_[at_], kStopsText)) ++at_;
    if (at_ == text_.size() || text_[at_] == '<') return XmlToken::text;
    if (text_[at_] == '&') {
      if (!scan_reference()) return XmlToken::fault;
    } else if (text_[at_] == ']') {
      if (looking_at("]]>")) return fail(kXmlCdataEnd, at_);
      ++at_;
    } else {
      return fail(kXmlCharacter, at_, code_point(static_cast<unsigned char>(text_[at_])));
    }
  }
}

/// Productions [66] and [68]; without a DTD only the five entities are defined.
bool XmlScanner::scan_reference() {
  constexpr std::size_t kLongest = 64;
  const std::size_t end = text_.substr(at_, kLongest).find(';');
  if (end == std::string_view::npos) return refuse(kXmlReference, at_);
  const std::string_view inside = text_.substr(at_ + 1, end - 1);
  if (inside.starts_with('#')) {
    const std::optional<std::uint32_t> number = character_number(inside);
    if (!number) return refuse(kXmlReference, at_);
    if (!is_character(*number)) return refuse(kXmlCharacterReference, at_);
  } else if (entity(inside) == '\0') {
    return refuse(kXmlReference, at_);
  }
  at_ += end + 1;
  return true;
}

/// Production [40] or [44].
XmlToken XmlScanner::scan_start() {
  if (open_.empty() && root_seen_) return fail(kXmlTwoRoots, at_);
  ++at_;
  name_ = scan_name();
  if (name_.empty()) return fail(kXmlName, at_);
  if (open_.size() >= max_depth_) return fail(kXmlTooDeep, begin_, std::to_string(max_depth_));
  attributes_.clear();
  for (;;) {
    const bool spaced = skip_space();
    const char c = peek();
    if (c == '>') {
      ++at_;
      break;
    }
    if (c == '/' && peek(1) == '>') {
      at_ += 2;
      must_close_ = true;
      break;
    }
    if (at_ >= text_.size()) return fail(kXmlTruncated, at_, "<" + excerpt(name_));
    if (!spaced) return fail(kXmlTag, at_, excerpt(name_));
    if (!scan_attribute()) return XmlToken::fault;
  }
  open_.push_back(name_);
  root_seen_ = true;
  return XmlToken::start;
}

/// Production [41], and the constraint that no name stands twice.
bool XmlScanner::scan_attribute() {
  const std::size_t from = at_;
  XmlAttribute attribute{};
  attribute.name = scan_name();
  if (attribute.name.empty()) return refuse(kXmlTag, at_, excerpt(name_));
  skip_space();
  if (peek() != '=') return refuse(kXmlAttribute, from, excerpt(attribute.name));
  ++at_;
  skip_space();
  const char quote = peek();
  if (quote != '"' && quote != '\'') return refuse(kXmlAttribute, from, excerpt(attribute.name));
  ++at_;
  const std::size_t begin = at_;
  const unsigned stops = quote == '"' ? kStopsDouble : kStopsSingle;
  attribute.is_plain = true;
  for (;;) {
    while (at_ < text_.size() && !is(text_[at_], stops)) ++at_;
    if (at_ == text_.size()) return refuse(kXmlTruncated, at_, excerpt(attribute.name));
    const char c = text_[at_];
    if (c == quote) break;
    attribute.is_plain = false;
    if (c == '&') {
      if (!scan_reference()) return false;
    } else if (c == '<') {
      return refuse(kXmlAttribute, at_, excerpt(attribute.name));
    } else if (is(c, kForbidden)) {
      return refuse(kXmlCharacter, at_, code_point(static_cast<unsigned char>(c)));
    } else {
      ++at_;
    }
  }
  attribute.value = text_.substr(begin, at_ - begin);
  ++at_;
  const bool is_twice = std::any_of(attributes_.begin(), attributes_.end(),
                                    [&](const XmlAttribute& other) { return other.name == attribute.name; });
  if (is_twice) return refuse(kXmlDuplicateAttribute, from, excerpt(attribute.name));
  if (attributes_.size() == kMaxAttributes) {
    return refuse(kXmlTooManyAttributes, from, std::to_string(kMaxAttributes));
  }
  attributes_.push_back(attribute);
  return true;
}

/// Production [42].
XmlToken XmlScanner::scan_end() {
  at_ += 2;
  const std::size_t from = at_;
  name_ = scan_name();
  skip_space();
  if (at_ >= text_.size()) return fail(kXmlTruncated, at_, "</" + excerpt(name_));
  if (name_.empty()) return fail(kXmlName, from);
  if (text_[at_] != '>') return fail(kXmlTag, at_, excerpt(name_));
  if (open_.empty()) return fail(root_seen_ ? kXmlTwoRoots : kXmlEmpty, begin_);
  if (open_.back() != name_) {
    fail(kXmlEndTag, begin_, excerpt(name_));
    fault_.arguments.push_back(excerpt(open_.back()));
    return XmlToken::fault;
  }
  open_.pop_back();
  ++at_;
  return XmlToken::end;
}

}  // namespace meridian::fhir::internal
