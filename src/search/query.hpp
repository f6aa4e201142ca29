// Query: a FHIR search as a tree, parsed and checked against the parameters, before anyone asks the index.
//
//   Observation?code=http://loinc.org|8480-6&value-quantity=gt140&subject:Patient.name=chen&_sort=-date&_count=20
//
// Parameters of different names must all hold (and), values with commas: any. What cannot be understood is an Issue
// with the parameter's name as its path: an error under `Prefer: handling=strict`, a warning and left out under
// lenient, as R4 asks. Specification: https://hl7.org/fhir/R4/search.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/issue.hpp"
#include "formats/fhir/schema.hpp"
#include "search/parameters.hpp"

namespace meridian::search {

enum class Modifier : std::uint8_t {
  none,
  missing,  ///< values: true or false
  exact,
  contains,
  text,
  not_,
  above,  ///< of references: led to what the one named is part of
  below,  ///< of references: led to what is part of the one named
  in,
  not_in,
  of_type,
  identifier,     ///< of references: by Reference.identifier
  type,           ///< subject:Patient=23; the operands are then written out in full: "Patient/23"
  equals,         ///< only of _filter's `eq` on strings: equal when written in normalised form
  ends_with,      ///< only of _filter's `ew` on strings: normalised, as `contains`
  version_above,  ///< of references: :above and :below asked of canonical URLs
  version_below,
};

/// https://hl7.org/fhir/R4/search.html#prefix
enum class Prefix : std::uint8_t {
  eq,
  ne,
  gt,
  lt,
  ge,
  le,
  sa,
  eb,
  ap,
  overlaps,  ///< only of _filter's `po` on dates: the two ranges have a moment in common
};

/// One alternative of a condition: unescaped text, its prefix taken off where the kind of parameter has one.
struct Operand {
  Prefix prefix = Prefix::eq;
  std::string text;  ///< "http://loinc.org|8480-6", "140||mm[Hg]", "2020-01", "Patient/7"; escapes `\,` `\|` `\$` `\\`
                     ///< are kept for the kind's own parser
  std::vector<Operand> components;  ///< of a composite, one each
};

struct Condition;

/// `and` of `conditions`; of the `_filter` parameter and ReadPolicy also `or` and `not`.
struct Filter {
  enum class Kind : std::uint8_t { all, any, none };  ///< none: not one of them holds
  Kind kind = Kind::all;
  std::vector<Condition> conditions;
  std::vector<Filter> filters;
  bool empty() const { return conditions.empty() && filters.empty(); }
};

struct Condition {
  const Parameter* parameter = nullptr;  ///< of the type searched; null for _has
  Modifier modifier = Modifier::none;
  std::vector<Operand> operands;  ///< any of them; empty for a chain and _has

  /// A chain: the resource that the reference leads to is of `chain_type` and satisfies `chained`. Several types:
  /// several of them, any.
  struct Link {
    fhir::TypeId type;
    std::shared_ptr<const Filter> filter;
  };
  std::vector<Link> chain;

  /// `_has:Observation:patient:code=…`: some resource of `type` that refers to this one by `reference` satisfies
  /// `filter`.
  struct Reverse {
    fhir::TypeId type;
    const Parameter* reference;
    std::shared_ptr<const Filter> filter;
  };
  std::optional<Reverse> has;

  std::string name;  ///< as it was asked, "subject:Patient.name": for issues, links and explanations
};

struct SortKey {
  const Parameter* parameter = nullptr;  ///< null: by _lastUpdated
  bool descending = false;
};

struct Include {
  bool reverse = false;
  bool iterate = false;
  fhir::TypeId source = fhir::TypeId::none;  ///< none: `*` of any type
  const Parameter* parameter = nullptr;      ///< null: every reference (`Observation:*`)
  fhir::TypeId target = fhir::TypeId::none;  ///< none: any
};

enum class Total : std::uint8_t { none, estimate, accurate };
enum class Summary : std::uint8_t { none, true_, text, data, count };
enum class Contained : std::uint8_t { no, yes, both };

struct Query {
  fhir::TypeId type = fhir::TypeId::none;  ///< none: of all types, or those of _type
  std::vector<fhir::TypeId> types;         ///< _type
  Filter filter;
  /// `Patient/7/Observation`: resources in that compartment.
  struct Compartment {
    std::string type;
    std::string id;
  };
  std::optional<Compartment> compartment;
  std::vector<SortKey> sort;
  std::vector<Include> includes;
  std::uint32_t count = 50;  ///< of matches on a page; 0 means only the total
  Total total = Total::none;
  Summary summary = Summary::none;
  std::vector<std::string> elements;
  Contained contained = Contained::no;
  bool contained_as_container = true;
  bool explain = false;
  std::string cursor;  ///< where the page begins; empty: the first
  /// What of the request was understood, in its order, without the cursor: for the self link. Parsed again it gives the
  /// same query without an issue.
  std::vector<std::pair<std::string, std::string>> understood;
};

struct QueryRules {
  std::uint32_t default_count = 50;
  std::uint32_t max_count = 1000;
  std::uint32_t max_parameters = 200;
  std::uint32_t max_operands = 5'000;  ///< of one condition
  std::uint32_t max_chain = 8;
  bool strict = false;
};

/// Whether a value set or a place in a code system stands in it: the terminology must then be at what is stored.
bool names_codes(const Filter& filter);

/// `type` none searches all types. Each pair is a decoded name and value. With an error in the issues the query is not
/// to be run.
Query parse_query(const Parameters& parameters, fhir::TypeId type,
                  std::span<const std::pair<std::string, std::string>> request, const QueryRules& rules,
                  Issues& issues);

}  // namespace meridian::search
