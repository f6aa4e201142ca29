#include "fhirpath/internal/compare.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/quantities.hpp"

namespace meridian::fhirpath::internal {

namespace {

Order order_of(std::strong_ordering order) {
  if (order == std::strong_ordering::equal) return Order::equal;
  return order == std::strong_ordering::less ? Order::less : Order::greater;
}
Order order_of(std::optional<std::strong_ordering> order) {
  return order ? order_of(*order) : Order::unknown;
}
bool is_date_like(const Value& value) {
  return value.type() == ValueType::date || value.type() == ValueType::date_time;
}

Order compare_dates(const Value& a, const Value& b) {
  if (a.type() == ValueType::date && b.type() == ValueType::date) return order_of(compare(a.date(), b.date()));
  return order_of(compare(*to_date_time(a), *to_date_time(b)));
}

/// A number beside a quantity is a quantity without unit.
bool as_quantities(const Value& a, const Value& b, Quantity& quantity_a, Quantity& quantity_b) {
  if (a.type() != ValueType::quantity && b.type() != ValueType::quantity) return false;
  auto take = [](const Value& value, Quantity& out) {
    if (value.type() == ValueType::quantity) {
      out = value.quantity();
    } else if (is_number(value)) {
      out = {number_of(value), "1", false};
    } else {
      return false;
    }
    return true;
  };
  return take(a, quantity_a) && take(b, quantity_b);
}

Outcome equal_system(const Value& a, const Value& b) {
  if (is_integer(a) && is_integer(b)) return outcome_of(a.integer() == b.integer());
  if (is_number(a) && is_number(b)) return outcome_of(number_of(a) == number_of(b));
  Quantity quantity_a;
  Quantity quantity_b;
  if (as_quantities(a, b, quantity_a, quantity_b)) {
    Decimal value_a;
    Decimal value_b;
    switch (in_common_unit(quantity_a, quantity_b, false, value_a, value_b)) {
      case Units::same:
        return outcome_of(value_a == value_b);
      default:
        return Outcome::empty;
    }
  }
  if (is_date_like(a) && is_date_like(b)) {
    const Order order = compare_dates(a, b);
    return order == Order::unknown ? Outcome::empty : outcome_of(order == Order::equal);
  }
  if (a.type() != b.type()) return Outcome::no;
  switch (a.type()) {
    case ValueType::boolean:
      return outcome_of(a.boolean() == b.boolean());
    case ValueType::string:
      return outcome_of(a.string() == b.string());
    case ValueType::time: {
      const Order order = order_of(compare(a.time(), b.time()));
      return order == Order::unknown ? Outcome::empty : outcome_of(order == Order::equal);
    }
    case ValueType::type_info:
      return outcome_of(a.type_info().space == b.type_info().space && a.type_info().name == b.type_info().name);
    default:
      return Outcome::no;
  }
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Letter case and runs of white space do not count. ASCII letters only; see docs/spec-clarifications.d/fhirpath.md.
bool equivalent_texts(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  auto next = [](std::string_view text, std::size_t& at) -> int {
    if (at >= text.size()) return -1;
    char c = text[at++];
    if (is_space(c)) {
      while (at < text.size() && is_space(text[at])) ++at;
      return ' ';
    }
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return static_cast<unsigned char>(c);
  };
  for (;;) {
    const int left = next(a, i);
    const int right = next(b, j);
    if (left != right) return false;
    if (left < 0) return true;
  }
}

/// Decimals are equivalent when they agree after rounding to the precision of the less precise.
bool equivalent_numbers(const Decimal& a, const Decimal& b) {
  const int places = std::min(a.normalized().scale(), b.normalized().scale());
  return a.rounded(places) == b.rounded(places);
}

bool same_precision(const Value& a, const Value& b) {
  auto precision = [](const Value& value) {
    switch (value.type()) {
      case ValueType::date:
        return value.date().precision();
      case ValueType::date_time:
        return value.date_time().precision();
      default:
        return value.time().precision();
    }
  };
  return std::min(precision(a), Precision::second) == std::min(precision(b), Precision::second);
}

Outcome equivalent_system(const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) {
    if (is_integer(a) && is_integer(b)) return outcome_of(a.integer() == b.integer());
    return outcome_of(equivalent_numbers(number_of(a), number_of(b)));
  }
  Quantity quantity_a;
  Quantity quantity_b;
  if (as_quantities(a, b, quantity_a, quantity_b)) {
    Decimal value_a;
    Decimal value_b;
    if (in_common_unit(quantity_a, quantity_b, true, value_a, value_b) != Units::same) return Outcome::no;
    return outcome_of(equivalent_numbers(value_a, value_b));
  }
  if (is_date_like(a) && is_date_like(b)) {
    const bool same = a.type() == b.type() || same_precision(a, b);
    return outcome_of(same && compare_dates(a, b) == Order::equal && same_precision(a, b));
  }
  if (a.type() != b.type()) return Outcome::no;
  if (a.type() == ValueType::string) return outcome_of(equivalent_texts(a.string(), b.string()));
  const Outcome outcome = equal_system(a, b);
  return outcome == Outcome::empty ? Outcome::no : outcome;
}

Outcome compare_nodes(Machine& machine, fhir::Node a, fhir::Node b, bool equivalence);

Outcome compare_children_in_order(Machine& machine, fhir::Node a, fhir::Node b) {
  // Members may stand in any order; items of one element may not.
  std::size_t count_a = 0;
  for (const fhir::Node child : a.children()) {
    if (!machine.charge(1)) return Outcome::failed;
    ++count_a;
    // The n-th of its name here against the n-th of that name there.
    std::size_t nth = 0;
    for (const fhir::Node sibling : a.children(child.name())) {
      if (sibling == child) break;
      if (sibling.name() == child.name()) ++nth;
    }
    fhir::Node other;
    for (const fhir::Node candidate : b.children(child.name())) {
      if (!machine.charge(1)) return Outcome::failed;
      if (candidate.name() != child.name()) continue;
      if (child.name() == fhir::NameId::none && candidate.key() != child.key()) continue;
      if (child.name() == fhir::NameId::none || nth-- == 0) {
        other = candidate;
        break;
      }
    }
    if (!other) return Outcome::no;
    const Outcome outcome = compare_nodes(machine, child, other, false);
    if (outcome != Outcome::yes) return outcome;
  }
  std::size_t count_b = 0;
  for (const fhir::Node child : b.children()) {
    static_cast<void>(child);
    ++count_b;
  }
  return outcome_of(count_a == count_b);
}

Outcome compare_children_in_any_order(Machine& machine, fhir::Node a, fhir::Node b) {
  std::vector<fhir::Node> rest;
  for (const fhir::Node child : b.children()) rest.push_back(child);
  for (const fhir::Node child : a.children()) {
    bool found = false;
    for (std::size_t i = 0; i < rest.size() && !found; ++i) {
      if (!machine.charge(1)) return Outcome::failed;
      if (rest[i].name() != child.name()) continue;
      if (child.name() == fhir::NameId::none && rest[i].key() != child.key()) continue;
      const Outcome outcome = compare_nodes(machine, child, rest[i], true);
      if (outcome == Outcome::failed) return outcome;
      if (outcome == Outcome::yes) {
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        found = true;
      }
    }
    if (!found) return Outcome::no;
  }
  return outcome_of(rest.empty());
}

// https://hl7.org/fhirpath/N1/#equals: "for complex types, equality requires all child properties to be equal,
// recursively". The depth is that of the documents, which the parser bounds.
Outcome compare_nodes(Machine& machine, fhir::Node a, fhir::Node b, bool equivalence) {
  if (!machine.charge(1)) return Outcome::failed;
  if (a == b) return Outcome::yes;
  if (a.has_value() != b.has_value()) return Outcome::no;
  if (a.has_value()) {
    Value value_a(a);
    Value value_b(b);
    if (try_to_system(machine, value_a) == Outcome::yes && try_to_system(machine, value_b) == Outcome::yes &&
        !value_a.is_node() && !value_b.is_node()) {
      const Outcome outcome = equivalence ? equivalent_system(value_a, value_b) : equal_system(value_a, value_b);
      if (outcome != Outcome::yes) return outcome;
    } else if (a.text() != b.text()) {
      return Outcome::no;
    }
  }
  if (!a.has_children() && !b.has_children()) return Outcome::yes;
  return equivalence ? compare_children_in_any_order(machine, a, b) : compare_children_in_order(machine, a, b);
}

bool is_complex(Machine& machine, fhir::Node node) {
  return node.type() != fhir::TypeId::none && machine.schema().type(node.type()).primitive == fhir::Primitive::none;
}

}  // namespace

Outcome equal(Machine& machine, const Value& a, const Value& b) {
  std::string_view text_a;
  std::string_view text_b;
  if (machine.is_text(a, text_a) && machine.is_text(b, text_b)) return outcome_of(text_a == text_b);
  if (a.is_node() && b.is_node() && is_complex(machine, a.node()) && is_complex(machine, b.node())) {
    return compare_nodes(machine, a.node(), b.node(), false);
  }
  Value left = a;
  Value right = b;
  const Outcome converted_left = try_to_system(machine, left);
  const Outcome converted_right = try_to_system(machine, right);
  if (converted_left == Outcome::empty || converted_right == Outcome::empty) {
    // A primitive without value equals only its like.
    if (a.is_node() && b.is_node()) return compare_nodes(machine, a.node(), b.node(), false);
    return Outcome::no;
  }
  if (left.is_node() || right.is_node()) return Outcome::no;
  return equal_system(left, right);
}

Outcome equivalent(Machine& machine, const Value& a, const Value& b) {
  if (a.is_node() && b.is_node() && is_complex(machine, a.node()) && is_complex(machine, b.node())) {
    return compare_nodes(machine, a.node(), b.node(), true);
  }
  Value left = a;
  Value right = b;
  const Outcome converted_left = try_to_system(machine, left);
  const Outcome converted_right = try_to_system(machine, right);
  if (converted_left == Outcome::empty || converted_right == Outcome::empty) {
    if (a.is_node() && b.is_node()) return compare_nodes(machine, a.node(), b.node(), true);
    return Outcome::no;
  }
  if (left.is_node() || right.is_node()) return Outcome::no;
  return equivalent_system(left, right);
}

Order compare_values(Machine& machine, const Value& a, const Value& b, std::string_view what) {
  Value left = a;
  Value right = b;
  for (Value* value : {&left, &right}) {
    const Outcome outcome = to_system(machine, *value, what);
    if (outcome == Outcome::failed) return Order::failed;
    if (outcome == Outcome::empty) return Order::unknown;
  }
  if (is_integer(left) && is_integer(right)) return order_of(left.integer() <=> right.integer());
  if (is_number(left) && is_number(right)) return order_of(number_of(left) <=> number_of(right));
  if (left.type() == ValueType::string && right.type() == ValueType::string) {
    return order_of(left.string().compare(right.string()) <=> 0);
  }
  if (is_date_like(left) && is_date_like(right)) return compare_dates(left, right);
  if (left.type() == ValueType::time && right.type() == ValueType::time)
    return order_of(compare(left.time(), right.time()));
  Quantity quantity_a;
  Quantity quantity_b;
  if (as_quantities(left, right, quantity_a, quantity_b)) {
    Decimal value_a;
    Decimal value_b;
    if (in_common_unit(quantity_a, quantity_b, false, value_a, value_b) != Units::same) return Order::unknown;
    return order_of(value_a <=> value_b);
  }
  machine.fail(ErrorCode::unprocessable,
               std::string(what) + " cannot compare " + type_name(left) + " with " + type_name(right));
  return Order::failed;
}

std::uint64_t hash_of(Machine& machine, const Value& value) {
  const std::hash<std::string_view> of_text;
  Value system = value;
  if (try_to_system(machine, system) != Outcome::yes || system.is_node()) {
    // Complex nodes: their primitive texts, each hashed alone and added, since members may stand in any order.
    if (!value.is_node()) return 0;
    std::uint64_t sum = 1;
    for (const fhir::Node child : value.node().children()) {
      if (!machine.charge(1)) return 0;
      sum += (static_cast<std::uint64_t>(child.name()) + 1) * 0x9E3779B97F4A7C15ULL;
      if (child.value_kind() == fhir::ValueKind::string) {
        const ValueType type = child.type() == fhir::TypeId::none
                                   ? ValueType::none
                                   : system_type_of(machine.schema().type(child.type()).primitive);
        if (type == ValueType::string) sum += of_text(child.text());
      }
    }
    return sum;
  }
  switch (system.type()) {
    case ValueType::string:
      return of_text(system.string());
    case ValueType::boolean:
      return system.boolean() ? 2 : 3;
    case ValueType::integer:
    case ValueType::long_integer:
    case ValueType::decimal:
      return number_of(system).hash();
    case ValueType::type_info:
      return of_text(system.type_info().name);
    default:
      return static_cast<std::uint64_t>(ValueType::quantity);
  }
}

}  // namespace meridian::fhirpath::internal
