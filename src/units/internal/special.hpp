// The functions of special units: from a value on the unit's scale to a multiple of its reference, and back.
//
// Scales that are shifted (Cel, [degF], [degRe]) are exact; the others go through `long double`.
// Specification: https://ucum.org/ucum#section-Special-Units-on-non-ratio-Scales
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <string_view>

namespace meridian::units::internal {

using Rational = boost::multiprecision::cpp_rational;

/// What a shifted scale adds to reach the reference: 273.15 for Cel. Nothing for the other functions.
std::optional<Rational> shift(std::string_view function);

/// The multiple of the reference that a value means: 10^-x for pH. NaN for a function that is not known.
long double to_reference(std::string_view function, long double value);
/// The value that a multiple of the reference has. NaN or an infinity outside of the scale.
long double from_reference(std::string_view function, long double ratio);

}  // namespace meridian::units::internal
