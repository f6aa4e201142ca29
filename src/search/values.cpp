#include "search/values.hpp"

#include <algorithm>
#include <string>

#include "base/date_time.hpp"
#include "fhirpath/expression.hpp"
#include "search/internal/canonical_units.hpp"
#include "search/internal/fold.hpp"
#include "search/internal/implied_system.hpp"
#include "search/internal/narrative.hpp"
#include "search/internal/reference_text.hpp"
#include "search/internal/value_types.hpp"

namespace meridian::search {
namespace {

using fhir::Node;
using fhir::SearchType;
using internal::Shape;

/// U+4E00 … as a name is written without spaces.
bool is_han(std::string_view text) {
  return !text.empty() && static_cast<unsigned char>(text.front()) >= 0xE3 &&
         static_cast<unsigned char>(text.front()) <= 0xE9;
}

/// Whether it has a bound, and its bounds stand in order.
bool is_sound(const NumberValue& number) {
  if (number.low && number.high) return *number.low <= *number.high;
  return number.low || number.high;
}

std::string_view text_of(Node node) {
  return node ? node.text() : std::string_view();
}

}  // namespace

bool Values::empty() const {
  return strings.empty() && tokens.empty() && references.empty() && dates.empty() && numbers.empty() &&
         quantities.empty() && uris.empty() && positions.empty();
}

void Values::clear() {
  strings.clear();
  tokens.clear();
  references.clear();
  dates.clear();
  numbers.clear();
  quantities.clear();
  uris.clear();
  positions.clear();
}

struct ValueReader::State {
  State(const fhir::Schema& of, const TimeZone& in) : schema(of), zone(in), names(of), implied(of) {}

  const fhir::Schema& schema;
  TimeZone zone;
  internal::ValueTypes names;
  internal::ImpliedSystems implied;
  internal::CanonicalUnits units;
  internal::Arena arena;
  fhirpath::EvaluationContext context;
  Node resource;
  std::string_view id;
  Values values;
  std::vector<Node> items;
  std::vector<Values> components;
  std::vector<std::string_view> texts;

  void read(const Parameter& parameter, const fhirpath::Expression* expression, Node input, Values& out);
  void add(const Parameter& parameter, Node node, Values& out);
  void add_system_value(SearchType kind, const fhirpath::Value& value, Values& out);
  void add_strings(Node node, Values& out) const;
  void add_text(std::string_view text, Values& out) const;
  void add_name(Node node, Values& out);
  void add_token(Node node, Values& out);
  TokenValue identifier_token(Node node) const;
  void add_reference(Node node, Values& out);
  void add_date(Node node, Values& out) const;
  std::optional<DateValue> read_date(std::string_view text) const;
  std::optional<DateValue> read_period(Node node) const;
  std::optional<DateValue> read_timing(Node node) const;
  void add_number(Node node, Values& out) const;
  void add_quantity(Node node, Values& out);
  void add_range(Node node, QuantityValue& out) const;
  void add_sampled(Node node, QuantityValue& out) const;
  void finish_quantity(QuantityValue quantity, Values& out);
  std::optional<Decimal> read_decimal(Node node) const;
  void add_position(Node node, Values& out) const;
  void collect_texts(Node node, bool narrative_only);
};

void ValueReader::State::read(const Parameter& parameter, const fhirpath::Expression* expression, Node input,
                              Values& out) {
  if (expression == nullptr) return;
  context.set_resource(resource);
  const Result<fhirpath::Collection> found = expression->evaluate(input, context);
  if (!found) return;  // too costly or without meaning for this resource: nothing
  for (const fhirpath::Value& value : *found) {
    if (value.is_node()) {
      add(parameter, value.node(), out);
    } else {
      add_system_value(parameter.kind, value, out);
    }
  }
}

void ValueReader::State::add(const Parameter& parameter, Node node, Values& out) {
  switch (parameter.kind) {
    case SearchType::string:
      add_strings(node, out);
      if (names.shape(node.type()) == Shape::human_name) add_name(node, out);
      break;
    case SearchType::token:
      add_token(node, out);
      if (parameter.code == "_id" && !out.tokens.empty()) out.tokens.back().is_case_bound = true;
      break;
    case SearchType::reference:
      add_reference(node, out);
      break;
    case SearchType::date:
      add_date(node, out);
      break;
    case SearchType::number:
      add_number(node, out);
      break;
    case SearchType::quantity:
      add_quantity(node, out);
      break;
    case SearchType::uri: {
      const std::string_view text = text_of(node);
      if (text.empty()) break;
      const std::size_t bar = names.shape(node.type()) == Shape::canonical ? text.find('|') : std::string_view::npos;
      if (bar == std::string_view::npos) {
        out.uris.push_back({text, {}});
      } else {
        out.uris.push_back({text.substr(0, bar), text.substr(bar + 1)});
      }
      break;
    }
    case SearchType::special:
      add_position(node, out);
      break;
    case SearchType::composite:
      break;
  }
}

/// What an expression computed, such as `Patient.deceased.exists() and …`.
void ValueReader::State::add_system_value(SearchType kind, const fhirpath::Value& value, Values& out) {
  const std::string_view text = arena.keep(fhirpath::text(value));
  switch (kind) {
    case SearchType::string:
      add_text(text, out);
      break;
    case SearchType::token:
      out.tokens.push_back({{}, text, {}, false, {}, false});
      break;
    case SearchType::date:
      if (const auto date = read_date(text)) out.dates.push_back(*date);
      break;
    case SearchType::number:
      if (const Result<Decimal> number = Decimal::parse(text)) out.numbers.push_back({*number, *number});
      break;
    case SearchType::uri:
      if (!text.empty()) out.uris.push_back({text, {}});
      break;
    case SearchType::reference:
    case SearchType::quantity:
    case SearchType::special:
    case SearchType::composite:
      break;
  }
}

void ValueReader::State::add_text(std::string_view text, Values& out) const {
  if (!text.empty()) out.strings.push_back(text);
}

// https://hl7.org/fhir/R4/search.html#string: of HumanName and Address any of the parts.
void ValueReader::State::add_strings(Node node, Values& out) const {
  const auto add_all = [&](fhir::NameId name) {
    for (fhir::Items parts = node.items(name); parts; parts.next()) add_text(parts.node().text(), out);
  };
  switch (names.shape(node.type())) {
    case Shape::human_name:
      for (const fhir::NameId part : {names.family, names.given, names.text, names.prefix, names.suffix}) add_all(part);
      break;
    case Shape::address:
      for (const fhir::NameId part :
           {names.line, names.city, names.district, names.state, names.postal_code, names.country, names.text}) {
        add_all(part);
      }
      break;
    case Shape::concept_:
      add_all(names.text);
      for (const Node coding : node.children(names.coding)) add_text(text_of(coding.child(names.display)), out);
      break;
    case Shape::coding:
    case Shape::reference:
      add_all(names.display);
      break;
    case Shape::contact:
    case Shape::identifier:
      add_all(names.value);
      break;
    default:
      add_text(text_of(node), out);
      break;
  }
}

/// A Chinese name is written family and given without a space; it is found so even when only its parts are given.
void ValueReader::State::add_name(Node node, Values& out) {
  const std::string_view family = text_of(node.child(names.family));
  const std::string_view given = text_of(node.child(names.given));
  if (!is_han(family) || !is_han(given)) return;
  out.strings.push_back(arena.keep(std::string(family).append(given)));
}

TokenValue ValueReader::State::identifier_token(Node node) const {
  TokenValue token;
  token.system = text_of(node.child(names.system));
  token.code = text_of(node.child(names.value));
  token.identifier_type = node.child(names.type);
  if (token.identifier_type) token.text = text_of(token.identifier_type.child(names.text));
  return token;
}

// https://hl7.org/fhir/R4/search.html#token
void ValueReader::State::add_token(Node node, Values& out) {
  const auto add_coding = [&](Node coding) {
    TokenValue token;
    token.system = text_of(coding.child(names.system));
    token.code = text_of(coding.child(names.code));
    token.text = text_of(coding.child(names.display));
    out.tokens.push_back(token);
  };
  TokenValue token;
  switch (names.shape(node.type())) {
    case Shape::coding:
      add_coding(node);
      return;
    case Shape::concept_:
      for (fhir::Items codings = node.items(names.coding); codings; codings.next()) add_coding(codings.node());
      token.text = text_of(node.child(names.text));
      if (!token.text.empty()) out.tokens.push_back(token);
      return;
    case Shape::identifier:
      out.tokens.push_back(identifier_token(node));
      return;
    case Shape::contact:
      token.system = text_of(node.child(names.system));
      token.code = text_of(node.child(names.value));
      token.is_implied = true;
      break;
    case Shape::code:
      token.code = text_of(node);
      token.system = implied.find(node.element(), token.code);
      token.is_implied = !token.system.empty();
      break;
    default:
      token.code = text_of(node);
      break;
  }
  if (!token.code.empty()) out.tokens.push_back(token);
}

// https://hl7.org/fhir/R4/search.html#reference
void ValueReader::State::add_reference(Node node, Values& out) {
  ReferenceValue value;
  switch (names.shape(node.type())) {
    case Shape::reference: {
      internal::split_reference(schema, text_of(node.child(names.reference)), value);
      if (value.type.empty()) value.type = text_of(node.child(names.type));
      value.text = text_of(node.child(names.display));
      if (const Node identifier = node.child(names.identifier)) value.identifier = identifier_token(identifier);
      break;
    }
    case Shape::resource:  // Bundle.entry[0].resource
      value.type = schema.type(node.type()).name;
      value.id = text_of(node.child(names.id));
      break;
    case Shape::canonical:
    case Shape::uri: {
      const std::string_view text = text_of(node);
      const std::size_t bar = text.find('|');
      internal::split_reference(schema, text.substr(0, bar), value);
      if (bar != std::string_view::npos) value.version = text.substr(bar + 1);
      break;
    }
    case Shape::identifier:
      value.identifier = identifier_token(node);
      break;
    default:
      return;
  }
  const bool says_something = !value.id.empty() || !value.url.empty() || !value.text.empty() || value.identifier;
  if (says_something) out.references.push_back(value);
}

std::optional<DateValue> ValueReader::State::read_date(std::string_view text) const {
  const Result<DateTime> date = DateTime::parse_fhir(text);
  if (!date) return std::nullopt;
  const InstantRange range = instant_range(*date, zone);
  const std::int64_t low = range.start.microseconds();
  return DateValue{low, std::max(range.end.microseconds(), low + 1)};
}

std::optional<DateValue> ValueReader::State::read_period(Node node) const {
  const std::string_view start = text_of(node.child(names.start));
  const std::string_view end = text_of(node.child(names.end));
  const std::optional<DateValue> first = read_date(start);
  const std::optional<DateValue> last = read_date(end);
  if (!first && !last) return std::nullopt;
  const DateValue period{first ? first->low : DateValue::kNever, last ? last->high : DateValue::kForever};
  if (period.low >= period.high) return std::nullopt;
  return period;
}

// "The specified scheduling details are ignored and only the outer limits matter."
std::optional<DateValue> ValueReader::State::read_timing(Node node) const {
  std::optional<DateValue> whole;
  const auto widen = [&](const std::optional<DateValue>& part) {
    if (!part) return;
    if (!whole) whole = *part;
    whole->low = std::min(whole->low, part->low);
    whole->high = std::max(whole->high, part->high);
  };
  for (const Node event : node.children(names.event)) widen(read_date(event.text()));
  if (const Node repeat = node.child(names.repeat)) {
    const Node bounds = repeat.child(names.bounds);
    if (bounds && names.shape(bounds.type()) == Shape::period) widen(read_period(bounds));
  }
  return whole;
}

// https://hl7.org/fhir/R4/search.html#date
void ValueReader::State::add_date(Node node, Values& out) const {
  std::optional<DateValue> date;
  switch (names.shape(node.type())) {
    case Shape::period:
      date = read_period(node);
      break;
    case Shape::timing:
      date = read_timing(node);
      break;
    default:
      date = read_date(text_of(node));
      break;
  }
  if (date) out.dates.push_back(*date);
}

std::optional<Decimal> ValueReader::State::read_decimal(Node node) const {
  if (!node) return std::nullopt;
  const Result<Decimal> value = Decimal::parse(node.text());
  return value ? std::optional<Decimal>(*value) : std::nullopt;
}

void ValueReader::State::add_number(Node node, Values& out) const {
  if (names.shape(node.type()) == Shape::range) {
    QuantityValue range;
    add_range(node, range);
    if (is_sound(range.number)) out.numbers.push_back(range.number);
    return;
  }
  if (const auto number = read_decimal(node)) out.numbers.push_back({*number, *number});
}

void ValueReader::State::add_range(Node node, QuantityValue& out) const {
  for (const fhir::NameId name : {names.low, names.high}) {
    const Node bound = node.child(name);
    if (!bound) continue;
    (name == names.low ? out.number.low : out.number.high) = read_decimal(bound.child(names.value));
    if (out.code.empty()) out.code = text_of(bound.child(names.code));
    if (out.system.empty()) out.system = text_of(bound.child(names.system));
    if (out.unit.empty()) out.unit = text_of(bound.child(names.unit));
  }
}

/// From the least to the greatest of the values measured: origin + data × factor.
void ValueReader::State::add_sampled(Node node, QuantityValue& out) const {
  const Node origin = node.child(names.origin);
  const std::optional<Decimal> zero = origin ? read_decimal(origin.child(names.value)) : std::nullopt;
  if (!zero) return;
  const Decimal factor = read_decimal(node.child(names.factor)).value_or(Decimal(1));
  out.system = text_of(origin.child(names.system));
  out.code = text_of(origin.child(names.code));
  out.unit = text_of(origin.child(names.unit));
  std::string_view data = text_of(node.child(names.data));
  while (!data.empty()) {
    const std::size_t space = std::min(data.find(' '), data.size());
    const Result<Decimal> sample = Decimal::parse(data.substr(0, space));  // not E, U, L
    data.remove_prefix(std::min(space + 1, data.size()));
    if (!sample) continue;
    const Result<Decimal> scaled = multiply(*sample, factor);
    const Result<Decimal> value = scaled ? subtract(*zero, -*scaled) : scaled;
    if (!value) continue;
    if (!out.number.low || *value < *out.number.low) out.number.low = *value;
    if (!out.number.high || *value > *out.number.high) out.number.high = *value;
  }
}

void ValueReader::State::finish_quantity(QuantityValue quantity, Values& out) {
  const NumberValue& number = quantity.number;
  if (!is_sound(number)) return;
  if (quantity.system == internal::kUcum) {
    if (const internal::CanonicalUnits::Scale* scale = units.find(quantity.code)) {
      const auto convert = [&](const std::optional<Decimal>& value) {
        return value ? internal::CanonicalUnits::convert(*value, *scale) : std::nullopt;
      };
      quantity.canonical = {convert(number.low), convert(number.high)};
      const bool is_whole = quantity.canonical.low.has_value() == number.low.has_value() &&
                            quantity.canonical.high.has_value() == number.high.has_value();
      if (is_whole) quantity.dimension = arena.keep(scale->dimension);
    }
  }
  out.quantities.push_back(quantity);
}

// https://hl7.org/fhir/R4/search.html#quantity. A comparator makes the value all that it stands for: `<5` is everything
// up to 5.
void ValueReader::State::add_quantity(Node node, Values& out) {
  QuantityValue quantity;
  switch (names.shape(node.type())) {
    case Shape::quantity: {
      const std::optional<Decimal> value = read_decimal(node.child(names.value));
      const std::string_view comparator = text_of(node.child(names.comparator));
      if (!comparator.starts_with('<')) quantity.number.low = value;
      if (!comparator.starts_with('>')) quantity.number.high = value;
      quantity.system = text_of(node.child(names.system));
      quantity.code = text_of(node.child(names.code));
      quantity.unit = text_of(node.child(names.unit));
      break;
    }
    case Shape::money: {
      const std::optional<Decimal> value = read_decimal(node.child(names.value));
      quantity.number = {value, value};
      quantity.code = text_of(node.child(names.currency));
      if (!quantity.code.empty()) quantity.system = "urn:iso:std:iso:4217";
      break;
    }
    case Shape::range:
      add_range(node, quantity);
      break;
    case Shape::sampled:
      add_sampled(node, quantity);
      break;
    default: {
      const std::optional<Decimal> value = read_decimal(node);
      quantity.number = {value, value};
      break;
    }
  }
  finish_quantity(quantity, out);
}

void ValueReader::State::add_position(Node node, Values& out) const {
  const std::optional<Decimal> latitude = read_decimal(node.child(names.latitude));
  const std::optional<Decimal> longitude = read_decimal(node.child(names.longitude));
  if (latitude && longitude) out.positions.push_back({latitude->to_double(), longitude->to_double()});
}

/// What a document's depth bounds.
void ValueReader::State::collect_texts(Node node, bool narrative_only) {
  for (const Node child : node.children()) {
    switch (names.shape(child.type())) {
      case Shape::narrative:
        texts.push_back(arena.keep(internal::narrative_text(child.text())));
        break;
      case Shape::text: {
        // Addresses of other things, which have parameters of their own, are not content.
        const bool is_address = child.name() == names.reference ||
                                (child.name() == names.value && names.shape(node.type()) == Shape::identifier);
        if (!narrative_only && !is_address && child.has_value()) texts.push_back(child.text());
        break;
      }
      default:
        break;
    }
    if (!narrative_only || child.name() == names.text) collect_texts(child, narrative_only);
  }
}

ValueReader::ValueReader(const fhir::Schema& schema, const TimeZone& zone)
    : state_(std::make_unique<State>(schema, zone)) {}
ValueReader::~ValueReader() = default;
ValueReader::ValueReader(ValueReader&&) noexcept = default;

void ValueReader::begin(Node resource, std::string_view id) {
  state_->arena.clear();
  state_->resource = resource;
  state_->id = id;
}

const Values& ValueReader::read(const Parameter& parameter) {
  State& state = *state_;
  state.values.clear();
  if (parameter.code == "_id" && !state.id.empty()) {
    state.values.tokens.push_back({{}, state.id, {}, false, {}, true});
  } else {
    state.read(parameter, parameter.compiled.get(), state.resource, state.values);
  }
  return state.values;
}

std::size_t ValueReader::read_items(const Parameter& composite) {
  State& state = *state_;
  state.items.clear();
  if (!composite.compiled) return 0;
  state.context.set_resource(state.resource);
  const Result<fhirpath::Collection> found = composite.compiled->evaluate(state.resource, state.context);
  if (!found) return 0;
  for (const fhirpath::Value& value : *found) {
    if (value.is_node()) state.items.push_back(value.node());
  }
  return state.items.size();
}

std::span<const Values> ValueReader::read_item(const Parameter& composite, std::size_t index) {
  State& state = *state_;
  const std::size_t count = composite.components.size();
  if (state.components.size() < count) state.components.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Parameter::Component& component = composite.components[i];
    state.components[i].clear();
    state.read(*component.definition, component.compiled.get(), state.items[index], state.components[i]);
  }
  return std::span(state.components).first(count);
}

const std::vector<std::string_view>& ValueReader::texts(bool narrative_only) {
  state_->texts.clear();
  state_->collect_texts(state_->resource, narrative_only);
  return state_->texts;
}

}  // namespace meridian::search
