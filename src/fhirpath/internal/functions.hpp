// The one table of functions: it makes the parser's checks, static types, evaluation and docs/conformance/fhirpath.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fhirpath/internal/plan.hpp"

namespace meridian::fhirpath::internal {

/// How an argument is evaluated.
enum class Takes : std::uint8_t {
  value,      // once, where the function stands
  item,       // for each item of the input, which is $this
  total,      // the same, with $total
  condition,  // as `item`, and it must be a condition
  lazy,       // once at most, and only when needed (iif)
  type,       // not evaluated: the name of a type
  name,       // not evaluated: a string literal
};

/// The static type of the result.
enum class Gives : std::uint8_t {
  boolean,
  integer,
  long_integer,
  decimal,
  string,
  strings,
  date,
  date_time,
  time,
  quantity,
  type_info,
  input,         // the items of the input, or some of them
  one_of_input,  // at most one of them
  number,        // a single number or quantity, as the input
  argument,      // what the first argument gives, for each item
  anything,
  special,  // the compiler knows: iif, ofType, as, children …
};

enum class State : std::uint8_t { normative, trial, fhir, build, unsupported };

struct Function {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
  SystemTypes input;     ///< what the input must be usable as; 0: anything
  bool is_single_input;  ///< more than one item is an error
  bool needs_order;      ///< the result depends on the order of the input
  Takes takes[3];
  Gives gives;
  Run run;
  Decide decide;
  State state;
  std::string_view chapter;  ///< of the specification
  std::string_view note;
};

std::span<const Function> functions();
const Function* find_function(std::string_view name);

}  // namespace meridian::fhirpath::internal
