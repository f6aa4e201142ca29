#include "formats/table/internal/text_source.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/utf8.hpp"

namespace meridian::table::internal {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr char kNoCharacter = '\xFF';

struct Mark {
  std::string_view bytes;
  const char* charset;
};

// The longer ones first: UTF-32's begins with UTF-16's.
constexpr std::array<Mark, 6> kMarks = {{
    {"\xEF\xBB\xBF", "UTF-8"},
    {std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
    {std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"},
    {"\xFF\xFE", "UTF-16LE"},
    {"\xFE\xFF", "UTF-16BE"},
    {"\x84\x31\x95\x33", "GB18030"},
}};

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at + 8 <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080) != 0) break;
    at += 8;
  }
  while (at < text.size() && is_ascii(text[at])) ++at;
  return at;
}

/// UTF-16 without a mark: a quarter of the pairs at the beginning, or more, have a zero at the same side and none at
/// the other.
const char* wide_without_mark(std::string_view head) {
  head = head.substr(0, 1024);
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
  const std::size_t pairs = head.size() / 2;
  if (pairs < 2) return nullptr;
  if (zeros[0] == 0 && zeros[1] * 4 >= pairs) return "UTF-16LE";
  if (zeros[1] == 0 && zeros[0] * 4 >= pairs) return "UTF-16BE";
  return nullptr;
}

/// Whether nine in ten of the characters that are not ASCII are valid UTF-8. What is cut at the end does not count.
bool reads_as_utf8(std::string_view text) {
  std::size_t good = 0;
  std::size_t bad = 0;
  while (!text.empty()) {
    const std::size_t valid = valid_utf8_prefix(text);
    for (const char c : text.substr(0, valid)) good += static_cast<unsigned char>(c) >= 0xC0 ? 1 : 0;
    text.remove_prefix(valid);
    if (text.empty()) break;
    std::size_t rest = 1;
    while (rest < text.size() && (static_cast<unsigned char>(text[rest]) & 0xC0U) == 0x80) ++rest;
    if (rest == text.size() && rest < 4 && static_cast<unsigned char>(text[0]) >= 0xC2) break;  // perhaps cut
    ++bad;
    text.remove_prefix(rest);
  }
  return good >= bad * 9;
}

}  // namespace

Result<std::unique_ptr<TextSource>> TextSource::make(std::unique_ptr<ByteSource> source, const std::string& charset) {
  std::unique_ptr<TextSource> text(new TextSource(std::move(source)));
  if (!charset.empty()) TRY(text->use(charset));
  return text;
}

TextSource::~TextSource() {
  if (converter_ != nullptr) ucnv_close(converter_);
}

Result<> TextSource::use(const std::string& charset) {
  UErrorCode status = U_ZERO_ERROR;
  converter_ = ucnv_open(charset.c_str(), &status);
  if (U_FAILURE(status) || converter_ == nullptr) {
    return fail(ErrorCode::invalid_argument, "the character set " + charset + " is not known");
  }
  charset_ = charset;
  if (ucnv_getType(converter_) == UCNV_UTF8 || ucnv_getType(converter_) == UCNV_US_ASCII) {
    charset_ = "UTF-8";
    state_ = State::utf_8;
    return {};
  }
  ucnv_setToUCallBack(converter_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  state_ = State::converted;
  return {};
}

bool TextSource::take_guess() {
  return std::exchange(is_guessed_, false);
}

Result<std::size_t> TextSource::read(std::span<char> into) {
  if (state_ == State::start) TRY(start());
  if (state_ == State::ascii) {
    const std::size_t count = TRY(read_ascii(into));
    if (count > 0 || state_ == State::ascii) return count;
  }
  return state_ == State::converted ? read_converted(into) : read_plain(into);
}

/// Reads until `raw_` holds so many unused bytes; false at the end.
Result<bool> TextSource::want(std::size_t count) {
  if (used_ > 0) {
    raw_.erase(0, used_);
    used_ = 0;
  }
  while (raw_.size() < count && !at_end_) {
    const std::size_t have = raw_.size();
    raw_.resize(std::max(count, kPiece));
    Result<std::size_t> got = source_->read(std::span(raw_).subspan(have));
    raw_.resize(have + got.value_or(0));
    at_end_ = TRY(std::move(got)) == 0;
  }
  return raw_.size() >= count;
}

Result<> TextSource::start() {
  TRY(want(1024));
  for (const Mark& mark : kMarks) {
    if (!raw_.starts_with(mark.bytes)) continue;
    used_ = mark.bytes.size();
    return use(mark.charset);
  }
  if (const char* wide = wide_without_mark(raw_)) {
    is_guessed_ = true;
    return use(wide);
  }
  state_ = State::ascii;
  return {};
}

Result<std::size_t> TextSource::read_ascii(std::span<char> into) {
  if (used_ == raw_.size()) TRY(want(1));
  const std::string_view rest = std::string_view(raw_).substr(used_);
  const std::size_t count = std::min(ascii_prefix(rest), into.size());
  if (count == 0 && !rest.empty()) {
    TRY(decide());
    return std::size_t{0};
  }
  std::memcpy(into.data(), rest.data(), count);
  used_ += count;
  return count;
}

Result<> TextSource::decide() {
  TRY(want(kPiece));
  if (reads_as_utf8(std::string_view(raw_).substr(0, kPiece))) {
    state_ = State::utf_8;
    return {};
  }
  is_guessed_ = true;
  is_first_ = false;
  return use("GB18030");
}

Result<std::size_t> TextSource::read_plain(std::span<char> into) {
  if (is_first_) {  // a set that was named, whose mark is still there
    is_first_ = false;
    if (used_ == raw_.size()) TRY(want(3));
    if (std::string_view(raw_).substr(used_).starts_with("\xEF\xBB\xBF")) used_ += 3;
  }
  if (used_ < raw_.size()) {
    const std::size_t count = std::min(into.size(), raw_.size() - used_);
    std::memcpy(into.data(), raw_.data() + used_, count);
    used_ += count;
    return count;
  }
  if (at_end_) return std::size_t{0};
  const std::size_t count = TRY(source_->read(into));
  at_end_ = count == 0;
  return count;
}

Result<std::size_t> TextSource::read_converted(std::span<char> into) {
  while (given_ == out_.size() && !is_flushed_) {
    out_.clear();
    given_ = 0;
    if (used_ == raw_.size()) TRY(want(1));
    convert(at_end_);
  }
  const std::size_t count = std::min(into.size(), out_.size() - given_);
  if (count > 0) std::memcpy(into.data(), out_.data() + given_, count);
  given_ += count;
  return count;
}

void TextSource::convert(bool is_end) {
  std::array<UChar, 8192> units{};
  const char* from = raw_.data() + used_;
  const char* const limit = raw_.data() + raw_.size();
  for (;;) {
    UChar* to = units.data();
    UErrorCode status = U_ZERO_ERROR;
    ucnv_toUnicode(converter_, &to, units.data() + units.size(), &from, limit, nullptr, is_end ? 1 : 0, &status);
    for (const UChar* unit = units.data(); unit != to; ++unit) append(*unit);
    if (status == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_SUCCESS(status)) break;
    // The bytes that are no character have been taken.
    if (high_ != 0) out_ += kNoCharacter;
    high_ = 0;
    out_ += kNoCharacter;
    if (status == U_TRUNCATED_CHAR_FOUND) break;
  }
  used_ = static_cast<std::size_t>(from - raw_.data());
  if (!is_end) return;
  is_flushed_ = true;
  if (high_ != 0) out_ += kNoCharacter;
  high_ = 0;
}

void TextSource::append(char16_t unit) {
  if (std::exchange(is_first_, false) && unit == 0xFEFF) return;
  if (high_ != 0) {
    if (unit >= 0xDC00 && unit < 0xE000) {
      append_utf8(out_, 0x10000 + ((static_cast<char32_t>(high_) & 0x3FF) << 10) + (unit & 0x3FFU));
      high_ = 0;
      return;
    }
    out_ += kNoCharacter;
    high_ = 0;
  }
  if (unit < 0x80) {
    out_ += static_cast<char>(unit);
  } else if (unit >= 0xD800 && unit < 0xDC00) {
    high_ = unit;
  } else if (unit >= 0xDC00 && unit < 0xE000) {
    out_ += kNoCharacter;
  } else {
    append_utf8(out_, unit);
  }
}

}  // namespace meridian::table::internal
