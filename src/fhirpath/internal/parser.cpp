#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "fhirpath/internal/ast.hpp"
#include "fhirpath/internal/messages.hpp"
#include "fhirpath/internal/text.hpp"
#include "fhirpath/internal/token.hpp"

namespace meridian::fhirpath::internal {

namespace {

// http://hl7.org/fhirpath/N1/#operator-precedence, from what binds least. `.`, `[]` and the signs bind more than all.
constexpr int kNotAnOperator = 0;
constexpr int kTypePrecedence = 8;
constexpr int kSignPrecedence = 11;

struct Operator {
  std::string_view text;
  int precedence;
};
constexpr std::array<Operator, 24> kOperators{{
    {"implies", 1},
    {"or", 2},
    {"xor", 2},
    {"and", 3},
    {"in", 4},
    {"contains", 4},
    {"=", 5},
    {"~", 5},
    {"!=", 5},
    {"!~", 5},
    {"<", 6},
    {">", 6},
    {"<=", 6},
    {">=", 6},
    {"|", 7},
    {"is", kTypePrecedence},
    {"as", kTypePrecedence},
    {"+", 9},
    {"-", 9},
    {"&", 9},
    {"*", 10},
    {"/", 10},
    {"div", 10},
    {"mod", 10},
}};

int precedence_of(const Token& token) {
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::identifier) return kNotAnOperator;
  for (const Operator& op : kOperators) {
    if (op.text == token.text) return op.precedence;
  }
  return kNotAnOperator;
}

/// Words that the grammar does not accept as names unless they stand in back ticks.
bool is_reserved(std::string_view word) {
  constexpr std::array<std::string_view, 8> kReserved{"and", "div", "false", "implies", "mod", "or", "true", "xor"};
  for (const std::string_view reserved : kReserved) {
    if (word == reserved) return true;
  }
  return false;
}

/// One parse. Recursion goes one level for each bracket or sign, and is bounded by max_depth; chains of operators and
/// of dots are loops, and the depth of the tree they build is bounded too.
class Parser {
 public:
  Parser(std::string_view text, const SyntaxLimits& limits, Issues& issues)
      : text_(text), lexer_(text), limits_(limits), issues_(issues) {}

  std::optional<SyntaxTree> parse() {
    advance();
    const std::optional<std::uint32_t> root = expression(0);
    if (!root) return std::nullopt;
    if (token_.kind != TokenKind::end) {
      unexpected();
      return std::nullopt;
    }
    tree_.root = *root;
    return std::move(tree_);
  }

 private:
  using Index = std::optional<std::uint32_t>;

  void advance() { token_ = lexer_.next(); }

  std::nullopt_t fault(const Message& message, std::size_t offset, std::vector<std::string> arguments = {}) {
    if (!issues_.has_errors()) {
      issues_.add({Severity::error, IssueType::invalid, message, std::move(arguments), {}, position_at(text_, offset)});
    }
    return std::nullopt;
  }
  std::nullopt_t unexpected() {
    if (token_.kind == TokenKind::bad) return fault(*token_.fault, token_.offset);
    if (token_.kind == TokenKind::end) return fault(kUnexpectedEnd, token_.offset);
    return fault(kUnexpected, token_.offset, {excerpt(token_.text)});
  }
  bool expect(std::string_view symbol) {
    if (token_.is(symbol)) {
      advance();
      return true;
    }
    if (token_.kind == TokenKind::bad || token_.kind == TokenKind::end) {
      unexpected();
    } else {
      fault(kExpected, token_.offset, {"\"" + std::string(symbol) + "\""});
    }
    return false;
  }

  Index add(Syntax node) {
    if (tree_.nodes.size() >= limits_.max_nodes)
      return fault(kTooManyNodes, node.offset, {std::to_string(limits_.max_nodes)});
    std::uint32_t depth = 0;
    for (const std::uint32_t child : node.children) depth = std::max(depth, tree_.nodes[child].depth);
    node.depth = depth + 1;
    if (node.depth > limits_.max_depth) return too_deep(node.offset);
    tree_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }
  std::nullopt_t too_deep(std::size_t offset) { return fault(kTooDeep, offset, {std::to_string(limits_.max_depth)}); }

  Index leaf(SyntaxKind kind, std::string text, std::uint32_t offset) {
    Syntax node{kind};
    node.text = std::move(text);
    node.offset = offset;
    return add(std::move(node));
  }

  // Precedence climbing: reads operators that bind at least as much as `least`.
  Index expression(int least) {
    if (++nesting_ > limits_.max_depth) return too_deep(token_.offset);
    Index left = signed_term();
    while (left) {
      const int precedence = precedence_of(token_);
      if (precedence == kNotAnOperator || precedence < least) break;
      Syntax node{SyntaxKind::binary};
      node.text = std::string(token_.text);
      node.offset = token_.offset;
      advance();
      Index right;
      if (precedence == kTypePrecedence) {
        node.kind = SyntaxKind::type_test;
        right = type_specifier();
      } else {
        right = expression(precedence + 1);
      }
      if (!right) return std::nullopt;
      node.children = {*left, *right};
      left = add(std::move(node));
    }
    --nesting_;
    return left;
  }

  Index signed_term() {
    if (!token_.is("-") && !token_.is("+")) return path();
    Syntax node{token_.is("-") ? SyntaxKind::negate : SyntaxKind::plus};
    node.offset = token_.offset;
    advance();
    const Index operand = expression(kSignPrecedence);
    if (!operand) return std::nullopt;
    node.children = {*operand};
    return add(std::move(node));
  }

  // expression '.' invocation | expression '[' expression ']'
  Index path() {
    Index left = term();
    while (left) {
      if (token_.is(".")) {
        advance();
        left = invocation(left);
      } else if (token_.is("[")) {
        Syntax node{SyntaxKind::indexer};
        node.offset = token_.offset;
        advance();
        const Index index = expression(0);
        if (!index || !expect("]")) return std::nullopt;
        node.children = {*left, *index};
        left = add(std::move(node));
      } else {
        break;
      }
    }
    return left;
  }

  Index term() {
    const Token token = token_;
    switch (token.kind) {
      case TokenKind::string: {
        std::optional<std::string> text = unescaped(token);
        if (!text) return std::nullopt;
        advance();
        return leaf(SyntaxKind::string, std::move(*text), token.offset);
      }
      case TokenKind::number:
        return number();
      case TokenKind::long_number:
        advance();
        return leaf(SyntaxKind::long_integer, std::string(token.text), token.offset);
      case TokenKind::date:
        advance();
        return leaf(SyntaxKind::date, std::string(token.text), token.offset);
      case TokenKind::date_time:
        advance();
        return leaf(SyntaxKind::date_time, std::string(token.text), token.offset);
      case TokenKind::time:
        advance();
        return leaf(SyntaxKind::time, std::string(token.text), token.offset);
      case TokenKind::percent:
        return variable();
      case TokenKind::identifier:
        if (token.text == "true" || token.text == "false") {
          advance();
          return leaf(SyntaxKind::boolean, std::string(token.text), token.offset);
        }
        return invocation(std::nullopt);
      case TokenKind::delimited_identifier:
      case TokenKind::dollar:
        return invocation(std::nullopt);
      case TokenKind::symbol:
        if (token.is("(")) {
          advance();
          const Index inner = expression(0);
          if (!inner || !expect(")")) return std::nullopt;
          return inner;
        }
        if (token.is("{")) {
          advance();
          if (!expect("}")) return std::nullopt;
          return leaf(SyntaxKind::empty, {}, token.offset);
        }
        return unexpected();
      default:
        return unexpected();
    }
  }

  // NUMBER unit? — the unit is a string (UCUM) or a word for a calendar duration.
  Index number() {
    const Token token = token_;
    advance();
    Syntax node{token.text.find('.') == std::string_view::npos ? SyntaxKind::integer : SyntaxKind::decimal};
    node.text = std::string(token.text);
    node.offset = token.offset;
    if (token_.kind == TokenKind::string) {
      std::optional<std::string> unit = unescaped(token_);
      if (!unit) return std::nullopt;
      node.kind = SyntaxKind::quantity;
      node.unit = std::move(*unit);
      advance();
    } else if (token_.kind == TokenKind::identifier && is_calendar_word(token_.text)) {
      node.kind = SyntaxKind::quantity;
      node.is_calendar = true;
      node.unit = std::string(token_.text);
      advance();
    }
    return add(std::move(node));
  }

  // '%' ( identifier | STRING )
  Index variable() {
    const std::uint32_t offset = token_.offset;
    advance();
    if (token_.kind == TokenKind::identifier) {
      std::string name(token_.text);
      advance();
      return leaf(SyntaxKind::variable, std::move(name), offset);
    }
    if (token_.kind == TokenKind::delimited_identifier || token_.kind == TokenKind::string) {
      std::optional<std::string> name = unescaped(token_);
      if (!name) return std::nullopt;
      advance();
      return leaf(SyntaxKind::variable, std::move(*name), offset);
    }
    return unexpected();
  }

  // identifier | function | '$this' | '$index' | '$total'
  Index invocation(Index input) {
    const Token token = token_;
    if (token.kind == TokenKind::dollar) {
      if (input) return unexpected();
      advance();
      if (token.text == "this") return leaf(SyntaxKind::this_item, {}, token.offset);
      if (token.text == "index") return leaf(SyntaxKind::index, {}, token.offset);
      if (token.text == "total") return leaf(SyntaxKind::total, {}, token.offset);
      return fault(kExpected, token.offset, {"$this, $index, $total"});
    }
    Syntax node{SyntaxKind::member};
    node.offset = token.offset;
    node.has_input = input.has_value();
    if (input) node.children.push_back(*input);
    if (token.kind == TokenKind::delimited_identifier) {
      std::optional<std::string> name = unescaped(token);
      if (!name) return std::nullopt;
      node.text = std::move(*name);
      node.is_delimited = true;
    } else if (token.kind == TokenKind::identifier && (input || !is_reserved(token.text))) {
      // After a dot a reserved word can only be a name: `text.div` is often written without the back ticks.
      node.text = std::string(token.text);
    } else {
      return unexpected();
    }
    advance();
    if (!token_.is("(")) return add(std::move(node));
    node.kind = SyntaxKind::function;
    if (!arguments(node)) return std::nullopt;
    return add(std::move(node));
  }

  bool arguments(Syntax& node) {
    advance();
    if (token_.is(")")) {
      advance();
      return true;
    }
    for (;;) {
      const Index argument = expression(0);
      if (!argument) return false;
      if (node.text == "sort" && (token_.is_word("asc") || token_.is_word("desc"))) {
        tree_.nodes[*argument].is_descending = token_.text == "desc";
        advance();
      }
      node.children.push_back(*argument);
      if (!token_.is(",")) break;
      advance();
    }
    return expect(")");
  }

  // qualifiedIdentifier: identifier ('.' identifier)*
  Index type_specifier() {
    Syntax node{SyntaxKind::type};
    node.offset = token_.offset;
    std::optional<std::string> first = name_in_type();
    if (!first) return std::nullopt;
    node.text = std::move(*first);
    if (token_.is(".")) {
      advance();
      std::optional<std::string> second = name_in_type();
      if (!second) return std::nullopt;
      node.unit = std::move(node.text);
      node.text = std::move(*second);
    }
    return add(std::move(node));
  }
  std::optional<std::string> name_in_type() {
    std::optional<std::string> name;
    if (token_.kind == TokenKind::delimited_identifier) {
      name = unescaped(token_);
    } else if (token_.kind == TokenKind::identifier && !is_reserved(token_.text)) {
      name = std::string(token_.text);
    } else {
      unexpected();
    }
    if (name) advance();
    return name;
  }

  std::optional<std::string> unescaped(const Token& token) {
    std::size_t bad_at = 0;
    std::optional<std::string> text = unescape_literal(token.text, bad_at);
    if (!text) fault(kBadEscape, token.offset + 1 + bad_at, {excerpt(token.text.substr(bad_at, 2))});
    return text;
  }

  std::string_view text_;
  Lexer lexer_;
  SyntaxLimits limits_;
  Issues& issues_;
  Token token_;
  SyntaxTree tree_;
  std::uint32_t nesting_ = 0;
};

}  // namespace

std::optional<std::string> unescape_literal(std::string_view raw, std::size_t& bad_at) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      text += raw[at];
      continue;
    }
    bad_at = at;
    if (++at >= raw.size()) return std::nullopt;
    switch (raw[at]) {
      case 'f':
        text += '\f';
        break;
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case '\'':
      case '"':
      case '`':
      case '\\':
      case '/':
        text += raw[at];
        break;
      case 'u': {
        std::optional<std::uint32_t> code = hex_digits(raw.substr(at + 1, 4), 4);
        if (!code) return std::nullopt;
        at += 4;
        if (*code >= 0xD800 && *code < 0xDC00 && raw.substr(at + 1, 2) == "\\u") {
          const std::optional<std::uint32_t> low = hex_digits(raw.substr(at + 3, 4), 4);
          if (low && *low >= 0xDC00 && *low < 0xE000) {
            code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
            at += 6;
          }
        }
        if (*code >= 0xD800 && *code < 0xE000) return std::nullopt;  // half a pair is no character
        append_utf8(text, static_cast<char32_t>(*code));
        break;
      }
      default:
        return std::nullopt;
    }
  }
  return text;
}

std::optional<SyntaxTree> parse(std::string_view text, const SyntaxLimits& limits, Issues& issues) {
  if (text.size() > limits.max_bytes) {
    issues.add(
        {Severity::error, IssueType::too_long, kTooLong, {std::to_string(limits.max_bytes)}, {}, position_at(text, 0)});
    return std::nullopt;
  }
  Issues own(1);
  std::optional<SyntaxTree> tree = Parser(text, limits, own).parse();
  issues.add_all(std::move(own));
  return tree;
}

}  // namespace meridian::fhirpath::internal
