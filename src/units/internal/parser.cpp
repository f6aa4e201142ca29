#include "units/internal/parser.hpp"

#include <utility>

#include "units/internal/suggest.hpp"
#include "units/unit.hpp"

namespace meridian::units::internal {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Printable ASCII without the blank: all that UCUM lets stand in a code.
constexpr bool is_allowed(char c) {
  return c > ' ' && c < '\x7f';
}

/// Outside of []. Bytes beyond ASCII stand in no symbol, but it takes the whole of `µg` to guess what was meant.
constexpr bool stands_in_symbol(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' || c == '\'' || c == '"' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  /// A parser that only tries out a guess makes no guesses of its own.
  Parser(std::string_view code, bool guesses) : code_(code), guesses_(guesses) {}

  tl::expected<std::vector<Piece>, SyntaxError> run() {
    if (code_.size() > Unit::kMaxCodeBytes)
      return beyond_limits("at most " + std::to_string(Unit::kMaxCodeBytes) + " bytes");
    if (code_.empty()) {
      add(Piece::Kind::number, "1");
      return std::move(pieces_);
    }
    divides_ = take('/');
    while (true) {
      if (auto ok = component(); !ok) return tl::unexpected(std::move(ok).error());
      if (opened_) continue;
      while (take(')')) {
        if (depth_ == 0) {
          --at_;
          return error("this bracket was not opened before", "");
        }
        --depth_;
        add(Piece::Kind::close, "");
      }
      if (done()) break;
      if (peek() != '.' && peek() != '/') return after_component();
      divides_ = peek() == '/';
      ++at_;
    }
    if (depth_ > 0) return error("a closing bracket is missing here", std::string(code_) + std::string(depth_, ')'));
    return std::move(pieces_);
  }

 private:
  using Parsed = tl::expected<void, SyntaxError>;

  bool done() const { return at_ == code_.size(); }
  char peek() const { return done() ? '\0' : code_[at_]; }
  bool take(char c) {
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }
  tl::unexpected<SyntaxError> error(std::string expected, std::string suggestion) const {
    return tl::unexpected(SyntaxError{at_, std::move(expected), std::move(suggestion)});
  }
  tl::unexpected<SyntaxError> beyond_limits(std::string limit) const {
    return tl::unexpected(SyntaxError{at_, std::move(limit), "", true});
  }
  void add(Piece::Kind kind, std::string_view text) {
    pieces_.push_back({kind, std::exchange(divides_, false), {}, 1, false, text});
  }

  Parsed component() {
    opened_ = false;
    const char c = peek();
    if (done()) return error("a unit is missing at the end", std::string(code_.substr(0, at_ - (at_ > 0 ? 1 : 0))));
    if (c == '(') return open();
    if (c == '{') return annotation();
    if (is_digit(c)) return number();
    if (c == '.' || c == '/' || c == ')') return error("a unit is missing here", "");
    if (c == '+' || c == '-') return error("a unit cannot begin with a sign", "");
    return symbol();
  }

  Parsed open() {
    if (depth_ == Unit::kMaxDepth)
      return beyond_limits("at most " + std::to_string(Unit::kMaxDepth) + " brackets inside each other");
    ++at_;
    ++depth_;
    add(Piece::Kind::open, "");
    opened_ = true;
    return {};
  }

  Parsed annotation() {
    const std::size_t begin = ++at_;
    while (!done() && peek() != '}') {
      if (peek() == '{') return error("an annotation cannot hold another", "");
      if (!is_allowed(peek())) return error("an annotation holds printable ASCII characters without blanks", "");
      ++at_;
    }
    if (done()) return error("the annotation is not closed with \"}\"", std::string(code_) + "}");
    add(Piece::Kind::annotation, code_.substr(begin, at_ - begin));
    ++at_;
    return {};
  }

  Parsed number() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    const std::string_view digits = code_.substr(begin, at_ - begin);
    if (digits == "10" && (peek() == '*' || peek() == '^')) {
      at_ = begin;
      return unit(code_.substr(begin, 3));
    }
    if (digits.find_first_not_of('0') == std::string_view::npos) {
      at_ = begin;
      return error("a number in a unit is a positive integer", "");
    }
    if (!done() && !is_operator_or_close(peek()) && peek() != '{') return after_number(digits);
    add(Piece::Kind::number, digits);
    return trailing_annotation();
  }

  /// `12h`, `10+3`, `1e3`
  tl::unexpected<SyntaxError> after_number(std::string_view digits) const {
    const bool power_of_ten = digits == "10" && (peek() == '+' || peek() == '-');
    if (power_of_ten) return error("a power of ten is written with a star", with("*"));
    return error("a number is joined to a unit by \".\"", with("."));
  }

  /// A symbol runs to the first character that no symbol has; what stands in [] belongs to it as it is.
  Parsed symbol() {
    const std::size_t begin = at_;
    std::size_t end = at_;
    for (; end < code_.size(); ++end) {
      const char c = code_[end];
      if (c == '[') {
        const std::size_t closing = code_.find(']', end);
        if (closing == std::string_view::npos) return error("the symbol's \"[\" is not closed", "");
        end = closing;
      } else if (!stands_in_symbol(c)) {
        break;
      }
    }
    if (end == begin) return error("a unit cannot begin with this character", "");
    return unit(code_.substr(begin, end - begin));
  }

  Parsed unit(std::string_view symbol) {
    const PrefixedUnit found = resolve_symbol(symbol);
    if (found.unit == nullptr) return error("UCUM has no such unit", suggest(symbol));
    at_ += symbol.size();
    add(Piece::Kind::unit, symbol);
    pieces_.back().unit = found;
    if (auto ok = exponent(); !ok) return ok;
    return trailing_annotation();
  }

  /// The guess is made for the whole run of characters first: `mmHg` is not `mm` and something.
  std::string suggest(std::string_view symbol) const {
    if (!guesses_) return {};
    std::size_t end = at_;
    while (end < code_.size() && code_[end] != '.' && code_[end] != '/' && code_[end] != '{') ++end;
    std::string whole = suggest_symbol(code_.substr(at_, end - at_));
    return whole.empty() ? suggest_symbol(symbol) : whole;
  }

  Parsed exponent() {
    const std::size_t begin = at_;
    const bool negative = peek() == '-';
    const bool has_sign = negative || peek() == '+';
    if (has_sign) ++at_;
    if (!is_digit(peek())) {
      if (has_sign) return error("an exponent is missing after the sign", "");
      return {};
    }
    int value = 0;
    while (is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      ++at_;
      if (value > Unit::kMaxExponent) {
        at_ = begin;
        return beyond_limits("an exponent of at most " + std::to_string(Unit::kMaxExponent));
      }
    }
    pieces_.back().exponent = negative ? -value : value;
    return {};
  }

  Parsed trailing_annotation() {
    if (peek() != '{') return {};
    if (auto ok = annotation(); !ok) return ok;
    pieces_.back().annotates = true;
    return {};
  }

  tl::unexpected<SyntaxError> after_component() const {
    if (at_ > 0 && code_[at_ - 1] == ')' && is_digit(peek())) return error("a bracket takes no exponent", "");
    switch (peek()) {
      case '(':
        return error("an operator is missing before the bracket", with("."));
      case '{':
        return error("only one annotation can stand here", "");
      case '^':
        return error("an exponent is written without \"^\"", without_next());
      case '*':
        return error("a product is written with \".\"", "");
      case ' ':
        return error("a code holds no blanks", "");
      default:
        return error("\".\" or \"/\" is missing here", with("."));
    }
  }
  /// The whole code with something put in here, or with the next character left out, where that is valid.
  std::string with(std::string_view inserted) const { return valid_guess(inserted, code_.substr(at_)); }
  std::string without_next() const { return valid_guess("", code_.substr(at_ + 1)); }
  std::string valid_guess(std::string_view inserted, std::string_view rest) const {
    if (!guesses_) return {};
    std::string guess(code_.substr(0, at_));
    guess += inserted;
    guess += rest;
    return Parser(guess, false).run() ? guess : std::string();
  }

  static constexpr bool is_operator_or_close(char c) { return c == '.' || c == '/' || c == ')'; }

  std::string_view code_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool divides_ = false;
  bool opened_ = false;
  bool guesses_;
  std::vector<Piece> pieces_;
};

}  // namespace

tl::expected<std::vector<Piece>, SyntaxError> parse_pieces(std::string_view code) {
  return Parser(code, true).run();
}

}  // namespace meridian::units::internal
