// Every operation that a plan can name. Grouped as the specification is; each group has its file.
#pragma once

#include "fhirpath/internal/plan.hpp"

namespace meridian::fhirpath::internal {

#define MERIDIAN_FHIRPATH_RUN(name) bool run_##name(Machine& machine, const Op& op, Demand demand);
#define MERIDIAN_FHIRPATH_DECIDE(name) Outcome decide_##name(Machine& machine, const Op& op);

// terms.cpp: literals, variables, $this
MERIDIAN_FHIRPATH_RUN(constant)
MERIDIAN_FHIRPATH_DECIDE(constant)
MERIDIAN_FHIRPATH_RUN(nothing)
MERIDIAN_FHIRPATH_RUN(this_item)
MERIDIAN_FHIRPATH_RUN(index)
MERIDIAN_FHIRPATH_RUN(total)
MERIDIAN_FHIRPATH_RUN(slot)
MERIDIAN_FHIRPATH_RUN(variable)
MERIDIAN_FHIRPATH_RUN(resource)
MERIDIAN_FHIRPATH_RUN(root_resource)
MERIDIAN_FHIRPATH_RUN(context_item)
MERIDIAN_FHIRPATH_RUN(memo)
MERIDIAN_FHIRPATH_DECIDE(memo)

// paths.cpp
MERIDIAN_FHIRPATH_RUN(path)
MERIDIAN_FHIRPATH_RUN(indexer)
MERIDIAN_FHIRPATH_RUN(root_filter)

// operators_*.cpp
MERIDIAN_FHIRPATH_DECIDE(equal)
MERIDIAN_FHIRPATH_DECIDE(not_equal)
MERIDIAN_FHIRPATH_DECIDE(equivalent)
MERIDIAN_FHIRPATH_DECIDE(not_equivalent)
MERIDIAN_FHIRPATH_DECIDE(path_equals_text)
MERIDIAN_FHIRPATH_DECIDE(less)
MERIDIAN_FHIRPATH_DECIDE(less_or_equal)
MERIDIAN_FHIRPATH_DECIDE(greater)
MERIDIAN_FHIRPATH_DECIDE(greater_or_equal)
MERIDIAN_FHIRPATH_DECIDE(and)
MERIDIAN_FHIRPATH_DECIDE(or)
MERIDIAN_FHIRPATH_DECIDE(xor)
MERIDIAN_FHIRPATH_DECIDE(implies)
MERIDIAN_FHIRPATH_DECIDE(in)
MERIDIAN_FHIRPATH_DECIDE(contains)
MERIDIAN_FHIRPATH_DECIDE(is)
MERIDIAN_FHIRPATH_RUN(as)
MERIDIAN_FHIRPATH_RUN(union)
MERIDIAN_FHIRPATH_RUN(add)
MERIDIAN_FHIRPATH_RUN(subtract)
MERIDIAN_FHIRPATH_RUN(multiply)
MERIDIAN_FHIRPATH_RUN(divide)
MERIDIAN_FHIRPATH_RUN(div)
MERIDIAN_FHIRPATH_RUN(mod)
MERIDIAN_FHIRPATH_RUN(concatenate)
MERIDIAN_FHIRPATH_RUN(negate)
MERIDIAN_FHIRPATH_RUN(plus)

// functions_existence.cpp
MERIDIAN_FHIRPATH_DECIDE(empty)
MERIDIAN_FHIRPATH_DECIDE(exists)
MERIDIAN_FHIRPATH_DECIDE(all)
MERIDIAN_FHIRPATH_DECIDE(all_true)
MERIDIAN_FHIRPATH_DECIDE(any_true)
MERIDIAN_FHIRPATH_DECIDE(all_false)
MERIDIAN_FHIRPATH_DECIDE(any_false)
MERIDIAN_FHIRPATH_DECIDE(subset_of)
MERIDIAN_FHIRPATH_DECIDE(superset_of)
MERIDIAN_FHIRPATH_RUN(count)
MERIDIAN_FHIRPATH_RUN(distinct)
MERIDIAN_FHIRPATH_DECIDE(is_distinct)
MERIDIAN_FHIRPATH_DECIDE(not)

// functions_filtering.cpp
MERIDIAN_FHIRPATH_RUN(where)
MERIDIAN_FHIRPATH_RUN(select)
MERIDIAN_FHIRPATH_RUN(repeat)
MERIDIAN_FHIRPATH_RUN(repeat_all)
MERIDIAN_FHIRPATH_RUN(of_type)
MERIDIAN_FHIRPATH_RUN(coalesce)
MERIDIAN_FHIRPATH_RUN(sort)

// functions_subsetting.cpp
MERIDIAN_FHIRPATH_RUN(single)
MERIDIAN_FHIRPATH_RUN(first)
MERIDIAN_FHIRPATH_RUN(last)
MERIDIAN_FHIRPATH_RUN(tail)
MERIDIAN_FHIRPATH_RUN(skip)
MERIDIAN_FHIRPATH_RUN(take)
MERIDIAN_FHIRPATH_RUN(intersect)
MERIDIAN_FHIRPATH_RUN(exclude)

// functions_combining.cpp
MERIDIAN_FHIRPATH_RUN(combine)

// functions_conversion.cpp
MERIDIAN_FHIRPATH_RUN(iif)
MERIDIAN_FHIRPATH_RUN(to_boolean)
MERIDIAN_FHIRPATH_RUN(to_integer)
MERIDIAN_FHIRPATH_RUN(to_long)
MERIDIAN_FHIRPATH_RUN(to_decimal)
MERIDIAN_FHIRPATH_RUN(to_string)
MERIDIAN_FHIRPATH_RUN(to_date)
MERIDIAN_FHIRPATH_RUN(to_date_time)
MERIDIAN_FHIRPATH_RUN(to_time)
MERIDIAN_FHIRPATH_RUN(to_quantity)
MERIDIAN_FHIRPATH_DECIDE(converts_to_boolean)
MERIDIAN_FHIRPATH_DECIDE(converts_to_integer)
MERIDIAN_FHIRPATH_DECIDE(converts_to_long)
MERIDIAN_FHIRPATH_DECIDE(converts_to_decimal)
MERIDIAN_FHIRPATH_DECIDE(converts_to_string)
MERIDIAN_FHIRPATH_DECIDE(converts_to_date)
MERIDIAN_FHIRPATH_DECIDE(converts_to_date_time)
MERIDIAN_FHIRPATH_DECIDE(converts_to_time)
MERIDIAN_FHIRPATH_DECIDE(converts_to_quantity)

// functions_strings.cpp, functions_encoding.cpp, functions_patterns.cpp
MERIDIAN_FHIRPATH_RUN(index_of)
MERIDIAN_FHIRPATH_RUN(last_index_of)
MERIDIAN_FHIRPATH_RUN(substring)
MERIDIAN_FHIRPATH_DECIDE(starts_with)
MERIDIAN_FHIRPATH_DECIDE(ends_with)
MERIDIAN_FHIRPATH_DECIDE(contains_text)
MERIDIAN_FHIRPATH_RUN(upper)
MERIDIAN_FHIRPATH_RUN(lower)
MERIDIAN_FHIRPATH_RUN(replace)
MERIDIAN_FHIRPATH_DECIDE(matches)
MERIDIAN_FHIRPATH_DECIDE(matches_full)
MERIDIAN_FHIRPATH_RUN(replace_matches)
MERIDIAN_FHIRPATH_RUN(length)
MERIDIAN_FHIRPATH_RUN(to_chars)
MERIDIAN_FHIRPATH_RUN(trim)
MERIDIAN_FHIRPATH_RUN(split)
MERIDIAN_FHIRPATH_RUN(join)
MERIDIAN_FHIRPATH_RUN(encode)
MERIDIAN_FHIRPATH_RUN(decode)
MERIDIAN_FHIRPATH_RUN(escape)
MERIDIAN_FHIRPATH_RUN(unescape)

// functions_math.cpp
MERIDIAN_FHIRPATH_RUN(abs)
MERIDIAN_FHIRPATH_RUN(ceiling)
MERIDIAN_FHIRPATH_RUN(exp)
MERIDIAN_FHIRPATH_RUN(floor)
MERIDIAN_FHIRPATH_RUN(ln)
MERIDIAN_FHIRPATH_RUN(log)
MERIDIAN_FHIRPATH_RUN(power)
MERIDIAN_FHIRPATH_RUN(round)
MERIDIAN_FHIRPATH_RUN(sqrt)
MERIDIAN_FHIRPATH_RUN(truncate)

// functions_boundaries.cpp
MERIDIAN_FHIRPATH_RUN(low_boundary)
MERIDIAN_FHIRPATH_RUN(high_boundary)
MERIDIAN_FHIRPATH_RUN(precision)
MERIDIAN_FHIRPATH_DECIDE(comparable)

// functions_navigation.cpp
MERIDIAN_FHIRPATH_RUN(children)
MERIDIAN_FHIRPATH_RUN(descendants)

// functions_utility.cpp
MERIDIAN_FHIRPATH_RUN(trace)
MERIDIAN_FHIRPATH_RUN(now)
MERIDIAN_FHIRPATH_RUN(today)
MERIDIAN_FHIRPATH_RUN(time_of_day)
MERIDIAN_FHIRPATH_RUN(define_variable)
MERIDIAN_FHIRPATH_RUN(aggregate)
MERIDIAN_FHIRPATH_RUN(type)
MERIDIAN_FHIRPATH_RUN(date_part)

// functions_fhir.cpp, functions_html.cpp
MERIDIAN_FHIRPATH_RUN(extension)
MERIDIAN_FHIRPATH_DECIDE(has_value)
MERIDIAN_FHIRPATH_RUN(get_value)
MERIDIAN_FHIRPATH_RUN(resolve)
MERIDIAN_FHIRPATH_DECIDE(resolves_to)
MERIDIAN_FHIRPATH_DECIDE(member_of)
MERIDIAN_FHIRPATH_DECIDE(subsumes)
MERIDIAN_FHIRPATH_DECIDE(subsumed_by)
MERIDIAN_FHIRPATH_DECIDE(conforms_to)
MERIDIAN_FHIRPATH_DECIDE(html_checks)
MERIDIAN_FHIRPATH_RUN(check_modifiers)

#undef MERIDIAN_FHIRPATH_RUN
#undef MERIDIAN_FHIRPATH_DECIDE

/// How to evaluate a path of nodes without a machine.
FollowPath follow_path_of(const Op& path);

/// What a path leads to, for those who need only the first node and the number of nodes up to their demand.
struct Found {
  fhir::Node first;
  std::uint32_t count = 0;
  bool is_within_limits = true;  ///< else the machine has failed
};
/// For a path of nodes from a single node as $this (Machine::starts_at_node()): without the stack.
Found found_first(Machine& machine, const Op& op, Demand demand);

/// Whether the value is of the type that a test names.
bool is_of(Machine& machine, const Value& value, const TypeTest& test);

/// Keeps the first of each group of equal items on the stack from `base`.
bool keep_distinct(Machine& machine, std::uint32_t base);
/// Whether an item equal to `value` is among those on the stack in [first, last).
Outcome found_among(Machine& machine, const Value& value, std::uint32_t first, std::uint32_t last);

/// Whether the XHTML keeps the rules of https://hl7.org/fhir/R4/narrative.html#Narrative.
bool is_valid_narrative(std::string_view xhtml);

}  // namespace meridian::fhirpath::internal
