// Compiler: syntax tree to typed plan. One pass over the tree finds names and types and builds operations; the passes
// of optimiser.hpp then make them faster.
#pragma once

#include <memory>
#include <string_view>

#include "base/issue.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/internal/plan.hpp"

namespace meridian::fhirpath::internal {

/// Null when there is an error.
std::shared_ptr<const Plan> compile(std::string_view text, const CompileOptions& options, Issues& issues);

}  // namespace meridian::fhirpath::internal
