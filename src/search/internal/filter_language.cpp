#include "search/internal/filter_language.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "formats/fhir/document.hpp"

namespace meridian::search::internal {

using fhir::SearchType;
using fhir::TypeId;

namespace {

constexpr std::uint32_t kMaxDepth = 64;
constexpr std::uint32_t kMaxTests = 1000;

enum class Operator : std::uint8_t { eq, ne, co, sw, ew, gt, lt, ge, le, ap, sa, eb, pr, po, ss, sb, in, ni, re };
constexpr std::array<std::string_view, 19> kOperators{"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap",
                                                      "sa", "eb", "pr", "po", "ss", "sb", "in", "ni", "re"};

/// A filter before it is known what its names mean, which depends on the types that paths lead to.
struct Expression {
  enum class Kind : std::uint8_t { test, all, any, none };
  struct Step {
    std::string_view name;
    std::unique_ptr<Expression> where;
  };
  Kind kind = Kind::test;
  std::vector<Expression> parts;
  std::vector<Step> path;
  std::string_view source;  // of a test's path
  Operator comparison = Operator::eq;
  std::string value;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_char(char c) {
  return is_name_start(c) || c == '-' || (c >= '0' && c <= '9');
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Parsed<Expression> read() {
    Expression whole = PARSED(filter(0));
    if (at_ < text_.size()) return wrong("and, or, or the end is expected");
    return whole;
  }

 private:
  tl::unexpected<Fault> wrong(std::string_view expected) const {
    return refuse(IssueType::invalid, kMalformedFilter, {std::to_string(at_ + 1), std::string(expected)});
  }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }
  /// Takes the word when it stands here as a whole.
  bool take_word(std::string_view wanted) {
    const std::size_t before = at_;
    if (word() == wanted) return true;
    at_ = before;
    return false;
  }

  /// term *( ("and" / "or") term )
  Parsed<Expression> filter(std::uint32_t depth) {
    if (depth > kMaxDepth) return refuse(IssueType::too_costly, kFilterTooLarge, {std::to_string(kMaxDepth)});
    Expression left = PARSED(term(depth));
    for (;;) {
      skip_spaces();
      Expression::Kind kind{};
      if (take_word("and")) {
        kind = Expression::Kind::all;
      } else if (take_word("or")) {
        kind = Expression::Kind::any;
      } else {
        return left;
      }
      Expression right = PARSED(term(depth));
      if (left.kind != kind) {
        Expression joined;
        joined.kind = kind;
        joined.parts.push_back(std::move(left));
        left = std::move(joined);
      }
      left.parts.push_back(std::move(right));
    }
  }

  Parsed<Expression> term(std::uint32_t depth) {
    skip_spaces();
    if (++tests_ > kMaxTests) return refuse(IssueType::too_costly, kFilterTooLarge, {std::to_string(kMaxTests)});
    const std::size_t before = at_;
    const bool negated = take_word("not");
    if (negated) skip_spaces();
    if (take('(')) {
      Expression inner = PARSED(filter(depth + 1));
      skip_spaces();
      if (!take(')')) return wrong("a closing parenthesis is expected");
      // What stands in parentheses is one part of what is around it.
      Expression outer;
      outer.kind = negated ? Expression::Kind::none : Expression::Kind::all;
      outer.parts.push_back(std::move(inner));
      return outer;
    }
    at_ = before;  // a parameter may be called "not"
    return test(depth);
  }

  Parsed<Expression> test(std::uint32_t depth) {
    Expression test;
    const std::size_t begin = at_;
    do {
      Expression::Step step{word(), nullptr};
      if (step.name.empty()) return wrong("the name of a parameter is expected");
      if (take('[')) {
        step.where = std::make_unique<Expression>(PARSED(filter(depth + 1)));
        skip_spaces();
        if (!take(']')) return wrong("a closing bracket is expected");
      }
      test.path.push_back(std::move(step));
    } while (take('.'));
    if (test.path.back().where != nullptr) return wrong("a bracket is followed by a point and a name");
    test.source = text_.substr(begin, at_ - begin);
    skip_spaces();
    const std::string_view name = word();
    const auto* found = std::find(kOperators.begin(), kOperators.end(), name);
    if (found == kOperators.end()) return wrong("a comparison such as eq is expected");
    test.comparison = static_cast<Operator>(found - kOperators.begin());
    skip_spaces();
    test.value = PARSED(value());
    return test;
  }

  Parsed<std::string> value() {
    if (at_ < text_.size() && text_[at_] == '"') {
      std::size_t end = at_ + 1;
      while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
      if (end >= text_.size()) return wrong("the string does not end");
      Issues issues;
      const fhir::Document string =
          fhir::DocumentParser().parse_as(TypeId::none, std::string(text_.substr(at_, end + 1 - at_)), issues);
      if (!string.has_root() || string.root().value_kind() != fhir::ValueKind::string) {
        return wrong("the string is not as JSON writes it");
      }
      at_ = end + 1;
      return std::string(string.root().text());
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ')' && text_[at_] != ']') ++at_;
    if (at_ == begin) return wrong("a value is expected");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t tests_ = 0;
};

/// Gives the names of an expression their meaning on one type.
class Resolver {
 public:
  Resolver(ConditionParser& conditions, const QueryRules& rules) : conditions_(conditions), rules_(rules) {}

  Parsed<Filter> resolve(TypeId type, const Expression& expression, std::uint32_t links) {
    if (expression.kind == Expression::Kind::test) return test(type, expression, 0, links);
    Filter filter;
    filter.kind = expression.kind == Expression::Kind::any    ? Filter::Kind::any
                  : expression.kind == Expression::Kind::none ? Filter::Kind::none
                                                              : Filter::Kind::all;
    for (const Expression& part : expression.parts) filter.filters.push_back(PARSED(resolve(type, part, links)));
    return filter;
  }

 private:
  /// The steps from `at` on, asked of resources of `type`.
  Parsed<Filter> test(TypeId type, const Expression& test, std::size_t at, std::uint32_t links) {
    if (auto paid = conditions_.spend(); !paid) return tl::unexpected<Fault>(std::move(paid).error());
    const Expression::Step& step = test.path[at];
    const Parameter& parameter = *PARSED(conditions_.find(type, step.name));
    if (at + 1 == test.path.size()) return compare(parameter, test);
    if (links >= rules_.max_chain) {
      return refuse(IssueType::too_costly, kChainTooLong, {std::to_string(rules_.max_chain)});
    }
    Condition chain;
    chain.parameter = &parameter;
    chain.name = test.source;
    Fault last{IssueType::invalid, &kUnknownParameter, {}, true};
    for (const TypeId target : PARSED(conditions_.targets(parameter, ""))) {
      auto inner = beyond(target, test, at, links + 1);
      if (inner) {
        chain.chain.push_back({target, std::make_shared<const Filter>(*std::move(inner))});
        continue;
      }
      if (last.is_unknown) last = std::move(inner).error();
      if (last.type == IssueType::too_costly) return tl::unexpected<Fault>(std::move(last));
    }
    if (chain.chain.empty()) return tl::unexpected<Fault>(std::move(last));
    Filter filter;
    filter.conditions.push_back(std::move(chain));
    return filter;
  }

  /// What must hold of the resource that a step leads to: its bracket, and the steps after it.
  Parsed<Filter> beyond(TypeId target, const Expression& test, std::size_t at, std::uint32_t links) {
    Filter filter = PARSED(this->test(target, test, at + 1, links));
    if (test.path[at].where == nullptr) return filter;
    Filter both;
    both.filters.push_back(PARSED(resolve(target, *test.path[at].where, links)));
    both.filters.push_back(std::move(filter));
    return both;
  }

  static Fault not_comparable(const Parameter& parameter, const Expression& test) {
    return {IssueType::not_supported,
            &kFilterComparison,
            {std::string(kOperators[static_cast<std::size_t>(test.comparison)]), parameter.code,
             std::string(name(parameter.kind))}};
  }

  /// https://hl7.org/fhir/R4/search_filter.html: the table of operations.
  Parsed<Filter> compare(const Parameter& parameter, const Expression& test) {
    const SearchType kind = parameter.kind;
    Condition condition;
    condition.parameter = &parameter;
    condition.name = test.source;
    Prefix prefix = Prefix::eq;
    bool negated = false;
    bool fits = kind != SearchType::composite && kind != SearchType::special;
    switch (test.comparison) {
      case Operator::ne:
        // "An item has an unequal value": of what has no order, that none is equal.
        if (has_prefixes(kind)) {
          prefix = Prefix::ne;
        } else {
          negated = true;
        }
        [[fallthrough]];
      case Operator::eq:
        if (kind == SearchType::string) condition.modifier = Modifier::equals;
        break;
      case Operator::co:
        condition.modifier = kind == SearchType::token ? Modifier::text : Modifier::contains;
        break;
      case Operator::sw:
        break;
      case Operator::ew:
        condition.modifier = Modifier::ends_with;
        break;
      case Operator::gt:
        prefix = Prefix::gt;
        break;
      case Operator::lt:
        prefix = Prefix::lt;
        break;
      case Operator::ge:
        prefix = Prefix::ge;
        break;
      case Operator::le:
        prefix = Prefix::le;
        break;
      case Operator::ap:
        prefix = Prefix::ap;
        break;
      case Operator::sa:
        prefix = Prefix::sa;
        break;
      case Operator::eb:
        prefix = Prefix::eb;
        break;
      case Operator::po:
        prefix = Prefix::overlaps;
        break;
      case Operator::pr:
        condition.modifier = Modifier::missing;
        break;
      case Operator::ss:
        condition.modifier = Modifier::below;
        break;
      case Operator::sb:
        condition.modifier = Modifier::above;
        break;
      case Operator::in:
        condition.modifier = Modifier::in;
        break;
      case Operator::ni:
        condition.modifier = Modifier::not_in;
        break;
      case Operator::re:
        break;
    }
    fits = fits && fits_kind(test.comparison, kind);
    if (!fits) return tl::unexpected<Fault>(not_comparable(parameter, test));
    std::string text = test.value;
    if (condition.modifier == Modifier::missing) {
      if (text != "true" && text != "false") return refuse(IssueType::value, kExpectedValue, {"true, false"});
      text = text == "true" ? "false" : "true";
    } else {
      text = escape(text);
    }
    condition.operands.push_back({prefix, std::move(text), {}});
    if (condition.modifier != Modifier::missing) {
      if (auto checked = conditions_.check_values(condition); !checked) {
        return tl::unexpected<Fault>(std::move(checked).error());
      }
    }
    Filter filter;
    filter.kind = negated ? Filter::Kind::none : Filter::Kind::all;
    filter.conditions.push_back(std::move(condition));
    return filter;
  }

  static bool fits_kind(Operator comparison, SearchType kind) {
    switch (comparison) {
      case Operator::eq:
      case Operator::ne:
      case Operator::pr:
        return true;
      case Operator::co:
        return kind == SearchType::string || kind == SearchType::token;
      case Operator::sw:
      case Operator::ew:
        return kind == SearchType::string;
      case Operator::po:
        return kind == SearchType::date;
      case Operator::ss:
      case Operator::sb:
        return kind == SearchType::token || kind == SearchType::uri;
      case Operator::in:
      case Operator::ni:
        return kind == SearchType::token;
      case Operator::re:
        return kind == SearchType::reference;
      default:
        return has_prefixes(kind);
    }
  }

  /// `|` keeps its meaning; what else means something in a search's value does not in a filter's.
  static std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '\\' || c == ',' || c == '$') out += '\\';
      out += c;
    }
    return out;
  }

  ConditionParser& conditions_;
  const QueryRules& rules_;
};

}  // namespace

Parsed<Filter> parse_filter(ConditionParser& conditions, const QueryRules& rules, TypeId type, std::string_view text) {
  const Expression expression = PARSED(Reader(text).read());
  return Resolver(conditions, rules).resolve(type, expression, 0);
}

}  // namespace meridian::search::internal
