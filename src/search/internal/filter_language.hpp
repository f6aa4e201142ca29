// The language of _filter: tests joined by and, or, not.
//
//   filter = test / filter ("and" / "or") filter / "not" "(" filter ")" / "(" filter ")"
//   test   = path SP operator SP value          path  = name [ "[" filter "]" ] *( "." path )
//   value  = JSON string / characters without white space, ")" and "]"
//
// `and` and `or` bind alike, from left to right. Specification: https://hl7.org/fhir/R4/search_filter.html; what it
// leaves open: docs/spec-clarifications.d/search.md
#pragma once

#include <string_view>

#include "search/internal/conditions.hpp"

namespace meridian::search::internal {

/// Of resources of `type`.
Parsed<Filter> parse_filter(ConditionParser& conditions, const QueryRules& rules, fhir::TypeId type,
                            std::string_view text);

}  // namespace meridian::search::internal
