#include "search/matching.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/clock.hpp"
#include "search/internal/canonical_units.hpp"
#include "search/internal/fold.hpp"
#include "search/internal/hierarchies.hpp"
#include "search/internal/operands.hpp"
#include "search/internal/prober.hpp"

namespace meridian::search {
namespace {

using fhir::Node;
using fhir::SearchType;
using internal::NumberOperand;

/// https://hl7.org/fhir/R4/search.html#prefix, of dates: how the searched range and the value's lie to one another.
bool holds(Prefix prefix, const DateValue& searched, const DateValue& value) {
  const bool is_contained = searched.low <= value.low && value.high <= searched.high;
  const bool reaches_above = value.high > searched.high;
  const bool reaches_below = value.low < searched.low;
  switch (prefix) {
    case Prefix::eq:
      return is_contained;
    case Prefix::ne:
      return !is_contained;
    case Prefix::gt:
      return reaches_above;
    case Prefix::lt:
      return reaches_below;
    case Prefix::ge:
      return reaches_above || is_contained;
    case Prefix::le:
      return reaches_below || is_contained;
    case Prefix::sa:
      return value.low >= searched.high;
    case Prefix::eb:
      return value.high <= searched.low;
    case Prefix::ap:
    case Prefix::overlaps:
      return value.low < searched.high && searched.low < value.high;
  }
  return false;
}

/// … of numbers: eq, ne and ap see the range that the digits give, the others the number itself.
bool holds(Prefix prefix, const NumberOperand& searched, const NumberValue& value) {
  const auto reaches_above = [&](const Decimal& bound) { return !value.high || *value.high > bound; };
  const auto reaches_below = [&](const Decimal& bound) { return !value.low || *value.low < bound; };
  const bool is_contained = value.low && value.high && *value.low >= searched.low && *value.high < searched.high;
  const Decimal& exact = searched.exact;
  switch (prefix) {
    case Prefix::eq:
      return is_contained;
    case Prefix::ne:
      return !is_contained;
    case Prefix::gt:
      return reaches_above(exact);
    case Prefix::lt:
      return reaches_below(exact);
    case Prefix::ge:
      return reaches_above(exact) || *value.high == exact;
    case Prefix::le:
      return reaches_below(exact) || *value.low == exact;
    case Prefix::sa:
      return value.low && *value.low > exact;
    case Prefix::eb:
      return value.high && *value.high < exact;
    case Prefix::ap:
    case Prefix::overlaps:
      return (!value.low || *value.low <= searched.near_high) && (!value.high || *value.high >= searched.near_low);
  }
  return false;
}

}  // namespace

struct Matcher::State {
  State(const Parameters& of, const CodeSets* sets, References* others, const Reading& how)
      : parameters(of),
        schema(of.schema()),
        code_sets(sets),
        references(others),
        reading(how),
        reader(of.schema(), how.zone) {}

  const Parameters& parameters;
  const fhir::Schema& schema;
  const CodeSets* code_sets;
  References* references;
  Reading reading;
  ValueReader reader;
  internal::Arena arena;
  internal::CanonicalUnits units;
  using CodeSet = std::set<std::pair<std::string, std::string>>;
  std::unordered_map<std::string, CodeSet> known_sets;
  Node resource;
  Version version;

  Result<bool> matches(const Filter& filter);
  Result<bool> matches(const Condition& condition);
  Result<bool> satisfies_chain(const Condition& condition);
  Result<bool> is_missing(const Parameter& parameter);
  Result<bool> satisfies_any(const Condition& condition);
  Result<bool> has_item(const Parameter& composite, const Operand& operand);
  Result<bool> has_words(const Parameter& parameter, const Operand& operand);
  Result<bool> has(const Parameter& parameter, Modifier modifier, const Operand& operand, const Values& values);
  Result<bool> has_string(Modifier modifier, const Operand& operand, const Values& values);
  Result<bool> has_token(Modifier modifier, const Operand& operand, const Values& values);
  Result<bool> has_code_of(CodeSets::Relation relation, const std::string& text, const Values& values);
  Result<bool> has_reference(Modifier modifier, const Operand& operand, const Values& values);
  Result<bool> is_in_hierarchy(const Parameter& parameter, bool above, const Operand& operand,
                               const std::vector<std::string>& addresses);
  Result<bool> has_uri(Modifier modifier, const Operand& operand, const Values& values);
  Result<bool> has_date(const Operand& operand, const Values& values);
  Result<bool> has_number(const Operand& operand, const Values& values);
  Result<bool> has_quantity(const Operand& operand, const Values& values);
  Result<bool> has_position(const Operand& operand, const Values& values);
  bool is_token(const internal::TokenOperand& asked, const TokenValue& token);
  bool begins_with(std::string_view text, std::string_view asked);
  Values version_date() const;
};

Result<bool> Matcher::State::matches(const Filter& filter) {
  const bool wants_all = filter.kind == Filter::Kind::all;
  const auto decides = [&](bool answer) { return answer != wants_all; };
  bool decided = false;
  for (const Condition& condition : filter.conditions) {
    if (decided) break;
    decided = decides(TRY(matches(condition)));
  }
  for (const Filter& inner : filter.filters) {
    if (decided) break;
    decided = decides(TRY(matches(inner)));
  }
  // all: none said no. any: one said yes. none: none said yes.
  return filter.kind == Filter::Kind::any ? decided : !decided;
}

Result<bool> Matcher::State::matches(const Condition& condition) {
  arena.clear();
  if (condition.has) {
    if (references == nullptr) return fail(ErrorCode::unsupported, "there is nobody to ask for other resources");
    const Node id = resource.child("id");
    const std::string_view own = !version.id.empty() ? version.id : id ? id.text() : std::string_view();
    return references->referred_by(std::string(schema.type(resource.type()).name).append("/").append(own),
                                   *condition.has);
  }
  if (!condition.chain.empty()) return satisfies_chain(condition);
  const Parameter& parameter = *condition.parameter;
  if (!internal::has_modifier(parameter, condition.modifier)) {
    return fail(ErrorCode::unsupported, "the parameter " + parameter.code + " does not have this modifier");
  }
  if (condition.modifier == Modifier::missing) {
    const bool missing = TRY(is_missing(parameter));
    bool wanted = false;
    for (const Operand& operand : condition.operands) {
      const bool asked = TRY(internal::parse_missing(operand.text));
      wanted = wanted || asked == missing;
    }
    return wanted;
  }
  const bool found = TRY(satisfies_any(condition));
  const bool is_negated = condition.modifier == Modifier::not_ || condition.modifier == Modifier::not_in;
  return found != is_negated;
}

// https://hl7.org/fhir/R4/search.html#chaining
Result<bool> Matcher::State::satisfies_chain(const Condition& condition) {
  if (references == nullptr) return fail(ErrorCode::unsupported, "there is nobody to ask for other resources");
  // Asking others may come back to this reader, so what was read is copied out first.
  std::vector<std::pair<std::string, std::string>> targets;  // type, id
  for (const ReferenceValue& value : reader.read(*condition.parameter).references) {
    if (!value.id.empty()) targets.emplace_back(value.type, value.id);
  }
  for (const auto& [type, id] : targets) {
    for (const Condition::Link& link : condition.chain) {
      if (schema.type(link.type).name != type) continue;
      if (TRY(references->satisfies(type + "/" + id, link.type, *link.filter))) return true;
    }
  }
  return false;
}

Result<bool> Matcher::State::is_missing(const Parameter& parameter) {
  if (internal::looks_into_texts(parameter)) return reader.texts(parameter.code == "_text").empty();
  if (parameter.code == "_lastUpdated" && version.last_updated) return false;
  if (parameter.kind != SearchType::composite) return reader.read(parameter).empty();
  const std::size_t items = reader.read_items(parameter);
  for (std::size_t i = 0; i < items; ++i) {
    const std::span<const Values> components = reader.read_item(parameter, i);
    if (std::ranges::none_of(components, [](const Values& values) { return values.empty(); })) return false;
  }
  return true;
}

Values Matcher::State::version_date() const {
  Values values;
  const std::int64_t at = version.last_updated->microseconds();
  values.dates.push_back({at, at + 1});
  return values;
}

Result<bool> Matcher::State::satisfies_any(const Condition& condition) {
  const Parameter& parameter = *condition.parameter;
  bool found = false;
  if (parameter.kind == SearchType::reference &&
      (condition.modifier == Modifier::above || condition.modifier == Modifier::below)) {
    // Asking others may come back to this reader, so what was read is copied out first.
    std::vector<std::string> addresses;
    for (const ReferenceValue& value : reader.read(parameter).references) {
      if (!value.id.empty()) addresses.push_back(std::string(value.type).append("/").append(value.id));
    }
    for (const Operand& operand : condition.operands) {
      found = found || TRY(is_in_hierarchy(parameter, condition.modifier == Modifier::above, operand, addresses));
      found = found || TRY(has_reference(condition.modifier, operand, reader.read(parameter)));
    }
    return found;
  }
  for (const Operand& operand : condition.operands) {
    bool one = false;
    if (internal::looks_into_texts(parameter)) {
      one = TRY(has_words(parameter, operand));
    } else if (parameter.kind == SearchType::composite) {
      one = TRY(has_item(parameter, operand));
    } else if (parameter.code == "_lastUpdated" && version.last_updated) {
      one = TRY(has(parameter, condition.modifier, operand, version_date()));
    } else {
      one = TRY(has(parameter, condition.modifier, operand, reader.read(parameter)));
    }
    found = found || one;  // the others are read all the same, so that a wrong one is told
  }
  return found;
}

// https://hl7.org/fhir/R4/search.html#composite: all components within one item.
Result<bool> Matcher::State::has_item(const Parameter& composite, const Operand& operand) {
  const std::vector<Parameter::Component>& components = composite.components;
  if (components.size() < 2 || operand.components.size() != components.size()) {
    return fail(ErrorCode::invalid_argument,
                "a value of " + composite.code + " needs " + std::to_string(components.size()) + " parts, joined by $");
  }
  for (std::size_t i = 0; i < components.size(); ++i) {
    TRY(internal::check_operand(components[i].definition->kind, operand.components[i].text, reading.zone));
  }
  const std::size_t items = reader.read_items(composite);
  for (std::size_t item = 0; item < items; ++item) {
    const std::span<const Values> values = reader.read_item(composite, item);
    bool all = true;
    for (std::size_t i = 0; i < components.size() && all; ++i) {
      all = TRY(has(*components[i].definition, Modifier::none, operand.components[i], values[i]));
    }
    if (all) return true;
  }
  return false;
}

// _text and _content: every word of the operand stands in the texts.
Result<bool> Matcher::State::has_words(const Parameter& parameter, const Operand& operand) {
  const std::string text_asked = internal::unescaped(operand.text);
  std::vector<std::string_view> asked;
  internal::split_words(text_asked, arena, asked);
  if (asked.empty()) return false;
  std::vector<std::string_view> words;
  for (const std::string_view text : reader.texts(parameter.code == "_text")) {
    internal::split_words(text, arena, words);
  }
  std::ranges::sort(words);
  return std::ranges::all_of(asked, [&](std::string_view word) {
    const auto at = std::ranges::lower_bound(words, word);
    if (at != words.end() && *at == word) return true;
    // One Chinese character alone is found in any text that holds it, with whatever stands behind it.
    return internal::is_one_ideograph(word) && at != words.end() && at->starts_with(word);
  });
}

Result<bool> Matcher::State::has(const Parameter& parameter, Modifier modifier, const Operand& operand,
                                 const Values& values) {
  switch (parameter.kind) {
    case SearchType::string:
      return has_string(modifier, operand, values);
    case SearchType::token:
      return has_token(modifier, operand, values);
    case SearchType::reference:
      return has_reference(modifier, operand, values);
    case SearchType::uri:
      return has_uri(modifier, operand, values);
    case SearchType::date:
      return has_date(operand, values);
    case SearchType::number:
      return has_number(operand, values);
    case SearchType::quantity:
      return has_quantity(operand, values);
    case SearchType::special:
      return has_position(operand, values);
    case SearchType::composite:
      return false;
  }
  return false;
}

bool Matcher::State::begins_with(std::string_view text, std::string_view asked) {
  const std::string_view folded = internal::fold_text(asked, arena);
  return !folded.empty() && internal::fold_text(text, arena).starts_with(folded);
}

// https://hl7.org/fhir/R4/search.html#string
Result<bool> Matcher::State::has_string(Modifier modifier, const Operand& operand, const Values& values) {
  const std::string asked = internal::unescaped(operand.text);
  const std::string folded(internal::fold_text(asked, arena));
  return std::ranges::any_of(values.strings, [&](std::string_view text) {
    if (modifier == Modifier::exact) return !asked.empty() && text == asked;
    if (folded.empty()) return false;
    const std::string_view own = internal::fold_text(text, arena);
    switch (modifier) {
      case Modifier::contains:
        return own.find(folded) != std::string_view::npos;
      case Modifier::ends_with:
        return own.ends_with(folded);
      case Modifier::equals:
        return own == folded;
      default:
        return own.starts_with(folded);
    }
  });
}

// https://hl7.org/fhir/R4/search.html#token
bool Matcher::State::is_token(const internal::TokenOperand& asked, const TokenValue& token) {
  if (asked.names_system) {
    // `|code` wants a value that names no system, and a code's implied one is not named.
    const bool names_none = token.system.empty() || token.is_implied;
    const bool fits = asked.system.empty() ? names_none : token.system == asked.system;
    if (!fits) return false;
    if (asked.code.empty()) return !asked.system.empty();
  }
  if (asked.code.empty() || token.code.empty()) return false;
  if (token.is_case_bound) return token.code == asked.code;
  return internal::fold_code(token.code, arena) == internal::fold_code(asked.code, arena);
}

Result<bool> Matcher::State::has_token(Modifier modifier, const Operand& operand, const Values& values) {
  switch (modifier) {
    case Modifier::text: {
      const std::string asked = internal::unescaped(operand.text);
      return std::ranges::any_of(values.tokens,
                                 [&](const TokenValue& token) { return begins_with(token.text, asked); });
    }
    case Modifier::in:
    case Modifier::not_in:
      return has_code_of(CodeSets::Relation::in, internal::unescaped(operand.text), values);
    case Modifier::above:
      return has_code_of(CodeSets::Relation::above, internal::unescaped(operand.text), values);
    case Modifier::below:
      return has_code_of(CodeSets::Relation::below, internal::unescaped(operand.text), values);
    case Modifier::of_type: {
      const internal::OfTypeOperand asked = TRY(internal::parse_of_type(operand.text));
      const internal::TokenOperand type{true, asked.system, asked.code};
      return std::ranges::any_of(values.tokens, [&](const TokenValue& token) {
        if (!token.identifier_type || !is_token({false, {}, asked.value}, token)) return false;
        const auto codings = token.identifier_type.children(schema.find_name("coding"));
        return std::any_of(codings.begin(), codings.end(), [&](Node coding) {
          const Node system = coding.child("system");
          const Node code = coding.child("code");
          if (!system || !code) return false;
          TokenValue of_type;
          of_type.system = system.text();
          of_type.code = code.text();
          return is_token(type, of_type);
        });
      });
    }
    default: {
      const internal::TokenOperand asked = internal::parse_token(operand.text);
      return std::ranges::any_of(values.tokens, [&](const TokenValue& token) { return is_token(asked, token); });
    }
  }
}

Result<bool> Matcher::State::has_code_of(CodeSets::Relation relation, const std::string& text, const Values& values) {
  if (code_sets == nullptr) return fail(ErrorCode::unsupported, "there is no terminology to ask for a code's place");
  const std::string name = std::to_string(static_cast<int>(relation)) + text;
  auto known = known_sets.find(name);
  if (known == known_sets.end()) {
    CodeSet codes;
    for (const auto& [system, code] : TRY(code_sets->codes(relation, text))) {
      codes.emplace(system, internal::fold_code(code, arena));
    }
    known = known_sets.emplace(name, std::move(codes)).first;
  }
  const CodeSet& codes = known->second;
  return std::ranges::any_of(values.tokens, [&](const TokenValue& token) {
    if (token.code.empty()) return false;
    const std::string code(internal::fold_code(token.code, arena));
    return codes.contains({std::string(token.system), code}) || (token.is_implied && codes.contains({"", code}));
  });
}

// https://hl7.org/fhir/R4/search.html#reference
/// Whether one of the addresses is that of a place above or below the operand's.
Result<bool> Matcher::State::is_in_hierarchy(const Parameter& parameter, bool above, const Operand& operand,
                                             const std::vector<std::string>& addresses) {
  if (references == nullptr) return fail(ErrorCode::unsupported, "there is nobody to ask for other resources");
  const internal::ReferenceOperand asked = internal::parse_reference(schema, operand.text);
  for (const internal::HierarchyPlace& place : internal::hierarchy_places(parameters, parameter, asked)) {
    const std::set<std::string> all = TRY(references->hierarchy(place.address, *place.parent, above));
    if (std::ranges::any_of(addresses, [&](const std::string& address) { return all.contains(address); })) return true;
  }
  return false;
}

Result<bool> Matcher::State::has_reference(Modifier modifier, const Operand& operand, const Values& values) {
  if (modifier == Modifier::text) {
    const std::string asked = internal::unescaped(operand.text);
    return std::ranges::any_of(values.references,
                               [&](const ReferenceValue& value) { return begins_with(value.text, asked); });
  }
  if (modifier == Modifier::identifier) {
    const internal::TokenOperand asked = internal::parse_token(operand.text);
    return std::ranges::any_of(values.references, [&](const ReferenceValue& value) {
      return value.identifier && is_token(asked, *value.identifier);
    });
  }
  const internal::ReferenceOperand asked = internal::parse_reference(schema, operand.text);
  return std::ranges::any_of(values.references, [&](const ReferenceValue& value) {
    if (!asked.id.empty()) return value.id == asked.id && (asked.type.empty() || value.type == asked.type);
    if (asked.url.empty() || value.url != asked.url) return false;
    if (modifier == Modifier::version_below) return internal::is_version_below(value.version, asked);
    if (modifier == Modifier::version_above) {
      const std::vector<std::string_view> above = internal::versions_above(asked.version);
      return std::ranges::find(above, value.version) != above.end();
    }
    return !asked.names_version || value.version == asked.version;
  });
}

// https://hl7.org/fhir/R4/search.html#uri
Result<bool> Matcher::State::has_uri(Modifier modifier, const Operand& operand, const Values& values) {
  const std::string asked = internal::unescaped(operand.text);
  if (asked.empty()) return false;
  if (modifier == Modifier::below) {
    return std::ranges::any_of(values.uris, [&](const UriValue& value) { return value.uri.starts_with(asked); });
  }
  if (modifier == Modifier::above) {
    const std::vector<std::string> above = internal::uris_above(asked);
    return std::ranges::any_of(
        values.uris, [&](const UriValue& value) { return std::ranges::find(above, value.uri) != above.end(); });
  }
  const std::size_t bar = asked.find('|');
  return std::ranges::any_of(values.uris, [&](const UriValue& value) {
    if (value.uri == asked) return true;
    return bar != std::string::npos && value.uri == asked.substr(0, bar) && value.version == asked.substr(bar + 1);
  });
}

// https://hl7.org/fhir/R4/search.html#date
Result<bool> Matcher::State::has_date(const Operand& operand, const Values& values) {
  DateValue searched = TRY(internal::parse_date(internal::unescaped(operand.text), reading.zone));
  if (operand.prefix == Prefix::ap) {
    const Instant now = reading.now ? *reading.now : system_clock().now();
    searched = internal::near_date(searched, now.microseconds());
  }
  return std::ranges::any_of(values.dates,
                             [&](const DateValue& value) { return holds(operand.prefix, searched, value); });
}

// https://hl7.org/fhir/R4/search.html#number
Result<bool> Matcher::State::has_number(const Operand& operand, const Values& values) {
  const NumberOperand searched = TRY(internal::parse_number(internal::unescaped(operand.text)));
  return std::ranges::any_of(values.numbers,
                             [&](const NumberValue& value) { return holds(operand.prefix, searched, value); });
}

// https://hl7.org/fhir/R4/search.html#quantity
Result<bool> Matcher::State::has_quantity(const Operand& operand, const Values& values) {
  const internal::QuantityOperand asked = TRY(internal::parse_quantity(operand.text));
  const bool is_ucum = asked.system == internal::kUcum && !asked.code.empty();
  const internal::CanonicalUnits::Scale* scale = is_ucum ? units.find(asked.code) : nullptr;
  const std::optional<NumberOperand> canonical =
      scale != nullptr ? internal::in_base_units(asked.number, *scale) : std::nullopt;
  return std::ranges::any_of(values.quantities, [&](const QuantityValue& value) {
    // 1. In a unit of UCUM: whatever unit of the same dimension the value is in.
    if (canonical) {
      return value.dimension == scale->dimension && holds(operand.prefix, *canonical, value.canonical);
    }
    // 2. In a unit of another system, in a unit however it is named, in any unit.
    if (!asked.system.empty()) {
      // What UCUM can convert is compared in base units only.
      const bool is_same = value.dimension.empty() && value.system == asked.system && value.code == asked.code;
      if (!is_same) return false;
    } else if (!asked.code.empty() && value.code != asked.code && value.unit != asked.code) {
      return false;
    }
    return holds(operand.prefix, asked.number, value.number);
  });
}

// https://hl7.org/fhir/R4/location.html#search
Result<bool> Matcher::State::has_position(const Operand& operand, const Values& values) {
  const internal::NearOperand near = TRY(internal::parse_near(operand.text));
  return std::ranges::any_of(values.positions, [&](const PositionValue& position) {
    return internal::distance_kilometres(near.centre, position) <= near.kilometres;
  });
}

Matcher::Matcher(const Parameters& parameters, const CodeSets* code_sets, References* references,
                 const Reading& reading)
    : state_(std::make_unique<State>(parameters, code_sets, references, reading)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

Result<bool> Matcher::matches(Node resource, const Filter& filter, const Version& version) {
  state_->resource = resource;
  state_->version = version;
  state_->reader.begin(resource, version.id);
  return state_->matches(filter);
}

Result<bool> Matcher::matches(Node resource, const Condition& condition, const Version& version) {
  state_->resource = resource;
  state_->version = version;
  state_->reader.begin(resource, version.id);
  return state_->matches(condition);
}

}  // namespace meridian::search
