// https://hl7.org/fhirpath/N1/#string-manipulation
//
// Positions count code points; what upper(), lower() and trim() know of letters: internal/letter_case.hpp.
#include <algorithm>
#include <cstring>

#include "base/trim.hpp"
#include "base/utf8.hpp"
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/letter_case.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// The input as a string; a number or date fails, as the specification has it for functions on strings.
Outcome input_string(Machine& machine, const Op& op, std::string_view& out) {
  Value value;
  Outcome outcome = machine.single_input(op, value);
  if (outcome != Outcome::yes) return outcome;
  if (machine.is_text(value, out)) return outcome;
  outcome = to_system(machine, value, op.label);
  if (outcome != Outcome::yes) return outcome;
  if (value.type() != ValueType::string) {
    return machine.failed(ErrorCode::unprocessable, std::string(op.label) + " needs a string, not " + type_name(value));
  }
  out = value.string();
  return Outcome::yes;
}

Outcome argument_string(Machine& machine, const Op& op, std::uint32_t index, std::string_view& out) {
  return machine.single_string(machine.operand(op, index), out, op.label);
}

/// Input and first argument; empty when either is.
Outcome two_strings(Machine& machine, const Op& op, std::string_view& text, std::string_view& argument) {
  const Outcome first = input_string(machine, op, text);
  if (first == Outcome::failed) return first;
  const Outcome second = argument_string(machine, op, 0, argument);
  if (second == Outcome::failed) return second;
  if (!machine.charge((text.size() + argument.size()) / 64)) return Outcome::failed;
  return first == Outcome::empty ? first : second;
}

bool push_copy(Machine& machine, std::string_view text) {
  const std::string_view kept = machine.keep(text);
  return kept.size() == text.size() && machine.push(Value::of_string(kept));
}

template <typename Test>
Outcome test_strings(Machine& machine, const Op& op, Test test) {
  std::string_view text;
  std::string_view argument;
  const Outcome outcome = two_strings(machine, op, text, argument);
  return outcome == Outcome::yes ? outcome_of(test(text, argument)) : outcome;
}

template <typename Find>
bool find_position(Machine& machine, const Op& op, Find find) {
  std::string_view text;
  std::string_view argument;
  const Outcome outcome = two_strings(machine, op, text, argument);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  const std::size_t at = find(text, argument);
  if (at == std::string_view::npos) return machine.push_integer(-1);
  return machine.push_integer(static_cast<std::int64_t>(count_code_points(text.substr(0, at))));
}

template <typename Map>
bool map_text(Machine& machine, const Op& op, Map map) {
  std::string_view text;
  const Outcome outcome = input_string(machine, op, text);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  return push_copy(machine, map(text));
}

}  // namespace

// https://hl7.org/fhirpath/N1/#indexofsubstring--string--integer
bool run_index_of(Machine& machine, const Op& op, Demand /*demand*/) {
  return find_position(machine, op, [](std::string_view text, std::string_view part) { return text.find(part); });
}

bool run_last_index_of(Machine& machine, const Op& op, Demand /*demand*/) {
  return find_position(machine, op, [](std::string_view text, std::string_view part) { return text.rfind(part); });
}

// https://hl7.org/fhirpath/N1/#substringstart--integer--length--integer--string
bool run_substring(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  const Outcome outcome = input_string(machine, op, text);
  if (outcome == Outcome::failed) return false;
  std::int64_t start = 0;
  const Outcome has_start = machine.single_integer(machine.operand(op, 0), start, op.label);
  if (has_start == Outcome::failed) return false;
  if (outcome == Outcome::empty || has_start == Outcome::empty) return true;
  // 1. A start outside of the string: empty.
  if (start < 0 || static_cast<std::uint64_t>(start) >= text.size()) return true;
  const std::size_t begin = offset_of_code_point(text, static_cast<std::size_t>(start));
  if (begin >= text.size()) return true;
  std::string_view rest = text.substr(begin);
  // 2. The length, when it is given; one that is empty counts as not given.
  if (op.count > 1) {
    std::int64_t length = 0;
    const Outcome has_length = machine.single_integer(machine.operand(op, 1), length, op.label);
    if (has_length == Outcome::failed) return false;
    if (has_length == Outcome::yes) {
      rest = length <= 0 ? std::string_view()
                         : rest.substr(0, offset_of_code_point(rest, static_cast<std::size_t>(length)));
    }
  }
  return machine.push(Value::of_string(rest));
}

Outcome decide_starts_with(Machine& machine, const Op& op) {
  return test_strings(machine, op, [](std::string_view text, std::string_view part) { return text.starts_with(part); });
}
Outcome decide_ends_with(Machine& machine, const Op& op) {
  return test_strings(machine, op, [](std::string_view text, std::string_view part) { return text.ends_with(part); });
}
Outcome decide_contains_text(Machine& machine, const Op& op) {
  return test_strings(machine, op, [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool run_upper(Machine& machine, const Op& op, Demand /*demand*/) {
  return map_text(machine, op, [](std::string_view text) { return upper_case(text); });
}
bool run_lower(Machine& machine, const Op& op, Demand /*demand*/) {
  return map_text(machine, op, [](std::string_view text) { return lower_case(text); });
}

// https://hl7.org/fhirpath/N1/#replacepattern--string-substitution--string--string
bool run_replace(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  std::string_view pattern;
  std::string_view substitution;
  const Outcome both = two_strings(machine, op, text, pattern);
  if (both == Outcome::failed) return false;
  const Outcome third = argument_string(machine, op, 1, substitution);
  if (third == Outcome::failed) return false;
  if (both == Outcome::empty || third == Outcome::empty) return true;
  // The size first, so that the limit speaks before the memory is taken.
  std::size_t matches = 0;
  if (pattern.empty()) {
    matches = count_code_points(text) + 1;
  } else {
    for (std::size_t at = text.find(pattern); at != std::string_view::npos;
         at = text.find(pattern, at + pattern.size()))
      ++matches;
  }
  const std::size_t size = text.size() - matches * pattern.size() + matches * substitution.size();
  char* const out = machine.take_text(size);
  if (out == nullptr) return false;
  char* to = out;
  auto append = [&to](std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  };
  if (pattern.empty()) {
    // An empty pattern stands before each character and at the end.
    append(substitution);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      next_code_point(text, at);
      append(text.substr(begin, at - begin));
      append(substitution);
    }
  } else {
    std::size_t from = 0;
    for (std::size_t at = text.find(pattern); at != std::string_view::npos; at = text.find(pattern, from)) {
      append(text.substr(from, at - from));
      append(substitution);
      from = at + pattern.size();
    }
    append(text.substr(from));
  }
  return machine.push(Value::of_string({out, static_cast<std::size_t>(to - out)}));
}

// https://hl7.org/fhirpath/N1/#length--integer
bool run_length(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  const Outcome outcome = input_string(machine, op, text);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  return machine.charge(text.size() / 64) && machine.push_integer(static_cast<std::int64_t>(count_code_points(text)));
}

// https://hl7.org/fhirpath/N1/#tochars--collection
bool run_to_chars(Machine& machine, const Op& op, Demand demand) {
  std::string_view text;
  const Outcome outcome = input_string(machine, op, text);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  Demand given = 0;
  for (std::size_t at = 0; at < text.size() && given < demand; ++given) {
    if (!machine.charge(1)) return false;
    const std::size_t begin = at;
    next_code_point(text, at);
    machine.push(Value::of_string(text.substr(begin, at - begin)));
  }
  return true;
}

bool run_trim(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  const Outcome outcome = input_string(machine, op, text);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  return machine.push(Value::of_string(trimmed(text, " \t\r\n\f\v")));
}

bool run_split(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  std::string_view separator;
  const Outcome outcome = two_strings(machine, op, text, separator);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (separator.empty()) return run_to_chars(machine, op, kAll);
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator, from)) {
    if (!machine.charge(1)) return false;
    machine.push(Value::of_string(text.substr(from, at - from)));
    from = at + separator.size();
  }
  return machine.push(Value::of_string(text.substr(from)));
}

bool run_join(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  std::string_view separator;
  if (op.count > 0 && argument_string(machine, op, 0, separator) == Outcome::failed) return false;
  const std::uint32_t end = stack.size();
  if (end == base) return true;
  std::size_t size = 0;
  for (std::uint32_t i = base; i < end; ++i) {
    std::string_view part;
    if (!machine.is_text(stack[i], part)) {
      Value item = stack[i];
      if (to_system(machine, item, op.label) == Outcome::failed) return false;
      if (!item.is_node() && item.type() != ValueType::string) {
        return machine.fail(ErrorCode::unprocessable, "join() needs strings, not " + type_name(item));
      }
      if (!item.is_node()) part = item.string();
    }
    stack[i] = Value::of_string(part);
    size += part.size() + (i > base ? separator.size() : 0);
    if (!machine.charge(1)) return false;
  }
  char* const out = machine.take_text(size);
  if (out == nullptr) return false;
  char* to = out;
  auto append = [&to](std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  };
  for (std::uint32_t i = base; i < end; ++i) {
    if (i > base) append(separator);
    append(stack[i].string());
  }
  stack.shrink(base);
  return machine.push(Value::of_string({out, size}));
}

}  // namespace meridian::fhirpath::internal
