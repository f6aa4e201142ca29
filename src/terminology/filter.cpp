#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "terminology/value_set.hpp"

// Filters of value sets, on the codes of one system. Specification:
// https://hl7.org/fhir/R4/valueset-filter-operator.html

namespace meridian::terminology {
namespace {

bool is_concept(std::string_view property) {
  return property.empty() || property == "concept" || property == "code";
}

std::vector<std::string_view> listed(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

/// A Coding's value is also met by its code alone.
bool is_value(const Property& property, std::string_view wanted) {
  if (property.value == wanted) return true;
  if (property.type != ValueType::coding) return false;
  const std::size_t bar = property.value.rfind('|');
  return bar != std::string_view::npos && property.value.substr(bar + 1) == wanted;
}

/// Whether one of a code's values of the property satisfies `test`; those that are part of every code have it too.
template <typename Test>
bool some_value(const CodeSystem& system, CodeNumber number, std::string_view property, Test test) {
  const auto plain = [&](std::string_view value) { return test(Property{property, ValueType::string, value}); };
  if (is_concept(property)) return plain(system.code(number));
  if (property == "display") return plain(system.display(number));
  if (property == "definition") return !system.definition(number).empty() && plain(system.definition(number));
  for (std::size_t at = 0; at < system.property_count(number); ++at) {
    const Property own = system.property(number, at);
    if (own.name == property && test(own)) return true;
  }
  if (property == "inactive") return plain(system.is_active(number) ? "false" : "true");
  if (property == "notSelectable" || property == "abstract")
    return plain(system.is_abstract(number) ? "true" : "false");
  const bool is_up = property == "parent";
  if (is_up || property == "child") {
    const std::span<const CodeNumber> near = is_up ? system.parents(number) : system.children(number);
    return std::ranges::any_of(near, [&](CodeNumber other) { return plain(system.code(other)); });
  }
  return false;
}

template <typename Test>
Ranges chosen(const CodeSystem& system, Test test) {
  Ranges passed;
  for (CodeNumber number = 0; number < system.size(); ++number) {
    if (test(number)) passed.append(number);
  }
  return passed;
}

bool by_hierarchy(const CodeSystem& system, const Filter& filter, Ranges& passed) {
  const bool is_known = filter.op == "is-a" || filter.op == "descendent-of" || filter.op == "is-not-a" ||
                        filter.op == "generalizes" || filter.op == "child-of" || filter.op == "descendent-leaf";
  if (!is_known) return false;
  const auto number = system.find(filter.value);
  if (!number) {
    // Nothing is below a code that is not there; which are not, nobody knows where codes are missing.
    const bool is_complete = system.about().content == Content::complete;
    if (filter.op == "is-not-a") passed = Ranges::all(system.size());
    return is_complete;
  }
  const Ranges below(system.below(*number));
  const Ranges self = Ranges::of({*number});
  if (filter.op == "is-a") passed = below;
  if (filter.op == "descendent-of") passed = below.without(self);
  if (filter.op == "is-not-a") passed = Ranges::all(system.size()).without(below);
  if (filter.op == "generalizes") passed = system.above(*number);
  if (filter.op == "child-of") {
    const std::span<const CodeNumber> children = system.children(*number);
    passed = Ranges::of({children.begin(), children.end()});
  }
  if (filter.op == "descendent-leaf") {
    for (const Run run : below.without(self).runs()) {
      for (CodeNumber at = run.begin; at < run.end; ++at) {
        if (system.children(at).empty()) passed.append(at);
      }
    }
  }
  return true;
}

}  // namespace

bool apply_filter(const CodeSystem& system, const Filter& filter, Ranges& passed) {
  const std::string_view name = filter.property;
  if (is_concept(name) || name == "parent" || name == "subsumedBy") {
    if (by_hierarchy(system, filter, passed)) return true;
  }
  const bool is_part_of_all = is_concept(name) || name == "display" || name == "definition" || name == "inactive" ||
                              name == "notSelectable" || name == "abstract" || name == "parent" || name == "child";
  // A property that no code of the system has is not one that can be told apart from a misspelt one.
  if (!is_part_of_all && !system.has_property(name)) return false;

  if (filter.op == "=") {
    if (is_concept(name)) {
      if (const auto number = system.find(filter.value)) passed.append(*number);
      return true;
    }
    passed = chosen(system, [&](CodeNumber number) {
      return some_value(system, number, name, [&](const Property& own) { return is_value(own, filter.value); });
    });
    return true;
  }
  if (filter.op == "in" || filter.op == "not-in") {
    const std::vector<std::string_view> values = listed(filter.value);
    if (is_concept(name)) {
      std::vector<std::uint32_t> numbers;
      for (const std::string_view value : values) {
        if (const auto number = system.find(value)) numbers.push_back(*number);
      }
      passed = Ranges::of(std::move(numbers));
    } else {
      passed = chosen(system, [&](CodeNumber number) {
        return some_value(system, number, name, [&](const Property& own) {
          return std::ranges::any_of(values, [&](std::string_view value) { return is_value(own, value); });
        });
      });
    }
    if (filter.op == "not-in") passed = Ranges::all(system.size()).without(passed);
    return true;
  }
  if (filter.op == "exists") {
    if (filter.value != "true" && filter.value != "false") return false;
    passed = chosen(system, [&](CodeNumber number) {
      const bool exists = some_value(system, number, name, [](const Property&) { return true; });
      return exists == (filter.value == "true");
    });
    return true;
  }
  if (filter.op == "regex") {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    const re2::RE2 pattern(filter.value, options);
    if (!pattern.ok()) return false;
    passed = chosen(system, [&](CodeNumber number) {
      return some_value(system, number, name,
                        [&](const Property& own) { return re2::RE2::FullMatch(own.value, pattern); });
    });
    return true;
  }
  return false;
}

}  // namespace meridian::terminology
