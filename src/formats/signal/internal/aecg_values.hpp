// Values of HL7 v3 as annotated ECG has them: points in time, quantities, lists of samples.
#pragma once

#include <optional>
#include <string_view>

#include "formats/signal/recording.hpp"
#include "formats/tree/element.hpp"

namespace meridian::signal::internal {

/// A whole decimal number with `.`; not infinite.
std::optional<double> number_of(std::string_view text);
/// TS: `20021122091000.000`, from the day on; the rest is 0 where it is not said, a zone is dropped.
std::optional<LocalStart> time_of(std::string_view text);
/// `1953-05-08` of `19530508`, or its beginning; empty where it is none.
std::string date_of(std::string_view text);
double milliseconds_between(const LocalStart& from, const LocalStart& to);
/// PQ of time, in seconds.
std::optional<double> seconds_of(tree::Element quantity);

struct Digits {
  std::vector<std::int32_t> samples;
  std::size_t bad = 0;   ///< that are no whole numbers: kMissing
  bool is_whole = true;  ///< false: there are more than `limit`
};
Digits digits_of(std::string_view text, std::uint64_t limit);

}  // namespace meridian::signal::internal
