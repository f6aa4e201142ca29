// Intervals: how dates and numbers lie in the index: as terms coarse enough to be shared by many rows, and as columns.
//
// A value is a closed interval [low, high] of 64-bit coordinates whose order is that of the values: for dates the
// microseconds since 1970 with the sign turned, for numbers the bits of the double with the sign turned. Open ends are
// 0 and 2^64-1. A search is a union of boxes: bounds on low and on high.
//
//   term   = class bucket          bucket: 4 bytes, big endian, of a coordinate
//   class  = 'P' narrow: of low    an interval no wider than the scale's `narrow`
//          | 'L' wide: of low      … and a second term
//          | 'H' wide: of high
//
// A bucket is a day of dates, and 1/4096 of a power of two of numbers. What lies in buckets inside a box surely
// matches; of buckets at its edge the column decides. Example: 2024-02-29T12:00:00Z is in bucket 2^31 + 19782: 50 80 00
// 4d 46.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "index/index.hpp"
#include "search/query.hpp"

namespace meridian::search::internal {

struct Interval {
  std::uint64_t low;
  std::uint64_t high;
};

struct Box {
  index::Bounds low;
  index::Bounds high;
};

enum class Scale : std::uint8_t { date, number };

std::uint64_t date_coordinate(std::int64_t microseconds);
std::uint64_t number_coordinate(const Decimal& value);
/// Whether numbers like it have coordinates of their own: it has at most 15 significant digits.
bool is_told_apart(const Decimal& value);

/// Appends the term or terms of a value after `prefix`, one call of `add(term)` each. `buffer` is for their bytes.
template <typename Add>
void interval_terms(Scale scale, const Interval& interval, std::string& buffer, Add&& add);

/// A range of terms without the prefix: [begin, end), or exactly begin when end is empty.
struct TermRange {
  std::string begin;
  std::string end;
  bool is_sure;
};
/// The terms of every interval that can lie in the box.
std::vector<TermRange> box_terms(Scale scale, const Box& box);

/// https://hl7.org/fhir/R4/search.html#prefix, of a searched range in closed coordinates (dates).
std::vector<Box> boxes(Prefix prefix, const Interval& searched);
/// … of a number: its range [low, high) for eq and ne, itself for the others, ten per cent around it for ap.
struct SearchedNumber {
  std::uint64_t low, high, exact, near_low, near_high;
  bool is_told_apart;  ///< false: the boxes are too wide by what doubles cannot tell
};
std::vector<Box> boxes(Prefix prefix, const SearchedNumber& searched);

std::uint32_t bucket(Scale scale, std::uint64_t coordinate);
void append_bucket(std::string& out, std::uint32_t bucket);
bool is_narrow(Scale scale, const Interval& interval);

template <typename Add>
void interval_terms(Scale scale, const Interval& interval, std::string& buffer, Add&& add) {
  const std::size_t prefix = buffer.size();
  const auto one = [&](char tag, std::uint64_t coordinate) {
    buffer.push_back(tag);
    append_bucket(buffer, bucket(scale, coordinate));
    add(std::string_view(buffer));
    buffer.resize(prefix);
  };
  if (is_narrow(scale, interval)) {
    one('P', interval.low);
  } else {
    one('L', interval.low);
    one('H', interval.high);
  }
}

}  // namespace meridian::search::internal
