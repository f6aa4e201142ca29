#include "search/internal/fold.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace meridian::search::internal {
namespace {

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Texts in terms must not hold the bytes that part their fields.
bool is_reserved(char c) {
  return static_cast<unsigned char>(c) < 4;
}

/// Runs of white space as one space, none at the ends; lower case.
void fold_ascii(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (is_ascii_space(c) || is_reserved(c)) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(ascii_lower(c));
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
}

bool is_folded_ascii(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() == ' ' || text.back() == ' ') return false;
  char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < ' ' || (c >= 'A' && c <= 'Z') || (c == ' ' && before == ' ')) return false;
    before = c;
  }
  return true;
}

/// NFKC with case folded (also taking out what is not seen), then without marks of accents, in composed form.
icu::UnicodeString fold_unicode(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::Normalizer2* decomposing = icu::Normalizer2::getNFDInstance(status);
  const icu::Normalizer2* composing = icu::Normalizer2::getNFCInstance(status);
  const icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  if (U_FAILURE(status)) return source;
  const icu::UnicodeString apart = decomposing->normalize(folding->normalize(source, status), status);
  icu::UnicodeString bare;
  for (std::int32_t at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
    const UChar32 c = apart.char32At(at);
    // Marks of Japanese voicing tell letters apart, and are not accents.
    if (u_charType(c) != U_NON_SPACING_MARK || c == 0x3099 || c == 0x309A) bare.append(c);
  }
  return composing->normalize(bare, status);
}

}  // namespace

std::string_view Arena::keep(std::string_view text) {
  constexpr std::size_t kBlockBytes = 16 * 1024;
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < text.size()) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(kBlockBytes, text.size());
    blocks_.push_back({std::make_unique<char[]>(size), size});
    used_ = 0;
  }
  char* const at = blocks_[block_].bytes.get() + used_;
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return {at, text.size()};
}

void Arena::clear() {
  if (blocks_.size() > 64) blocks_.resize(64);
  block_ = used_ = 0;
}

std::string_view fold_text(std::string_view text, Arena& arena) {
  if (is_folded_ascii(text)) return text;
  std::string out;
  out.reserve(text.size());
  if (is_ascii(text)) {
    fold_ascii(text, out);
    return arena.keep(out);
  }
  const icu::UnicodeString folded = fold_unicode(text);
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      append_utf8(out, static_cast<char32_t>(c));
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return arena.keep(out);
}

std::string_view fold_code(std::string_view code, Arena& arena) {
  const bool is_folded = std::ranges::none_of(
      code, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || (c >= 'A' && c <= 'Z') || is_reserved(c); });
  if (is_folded) return code;
  std::string out;
  if (is_ascii(code)) {
    out.reserve(code.size());
    for (const char c : code) out.push_back(is_reserved(c) ? ' ' : ascii_lower(c));
  } else {
    icu::UnicodeString folded =
        icu::UnicodeString::fromUTF8(icu::StringPiece(code.data(), static_cast<std::int32_t>(code.size())));
    folded.foldCase();
    folded.toUTF8String(out);
    std::ranges::replace_if(out, is_reserved, ' ');
  }
  return arena.keep(out);
}

bool is_ideograph(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_IDEOGRAPHIC) || (c >= 0x3040 && c <= 0x30FF) ||  // kana
         (c >= 0xAC00 && c <= 0xD7A3);                                                                       // hangul
}

bool is_one_ideograph(std::string_view word) {
  if (word.empty() || static_cast<unsigned char>(word.front()) < 0x80) return false;
  std::size_t end = 0;
  const char32_t c = next_code_point(word, end);
  return end == word.size() && is_ideograph(c);
}

void split_words(std::string_view text, Arena& arena, std::vector<std::string_view>& out) {
  const std::string_view folded = fold_text(text, arena);
  std::size_t word = std::string_view::npos;       // where the word at hand begins
  std::size_t ideograph = std::string_view::npos;  // where the ideograph before begins
  const auto end_word = [&](std::size_t at) {
    if (word != std::string_view::npos) out.push_back(folded.substr(word, at - word));
    word = std::string_view::npos;
  };
  const auto end_run = [&](std::size_t at) {
    if (ideograph != std::string_view::npos) out.push_back(folded.substr(ideograph, at - ideograph));
    ideograph = std::string_view::npos;
  };
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t begin = at;
    const auto byte = static_cast<unsigned char>(folded[at]);
    const char32_t c = byte < 0x80 ? (++at, char32_t{byte}) : next_code_point(folded, at);
    if (c >= 0x80 && is_ideograph(c)) {
      end_word(begin);
      if (ideograph != std::string_view::npos) out.push_back(folded.substr(ideograph, at - ideograph));
      ideograph = begin;
      continue;
    }
    end_run(begin);
    const bool is_letter =
        c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') : u_isalnum(static_cast<UChar32>(c)) != 0;
    if (is_letter) {
      if (word == std::string_view::npos) word = begin;
    } else {
      end_word(begin);
    }
  }
  end_word(folded.size());
  end_run(folded.size());
}

}  // namespace meridian::search::internal
