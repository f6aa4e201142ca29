#include "fhirpath/internal/functions.hpp"

#include <array>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

constexpr std::uint8_t kMany = 32;
constexpr SystemTypes kNumbersAndQuantities = kNumbers | kQuantities;
constexpr SystemTypes kMeasured = kNumbersAndQuantities | kTimes | bit(ValueType::time);

/// A function that gives a truth value.
constexpr Function decides(std::string_view name, std::uint8_t min, std::uint8_t max, SystemTypes input, bool is_single,
                           Takes takes, Decide decide, State state, std::string_view chapter,
                           std::string_view note = {}) {
  return {name,           min,         max,    input, is_single, false, {takes, Takes::value, Takes::value},
          Gives::boolean, run_decided, decide, state, chapter,   note};
}
/// A function that gives values.
constexpr Function gives(std::string_view name, std::uint8_t min, std::uint8_t max, SystemTypes input, bool is_single,
                         Takes first, Gives what, Run run, State state, std::string_view chapter,
                         std::string_view note = {}, Takes second = Takes::value) {
  return {name,  min,     max, input, is_single, false, {first, second, second}, what, run, decide_by_running,
          state, chapter, note};
}
/// A function whose result depends on the order of its input.
constexpr Function ordered(Function function) {
  function.needs_order = true;
  return function;
}

constexpr auto N = State::normative;
constexpr auto T = State::trial;
constexpr auto F = State::fhir;
constexpr auto B = State::build;
constexpr auto U = State::unsupported;
constexpr auto V = Takes::value;
constexpr auto I = Takes::item;
constexpr auto C = Takes::condition;
constexpr SystemTypes kDateAndTime = kDates | bit(ValueType::time);

constexpr std::array kFunctions{
    // Existence
    decides("empty", 0, 0, 0, false, V, decide_empty, N, "existence"),
    decides("exists", 0, 1, 0, false, C, decide_exists, N, "existence", "stops at the first item found"),
    decides("all", 1, 1, 0, false, C, decide_all, N, "existence"),
    decides("allTrue", 0, 0, kBooleans, false, V, decide_all_true, N, "existence"),
    decides("anyTrue", 0, 0, kBooleans, false, V, decide_any_true, N, "existence"),
    decides("allFalse", 0, 0, kBooleans, false, V, decide_all_false, N, "existence"),
    decides("anyFalse", 0, 0, kBooleans, false, V, decide_any_false, N, "existence"),
    decides("subsetOf", 1, 1, 0, false, V, decide_subset_of, N, "existence"),
    decides("supersetOf", 1, 1, 0, false, V, decide_superset_of, N, "existence"),
    gives("count", 0, 0, 0, false, V, Gives::integer, run_count, N, "existence"),
    gives("distinct", 0, 0, 0, false, V, Gives::input, run_distinct, N, "existence"),
    decides("isDistinct", 0, 0, 0, false, V, decide_is_distinct, N, "existence"),

    // Filtering and projection
    gives("where", 1, 1, 0, false, C, Gives::input, run_where, N, "filtering"),
    gives("select", 1, 1, 0, false, I, Gives::argument, run_select, N, "filtering"),
    gives("repeat", 1, 1, 0, false, I, Gives::special, run_repeat, N, "filtering",
          "a node is projected once, so cycles end"),
    gives("repeatAll", 1, 1, 0, false, I, Gives::special, run_repeat_all, B, "filtering", "cycles end at max_steps"),
    gives("ofType", 1, 1, 0, false, Takes::type, Gives::special, run_of_type, N, "filtering"),
    gives("coalesce", 1, kMany, 0, false, V, Gives::anything, run_coalesce, B, "filtering"),
    gives("sort", 0, 31, 0, false, I, Gives::input, run_sort, B, "filtering", "keys with `-` or `desc` descend", I),

    // Subsetting
    gives("single", 0, 0, 0, false, V, Gives::one_of_input, run_single, N, "subsetting"),
    ordered(gives("first", 0, 0, 0, false, V, Gives::one_of_input, run_first, N, "subsetting")),
    ordered(gives("last", 0, 0, 0, false, V, Gives::one_of_input, run_last, N, "subsetting")),
    ordered(gives("tail", 0, 0, 0, false, V, Gives::input, run_tail, N, "subsetting")),
    ordered(gives("skip", 1, 1, 0, false, V, Gives::input, run_skip, N, "subsetting")),
    ordered(gives("take", 1, 1, 0, false, V, Gives::input, run_take, N, "subsetting")),
    gives("intersect", 1, 1, 0, false, V, Gives::input, run_intersect, N, "subsetting"),
    gives("exclude", 1, 1, 0, false, V, Gives::input, run_exclude, N, "subsetting"),

    // Combining
    gives("union", 1, 1, 0, false, V, Gives::special, run_union, N, "combining"),
    gives("combine", 1, 1, 0, false, V, Gives::special, run_combine, N, "combining"),

    // Conversion
    gives("iif", 2, 3, 0, true, Takes::lazy, Gives::special, run_iif, N, "conversion",
          "only the result that is wanted is evaluated", Takes::lazy),
    gives("toBoolean", 0, 0, 0, true, V, Gives::boolean, run_to_boolean, N, "conversion"),
    decides("convertsToBoolean", 0, 0, 0, true, V, decide_converts_to_boolean, N, "conversion"),
    gives("toInteger", 0, 0, 0, true, V, Gives::integer, run_to_integer, N, "conversion"),
    decides("convertsToInteger", 0, 0, 0, true, V, decide_converts_to_integer, N, "conversion"),
    gives("toLong", 0, 0, 0, true, V, Gives::long_integer, run_to_long, T, "conversion"),
    decides("convertsToLong", 0, 0, 0, true, V, decide_converts_to_long, T, "conversion"),
    gives("toDecimal", 0, 0, 0, true, V, Gives::decimal, run_to_decimal, N, "conversion"),
    decides("convertsToDecimal", 0, 0, 0, true, V, decide_converts_to_decimal, N, "conversion"),
    gives("toQuantity", 0, 1, 0, true, V, Gives::quantity, run_to_quantity, N, "conversion"),
    decides("convertsToQuantity", 0, 1, 0, true, V, decide_converts_to_quantity, N, "conversion"),
    gives("toString", 0, 0, 0, true, V, Gives::string, run_to_string, N, "conversion"),
    decides("convertsToString", 0, 0, 0, true, V, decide_converts_to_string, N, "conversion"),
    gives("toDate", 0, 0, 0, true, V, Gives::date, run_to_date, N, "conversion"),
    decides("convertsToDate", 0, 0, 0, true, V, decide_converts_to_date, N, "conversion"),
    gives("toDateTime", 0, 0, 0, true, V, Gives::date_time, run_to_date_time, N, "conversion"),
    decides("convertsToDateTime", 0, 0, 0, true, V, decide_converts_to_date_time, N, "conversion"),
    gives("toTime", 0, 0, 0, true, V, Gives::time, run_to_time, N, "conversion"),
    decides("convertsToTime", 0, 0, 0, true, V, decide_converts_to_time, N, "conversion"),

    // Strings
    gives("indexOf", 1, 1, kStrings, true, V, Gives::integer, run_index_of, N, "strings"),
    gives("lastIndexOf", 1, 1, kStrings, true, V, Gives::integer, run_last_index_of, T, "strings"),
    gives("substring", 1, 2, kStrings, true, V, Gives::string, run_substring, N, "strings"),
    decides("startsWith", 1, 1, kStrings, true, V, decide_starts_with, N, "strings"),
    decides("endsWith", 1, 1, kStrings, true, V, decide_ends_with, N, "strings"),
    decides("contains", 1, 1, kStrings, true, V, decide_contains_text, N, "strings"),
    gives("upper", 0, 0, kStrings, true, V, Gives::string, run_upper, N, "strings"),
    gives("lower", 0, 0, kStrings, true, V, Gives::string, run_lower, N, "strings"),
    gives("replace", 2, 2, kStrings, true, V, Gives::string, run_replace, N, "strings"),
    decides("matches", 1, 1, kStrings, true, V, decide_matches, N, "strings", "RE2: linear time, no look-around"),
    decides("matchesFull", 1, 1, kStrings, true, V, decide_matches_full, T, "strings"),
    gives("replaceMatches", 2, 2, kStrings, true, V, Gives::string, run_replace_matches, N, "strings"),
    gives("length", 0, 0, kStrings, true, V, Gives::integer, run_length, N, "strings"),
    gives("toChars", 0, 0, kStrings, true, V, Gives::strings, run_to_chars, N, "strings"),
    gives("trim", 0, 0, kStrings, true, V, Gives::string, run_trim, T, "strings"),
    gives("split", 1, 1, kStrings, true, V, Gives::strings, run_split, T, "strings"),
    gives("join", 0, 1, kStrings, false, V, Gives::string, run_join, T, "strings"),
    gives("encode", 1, 1, kStrings, true, V, Gives::string, run_encode, T, "strings", "hex, base64, urlbase64"),
    gives("decode", 1, 1, kStrings, true, V, Gives::string, run_decode, T, "strings", "hex, base64, urlbase64"),
    gives("escape", 1, 1, kStrings, true, V, Gives::string, run_escape, T, "strings", "html, json"),
    gives("unescape", 1, 1, kStrings, true, V, Gives::string, run_unescape, T, "strings", "html, json"),

    // Math
    gives("abs", 0, 0, kNumbersAndQuantities, true, V, Gives::number, run_abs, T, "math"),
    gives("ceiling", 0, 0, kNumbers, true, V, Gives::integer, run_ceiling, T, "math"),
    gives("exp", 0, 0, kNumbers, true, V, Gives::decimal, run_exp, T, "math"),
    gives("floor", 0, 0, kNumbers, true, V, Gives::integer, run_floor, T, "math"),
    gives("ln", 0, 0, kNumbers, true, V, Gives::decimal, run_ln, T, "math"),
    gives("log", 1, 1, kNumbers, true, V, Gives::decimal, run_log, T, "math"),
    gives("power", 1, 1, kNumbers, true, V, Gives::number, run_power, T, "math"),
    gives("round", 0, 1, kNumbers, true, V, Gives::number, run_round, T, "math"),
    gives("sqrt", 0, 0, kNumbers, true, V, Gives::decimal, run_sqrt, T, "math"),
    gives("truncate", 0, 0, kNumbers, true, V, Gives::integer, run_truncate, T, "math"),
    gives("lowBoundary", 0, 1, kMeasured, true, V, Gives::one_of_input, run_low_boundary, B, "math"),
    gives("highBoundary", 0, 1, kMeasured, true, V, Gives::one_of_input, run_high_boundary, B, "math"),
    gives("precision", 0, 0, kMeasured, true, V, Gives::integer, run_precision, B, "math"),
    decides("comparable", 1, 1, kNumbersAndQuantities, true, V, decide_comparable, B, "math"),

    // Dates and times
    gives("yearOf", 0, 0, kDates, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("monthOf", 0, 0, kDates, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("dayOf", 0, 0, kDates, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("hourOf", 0, 0, kDateAndTime, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("minuteOf", 0, 0, kDateAndTime, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("secondOf", 0, 0, kDateAndTime, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("millisecondOf", 0, 0, kDateAndTime, true, V, Gives::integer, run_date_part, B, "dates"),
    gives("timezoneOffsetOf", 0, 0, kDates, true, V, Gives::decimal, run_date_part, B, "dates"),
    gives("dateOf", 0, 0, kDates, true, V, Gives::date, run_date_part, B, "dates"),
    gives("timeOf", 0, 0, kDates, true, V, Gives::time, run_date_part, B, "dates"),

    // Tree navigation
    gives("children", 0, 0, 0, false, V, Gives::special, run_children, N, "navigation"),
    gives("descendants", 0, 0, 0, false, V, Gives::special, run_descendants, N, "navigation"),

    // Utility, logic, aggregates, types
    gives("trace", 1, 2, 0, false, V, Gives::input, run_trace, N, "utility", {}, I),
    gives("now", 0, 0, 0, false, V, Gives::date_time, run_now, N, "utility", "the same throughout an evaluation"),
    gives("today", 0, 0, 0, false, V, Gives::date, run_today, N, "utility"),
    gives("timeOfDay", 0, 0, 0, false, V, Gives::time, run_time_of_day, N, "utility"),
    gives("defineVariable", 1, 2, 0, false, Takes::name, Gives::input, run_define_variable, B, "utility", {}, I),
    decides("not", 0, 0, 0, true, V, decide_not, N, "logic"),
    gives("aggregate", 1, 2, 0, false, Takes::total, Gives::anything, run_aggregate, T, "aggregates"),
    gives("type", 0, 0, 0, false, V, Gives::type_info, run_type, T, "types"),
    decides("is", 1, 1, 0, true, Takes::type, decide_is, N, "types"),
    gives("as", 1, 1, 0, true, Takes::type, Gives::special, run_as, N, "types"),

    // FHIR
    gives("extension", 1, 1, 0, false, V, Gives::special, run_extension, F, "fhir"),
    decides("hasValue", 0, 0, 0, false, V, decide_has_value, F, "fhir"),
    gives("getValue", 0, 0, 0, false, V, Gives::special, run_get_value, F, "fhir"),
    gives("resolve", 0, 0, 0, false, V, Gives::anything, run_resolve, F, "fhir",
          "contained and Bundle entries; beyond, the ReferenceResolver"),
    decides("memberOf", 1, 1, 0, true, V, decide_member_of, F, "fhir", "Terminology, or FHIR's own value sets"),
    decides("subsumes", 1, 1, 0, true, V, decide_subsumes, F, "fhir", "Subsumption, or FHIR's own code systems"),
    decides("subsumedBy", 1, 1, 0, true, V, decide_subsumed_by, F, "fhir", "Subsumption, or FHIR's own code systems"),
    decides("conformsTo", 1, 1, 0, true, V, decide_conforms_to, F, "fhir", "ProfileCheck; unsupported without one"),
    decides("htmlChecks", 0, 0, 0, true, V, decide_html_checks, F, "fhir"),
    gives("checkModifiers", 0, kMany, 0, false, V, Gives::input, run_check_modifiers, F, "fhir"),
    gives("elementDefinition", 0, 0, 0, false, V, Gives::anything, nullptr, U, "fhir"),
    gives("slice", 2, 2, 0, false, V, Gives::anything, nullptr, U, "fhir"),
};

}  // namespace

std::span<const Function> functions() {
  return kFunctions;
}

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace meridian::fhirpath::internal
