// $stats: numbers about the numbers of one patient's observations: average, median, extremes and the like.
// Specification: https://hl7.org/fhir/R4/observation-operation-stats.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

/// GET and POST Observation/$stats: subject, code (with system), statistic, and duration (hours until now) or
/// period-start and period-end. Values of the unit that the newest one has are counted; others are left out.
http::Response observation_statistics(const Exchange& exchange);

/// `statistic`: a code of http://terminology.hl7.org/CodeSystem/observation-statistics. Nothing for one that is not
/// known or that such values do not have. Values in ascending order, not empty.
std::optional<std::string> statistic_of(std::string_view statistic, const std::vector<Decimal>& values);

}  // namespace meridian::rest
