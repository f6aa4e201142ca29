#include "fhirpath/internal/token.hpp"

#include "fhirpath/internal/messages.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

Token Lexer::make(TokenKind kind, std::size_t begin, std::size_t end, std::size_t strip_front, std::size_t strip_back) {
  at_ = end;
  return {kind, text_.substr(begin + strip_front, end - begin - strip_front - strip_back),
          static_cast<std::uint32_t>(begin), nullptr};
}

Token Lexer::bad(std::size_t begin, std::size_t end, const Message& fault) {
  Token token = make(TokenKind::bad, begin, end);
  token.fault = &fault;
  return token;
}

bool Lexer::skip_space_and_comments(Token& fault) {
  while (at_ < text_.size()) {
    if (is_space(text_[at_])) {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      const std::size_t end = text_.find_first_of("\r\n", at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else if (text_.substr(at_, 2) == "/*") {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        fault = bad(at_, text_.size(), kUnfinishedComment);
        return false;
      }
      at_ = end + 2;
    } else {
      break;
    }
  }
  return true;
}

Token Lexer::quoted(char quote, TokenKind kind) {
  const std::size_t begin = at_;
  for (std::size_t at = begin + 1; at < text_.size(); ++at) {
    if (text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      return make(kind, begin, at + 1, 1, 1);
    }
  }
  return bad(begin, text_.size(), kUnfinishedString);
}

Token Lexer::number() {
  const std::size_t begin = at_;
  std::size_t at = begin;
  while (at < text_.size() && is_digit(text_[at])) ++at;
  if (at < text_.size() && text_[at] == 'L') return make(TokenKind::long_number, begin, at + 1, 0, 1);
  if (at + 1 < text_.size() && text_[at] == '.' && is_digit(text_[at + 1])) {
    ++at;
    while (at < text_.size() && is_digit(text_[at])) ++at;
  }
  return make(TokenKind::number, begin, at);
}

/// The position after exactly `count` digits at `from`, or `from` when they are not there.
std::size_t Lexer::digits(std::size_t from, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (from + i >= text_.size() || !is_digit(text_[from + i])) return from;
  }
  return from + count;
}

// DATE: '@' DATEFORMAT; DATETIME: '@' DATEFORMAT 'T' (TIMEFORMAT TIMEZONEOFFSETFORMAT?)?; TIME: '@' 'T' TIMEFORMAT.
// Whether month 13 exists is for the parser.
Token Lexer::date_or_time() {
  const std::size_t begin = at_;
  std::size_t at = begin + 1;
  auto part = [&](char lead, std::size_t count) {
    if (at >= text_.size() || text_[at] != lead) return false;
    const std::size_t end = digits(at + 1, count);
    if (end == at + 1) return false;
    at = end;
    return true;
  };
  auto time_of_day = [&] {
    const std::size_t end = digits(at, 2);
    if (end == at) return false;
    at = end;
    if (part(':', 2) && part(':', 2) && at + 1 < text_.size() && text_[at] == '.' && is_digit(text_[at + 1])) {
      ++at;
      while (at < text_.size() && is_digit(text_[at])) ++at;
    }
    return true;
  };
  if (at < text_.size() && text_[at] == 'T') {
    ++at;
    if (!time_of_day()) return bad(begin, at, kBadDateLiteral);
    if (at < text_.size() && (text_[at] == 'Z' || text_[at] == '+' || text_[at] == '-') &&
        (text_[at] == 'Z' || digits(at + 1, 2) != at + 1)) {
      return bad(begin, at + 1, kTimeWithOffset);
    }
    return make(TokenKind::time, begin, at, 2);
  }
  const std::size_t year = digits(at, 4);
  if (year == at) return bad(begin, at, kBadDateLiteral);
  at = year;
  if (part('-', 2)) part('-', 2);
  if (at >= text_.size() || text_[at] != 'T') return make(TokenKind::date, begin, at, 1);
  ++at;
  if (time_of_day() && at < text_.size()) {
    if (text_[at] == 'Z') {
      ++at;
    } else if (text_[at] == '+' || text_[at] == '-') {
      // A sign not followed by hh:mm is an operator: `@2015T12 + 1 hour` needs its space only to be read well.
      const std::size_t hours = digits(at + 1, 2);
      if (hours != at + 1 && hours < text_.size() && text_[hours] == ':') {
        const std::size_t minutes = digits(hours + 1, 2);
        if (minutes != hours + 1) at = minutes;
      }
    }
  }
  return make(TokenKind::date_time, begin, at, 1);
}

Token Lexer::next() {
  Token fault;
  if (!skip_space_and_comments(fault)) return fault;
  if (at_ >= text_.size()) return make(TokenKind::end, text_.size(), text_.size());
  const std::size_t begin = at_;
  const char c = text_[begin];
  if (is_letter(c)) {
    std::size_t at = begin;
    while (at < text_.size() && (is_letter(text_[at]) || is_digit(text_[at]))) ++at;
    return make(TokenKind::identifier, begin, at);
  }
  if (is_digit(c)) return number();
  switch (c) {
    case '\'':
      return quoted('\'', TokenKind::string);
    case '`':
      return quoted('`', TokenKind::delimited_identifier);
    case '@':
      return date_or_time();
    case '%':
      return make(TokenKind::percent, begin, begin + 1);
    case '$': {
      std::size_t at = begin + 1;
      while (at < text_.size() && is_letter(text_[at])) ++at;
      return make(TokenKind::dollar, begin, at, 1);
    }
    default:
      break;
  }
  for (const std::string_view symbol : {"<=", ">=", "!=", "!~"}) {
    if (text_.substr(begin, 2) == symbol) return make(TokenKind::symbol, begin, begin + 2);
  }
  if (std::string_view("+-*/&|<>=~.,()[]{}").find(c) != std::string_view::npos)
    return make(TokenKind::symbol, begin, begin + 1);
  return bad(begin, begin + 1, kUnknownCharacter);
}

}  // namespace meridian::fhirpath::internal
