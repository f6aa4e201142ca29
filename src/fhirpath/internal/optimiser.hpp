// Passes over a finished plan. Each keeps the results as they are; expression_test.cpp and the fuzzer compare plans
// with and without them.
#pragma once

#include <vector>

#include "fhirpath/internal/builder.hpp"
#include "fhirpath/internal/plan.hpp"

namespace meridian::fhirpath::internal {

/// Two kinds of parts are computed once an evaluation: those within where(), select() and the like that do not look at
/// the item at hand (`%resource.descendants()…`), and costly ones that are written more than once.
void keep_parts(Plan& plan, const std::vector<OpFlags>& flags);

}  // namespace meridian::fhirpath::internal
