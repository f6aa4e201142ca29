// Lexer: FHIRPath text to tokens, one at a time, without copying.
//
// Specification: http://hl7.org/fhirpath/N1/grammar.html (the lexical rules at its end). Keywords are not told
// from identifiers here: `contains`, `as`, `in`, `is` and the units of time are names in some places, so the
// parser decides.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/issue.hpp"

namespace meridian::fhirpath::internal {

enum class TokenKind : std::uint8_t {
  end,
  identifier,            // name
  delimited_identifier,  // `name`, text without the back ticks, escapes still in it
  string,                // 'text', without the quotes, escapes still in it
  number,                // 12 or 12.50
  long_number,           // 12L, text without the L
  date,                  // @2014-01, text without the @
  date_time,             // @2014-01T or @2014-01-25T14:30, text without the @
  time,                  // @T14:30, text without the @T
  dollar,                // $this, text without the $
  percent,               // %, the name follows as a token of its own
  symbol,                // one of the operators and brackets
  bad,                   // see `fault`
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  std::uint32_t offset = 0;  // of its first byte
  const Message* fault = nullptr;
  bool is(std::string_view symbol) const { return kind == TokenKind::symbol && text == symbol; }
  bool is_word(std::string_view word) const { return kind == TokenKind::identifier && text == word; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  Token make(TokenKind kind, std::size_t begin, std::size_t end, std::size_t strip_front = 0,
             std::size_t strip_back = 0);
  Token bad(std::size_t begin, std::size_t end, const Message& fault);
  bool skip_space_and_comments(Token& fault);
  Token quoted(char quote, TokenKind kind);
  Token number();
  Token date_or_time();
  std::size_t digits(std::size_t from, std::size_t count) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace meridian::fhirpath::internal
