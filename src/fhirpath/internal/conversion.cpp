#include "fhirpath/internal/conversion.hpp"

#include <charconv>
#include <limits>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/text.hpp"
#include "units/calendar.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <typename T>
std::optional<T> ok(Result<T> result) {
  if (!result) return std::nullopt;
  return std::move(*result);
}

/// (+|-)?\d+(\.\d+)? — what the specification accepts as a number in a string.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t first = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == first) return 0;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  return at;
}

std::optional<Decimal> decimal_of_text(std::string_view text) {
  if (text.empty() || number_length(text) != text.size()) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  while (text.size() > 1 && text[0] == '0' && is_digit(text[1])) text.remove_prefix(1);
  if (text.size() > 2 && text[0] == '-' && text[1] == '0' && is_digit(text[2])) {
    std::string plain(text.substr(1));
    plain.erase(0, std::min(plain.find_first_not_of('0'), plain.size() - 1));
    if (!is_digit(plain.front())) plain.insert(0, "0");
    return ok(Decimal::parse("-" + plain));
  }
  return ok(Decimal::parse(text));
}

std::optional<std::int64_t> integer_of_text(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// https://hl7.org/fhir/R4/fhirpath.html#quantity: UCUM's units of time above the second stand for calendar durations.
Quantity quantity_of_unit(const Decimal& value, std::string_view system, std::string_view code, std::string_view unit) {
  if (system == "http://unitsofmeasure.org" && !code.empty()) {
    const std::optional<units::CalendarUnit> calendar = units::calendar_unit_of_ucum(code);
    if (calendar && !units::definite(*calendar)) return {value, units::word(*calendar), true};
    return {value, code, false};
  }
  if (!code.empty()) return {value, code, false};
  return {value, unit.empty() ? std::string_view("1") : unit, false};
}

Outcome quantity_of_node(Machine& machine, fhir::Node node, Value& out) {
  // A comparator such as `<` means that the number is not the value.
  if (node.child("comparator")) return Outcome::empty;
  const fhir::Node number = node.child("value");
  if (!number || !number.has_value()) return Outcome::empty;
  const std::optional<Decimal> value = ok(Decimal::parse(number.text()));
  if (!value) return Outcome::empty;
  auto text_of = [&node](std::string_view name) {
    const fhir::Node child = node.child(name);
    return child ? child.text() : std::string_view();
  };
  out = Value::of_quantity(machine.keep(quantity_of_unit(*value, text_of("system"), text_of("code"), text_of("unit"))));
  return Outcome::yes;
}

Outcome primitive_of_node(fhir::Node node, ValueType type, Value& out) {
  const std::string_view text = node.text();
  switch (type) {
    case ValueType::boolean:
      if (text != "true" && text != "false") return Outcome::empty;
      out = Value::of_boolean(text == "true");
      return Outcome::yes;
    case ValueType::integer:
    case ValueType::long_integer: {
      const std::optional<std::int64_t> number = integer_of_text(text);
      if (!number) return Outcome::empty;
      const bool fits =
          *number >= std::numeric_limits<std::int32_t>::min() && *number <= std::numeric_limits<std::int32_t>::max();
      out = type == ValueType::integer && fits ? Value::of_integer(static_cast<std::int32_t>(*number))
                                               : Value::of_long(*number);
      return Outcome::yes;
    }
    case ValueType::decimal: {
      const std::optional<Decimal> number = ok(Decimal::parse(text));
      if (!number) return Outcome::empty;
      out = Value::of_decimal(*number);
      return Outcome::yes;
    }
    case ValueType::date: {
      const std::optional<Date> date = ok(Date::parse(text));
      if (!date) return Outcome::empty;
      out = Value::of_date(*date);
      return Outcome::yes;
    }
    case ValueType::date_time: {
      const std::optional<DateTime> date_time = ok(DateTime::parse(text));
      if (!date_time) return Outcome::empty;
      out = Value::of_date_time(*date_time);
      return Outcome::yes;
    }
    case ValueType::time: {
      const std::optional<Time> time = ok(Time::parse(text));
      if (!time) return Outcome::empty;
      out = Value::of_time(*time);
      return Outcome::yes;
    }
    default:
      out = Value::of_string(text);
      return Outcome::yes;
  }
}

}  // namespace

Outcome try_to_system(Machine& machine, Value& value) {
  if (!value.is_node()) return Outcome::yes;
  const fhir::Node node = value.node();
  if (node.type() == fhir::TypeId::none) {
    // A member that the schema does not know is what its JSON is.
    switch (node.value_kind()) {
      case fhir::ValueKind::string:
        value = Value::of_string(node.text());
        return Outcome::yes;
      case fhir::ValueKind::boolean:
        return primitive_of_node(node, ValueType::boolean, value);
      case fhir::ValueKind::number:
        return primitive_of_node(node, ValueType::decimal, value);
      default:
        return Outcome::no;
    }
  }
  const ValueType system = machine.plan().system_types[static_cast<std::size_t>(node.type())];
  if (system != ValueType::none) {
    if (!node.has_value()) return Outcome::empty;
    if (system != ValueType::string) return primitive_of_node(node, system, value);
    value = Value::of_string(node.text());
    return Outcome::yes;
  }
  const fhir::TypeId quantity = machine.plan().quantity_type;
  if (node.type() == quantity || machine.schema().type(node.type()).base == quantity)
    return quantity_of_node(machine, node, value);
  return Outcome::no;
}

Outcome to_system(Machine& machine, Value& value, std::string_view what) {
  if (!value.is_node()) return Outcome::yes;
  const Outcome outcome = try_to_system(machine, value);
  if (outcome != Outcome::no) return outcome;
  return machine.failed(ErrorCode::unprocessable, std::string(what) + " cannot be applied to " + type_name(value));
}

std::string to_text(const Value& value) {
  switch (value.type()) {
    case ValueType::boolean:
      return value.boolean() ? "true" : "false";
    case ValueType::integer:
    case ValueType::long_integer:
      return std::to_string(value.integer());
    case ValueType::decimal:
      return value.decimal().to_string();
    case ValueType::string:
      return std::string(value.string());
    case ValueType::date:
      return value.date().to_string();
    case ValueType::date_time:
      return value.date_time().to_string();
    case ValueType::time:
      return value.time().to_string();
    case ValueType::quantity: {
      const Quantity& quantity = value.quantity();
      std::string text = quantity.value.to_string() + " ";
      if (quantity.is_calendar) return text.append(quantity.unit);
      return text.append("'").append(quantity.unit).append("'");
    }
    case ValueType::type_info:
      return std::string(value.type_info().space).append(".").append(value.type_info().name);
    default:
      return {};
  }
}

// https://hl7.org/fhirpath/N1/#toboolean--boolean
std::optional<bool> to_boolean(const Value& value) {
  if (value.type() == ValueType::boolean) return value.boolean();
  if (is_number(value)) {
    const Decimal number = number_of(value);
    if (number == Decimal(1)) return true;
    if (number.is_zero()) return false;
    return std::nullopt;
  }
  if (value.type() != ValueType::string || value.string().size() > 5) return std::nullopt;
  const std::string text = lower_ascii(value.string());
  for (const std::string_view word : {"true", "t", "yes", "y", "1", "1.0"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"false", "f", "no", "n", "0", "0.0"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

// https://hl7.org/fhirpath/N1/#tointeger--integer
std::optional<std::int32_t> to_integer(const Value& value) {
  const std::optional<std::int64_t> number = to_long(value);
  if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*number);
}

std::optional<std::int64_t> to_long(const Value& value) {
  if (is_integer(value)) return value.integer();
  if (value.type() == ValueType::boolean) return value.boolean() ? 1 : 0;
  if (value.type() == ValueType::string) return integer_of_text(value.string());
  return std::nullopt;
}

std::optional<Decimal> to_decimal(const Value& value) {
  if (is_number(value)) return number_of(value);
  if (value.type() == ValueType::boolean) return ok(Decimal::make(value.boolean() ? 10 : 0, 1));
  if (value.type() == ValueType::string) return decimal_of_text(value.string());
  return std::nullopt;
}

std::optional<Date> to_date(const Value& value) {
  if (value.type() == ValueType::date) return value.date();
  if (value.type() == ValueType::date_time) return value.date_time().date();
  if (value.type() != ValueType::string) return std::nullopt;
  if (std::optional<Date> date = ok(Date::parse(value.string()))) return date;
  const std::optional<DateTime> date_time = ok(DateTime::parse(value.string()));
  if (!date_time) return std::nullopt;
  return date_time->date();
}

std::optional<DateTime> to_date_time(const Value& value) {
  if (value.type() == ValueType::date_time) return value.date_time();
  if (value.type() == ValueType::date) return DateTime(value.date());
  if (value.type() == ValueType::string) return ok(DateTime::parse(value.string()));
  return std::nullopt;
}

std::optional<Time> to_time(const Value& value) {
  if (value.type() == ValueType::time) return value.time();
  if (value.type() == ValueType::string) {
    std::string_view text = value.string();
    if (!text.empty() && text.front() == 'T') text.remove_prefix(1);
    return ok(Time::parse(text));
  }
  return std::nullopt;
}

// https://hl7.org/fhirpath/N1/#toquantityunit--string--quantity:
// (?'value'(\+|-)?\d+(\.\d+)?)\s*('(?'unit'[^']+)'|(?'time'[a-zA-Z]+))?
std::optional<Quantity> to_quantity(const Value& value) {
  if (value.type() == ValueType::quantity) return value.quantity();
  if (value.type() == ValueType::boolean || is_number(value)) return Quantity{*to_decimal(value), "1", false};
  if (value.type() != ValueType::string) return std::nullopt;
  std::string_view text = value.string();
  const std::size_t length = number_length(text);
  if (length == 0) return std::nullopt;
  const std::optional<Decimal> number = decimal_of_text(text.substr(0, length));
  if (!number) return std::nullopt;
  text.remove_prefix(length);
  while (!text.empty() &&
         (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.front() == '\r')) {
    text.remove_prefix(1);
  }
  if (text.empty()) return Quantity{*number, "1", false};
  if (text.size() > 2 && text.front() == '\'' && text.find('\'', 1) == text.size() - 1) {
    return Quantity{*number, text.substr(1, text.size() - 2), false};
  }
  if (is_calendar_word(text)) return Quantity{*number, text, true};
  return std::nullopt;
}

}  // namespace meridian::fhirpath::internal
