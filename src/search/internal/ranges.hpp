// Ranges: two conditions that bound one parameter from both sides, `date=ge2013-03-01&date=lt2013-03-08`, each of which
// alone would find a large part of everything.
//
// What satisfies both by one value lies within few terms; what has several values may satisfy them by two and is taken
// in as a whole. The two conditions are then asked of these rows only.
#pragma once

#include <optional>
#include <vector>

#include "search/internal/intervals.hpp"
#include "search/query.hpp"
#include "search/values.hpp"

namespace meridian::search::internal {

/// Terms of the parameter's values under which every row with a single value that satisfies both stands; nothing when
/// the two are no such pair.
std::optional<std::vector<TermRange>> terms_between(const Condition& a, const Condition& b, const Reading& reading);

}  // namespace meridian::search::internal
