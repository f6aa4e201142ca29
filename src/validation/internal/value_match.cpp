#include "validation/internal/value_match.hpp"

#include <algorithm>
#include <string>

#include "base/decimal.hpp"
#include "validation/internal/primitive_format.hpp"

namespace meridian::validation::internal {

using fhir::Node;

namespace {

constexpr int kMaxDepth = 64;

bool same_value(Node a, Node b) {
  return a.has_value() == b.has_value() && a.text() == b.text();
}

bool equals_at(Node value, Node fixed, int depth) {
  if (depth > kMaxDepth || !same_value(value, fixed)) return false;
  // The same children in the same order among their equals by name; members themselves have no order.
  std::size_t counted = 0;
  for (const Node child : fixed.children()) {
    ++counted;
    std::size_t nth = 0;
    for (const Node before : fixed.children(child.name())) {
      if (before == child) break;
      ++nth;
    }
    bool found = false;
    for (const Node other : value.children(child.name())) {
      if (nth-- == 0) {
        found = equals_at(other, child, depth + 1);
        break;
      }
    }
    if (!found) return false;
  }
  std::size_t there = 0;
  for ([[maybe_unused]] const Node child : value.children()) ++there;
  return there == counted;
}

bool contains_at(Node value, Node pattern, int depth) {
  if (depth > kMaxDepth) return false;
  if (pattern.has_value() && (!value.has_value() || value.text() != pattern.text())) return false;
  for (const Node wanted : pattern.children()) {
    bool found = false;
    for (const Node child : value.children(wanted.name())) {
      if (contains_at(child, wanted, depth + 1)) {
        found = true;
        break;
      }
    }
    if (!found) return false;
  }
  return true;
}

std::optional<int> compare_numbers(std::string_view a, std::string_view b) {
  const auto x = Decimal::parse(a);
  const auto y = Decimal::parse(b);
  if (!x || !y) return std::nullopt;
  return *x < *y ? -1 : (*y < *x ? 1 : 0);
}

// Dates and times as text, down to the precision that both have; offsets must be the same to compare.
std::optional<int> compare_times(std::string_view a, std::string_view b) {
  const auto split = [](std::string_view text) {
    const std::size_t t = text.find('T');
    const std::size_t zone = t == std::string_view::npos ? std::string_view::npos : text.find_first_of("Z+-", t);
    return std::pair(text.substr(0, zone), zone == std::string_view::npos ? std::string_view() : text.substr(zone));
  };
  const auto [x, zone_x] = split(a);
  const auto [y, zone_y] = split(b);
  const std::size_t length = std::min(x.size(), y.size());
  const int order = x.substr(0, length).compare(y.substr(0, length));
  // A difference in the day is one in every zone but for the day's edge, which is left open.
  if (length > 10 && zone_x != zone_y) return std::nullopt;
  if (order != 0) return order;
  return x.size() == y.size() ? std::optional(0) : std::nullopt;
}

}  // namespace

bool equals(Node value, Node fixed) {
  return equals_at(value, fixed, 0);
}
bool contains(Node value, Node pattern) {
  return contains_at(value, pattern, 0);
}

std::optional<int> compare(Node value, Node bound) {
  if (!value || !bound || value.type() == fhir::TypeId::none) return std::nullopt;
  using fhir::Primitive;
  switch (value.schema().type(value.type()).primitive) {
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
    case Primitive::integer64:
    case Primitive::decimal:
      return compare_numbers(value.text(), bound.text());
    case Primitive::date:
    case Primitive::date_time:
    case Primitive::instant:
    case Primitive::time:
      return compare_times(value.text(), bound.text());
    case Primitive::none:
      break;
    default:
      return std::nullopt;
  }
  // A Quantity in the same unit.
  const Node number = value.child("value");
  const Node bound_number = bound.child("value");
  if (!number || !bound_number) return std::nullopt;
  for (const std::string_view name : {"system", "code"}) {
    const Node own = value.child(name);
    const Node other = bound.child(name);
    if ((own ? own.text() : "") != (other ? other.text() : "")) return std::nullopt;
  }
  return compare_numbers(number.text(), bound_number.text());
}

std::string describe(Node value) {
  if (value.has_value()) return "\"" + excerpt(value.text()) + "\"";
  std::string words;
  const auto add = [&](auto&& self, Node node, int depth) -> void {
    for (const Node child : node.children()) {
      if (words.size() > 120 || depth > 8) return;
      if (child.has_value()) {
        words.append(words.empty() ? "" : ", ").append(child.key()).append(" ").append(excerpt(child.text()));
      }
      self(self, child, depth + 1);
    }
  };
  add(add, value, 0);
  return words;
}

}  // namespace meridian::validation::internal
