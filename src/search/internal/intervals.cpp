#include "search/internal/intervals.hpp"

#include <algorithm>
#include <bit>

#include "base/instant.hpp"
#include "search/internal/canonical_units.hpp"

namespace meridian::search::internal {
namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr std::uint64_t kMost = UINT64_MAX;
constexpr std::int64_t kDay = Duration::days(1).microseconds();
constexpr std::int64_t kDayBias = std::int64_t{1} << 31;
constexpr int kNumberShift = 40;

/// A day is 25 hours long once a year.
constexpr std::uint64_t narrow(Scale scale) {
  return scale == Scale::date ? static_cast<std::uint64_t>(Duration::hours(25).microseconds()) : 0;
}

std::uint64_t below(std::uint64_t coordinate, std::uint64_t by) {
  return coordinate > by ? coordinate - by : 0;
}

/// Buckets from `first` to `last`, both included, that are `tag`ged.
void add_buckets(char tag, std::int64_t first, std::int64_t last, bool is_sure, std::vector<TermRange>& out) {
  if (first > last) return;
  TermRange range{std::string(1, tag), {}, is_sure};
  append_bucket(range.begin, static_cast<std::uint32_t>(first));
  if (last == first) {
    out.push_back(std::move(range));
    return;
  }
  if (last >= std::int64_t{UINT32_MAX}) {
    range.end.push_back(static_cast<char>(tag + 1));
  } else {
    range.end.push_back(tag);
    append_bucket(range.end, static_cast<std::uint32_t>(last + 1));
  }
  out.push_back(std::move(range));
}

/// The terms of coordinates in [first, last]; those in [sure_first, sure_last] are sure. Buckets that hold a bound are
/// not: it may lie within them.
void add_range(Scale scale, char tag, std::uint64_t first, std::uint64_t last, std::uint64_t sure_first,
               std::uint64_t sure_last, std::vector<TermRange>& out) {
  if (first > last) return;
  const std::int64_t from = bucket(scale, first);
  const std::int64_t to = bucket(scale, last);
  std::int64_t sure_from = sure_first == 0 ? from : std::int64_t{bucket(scale, sure_first)} + 1;
  std::int64_t sure_to = sure_last == kMost ? to : std::int64_t{bucket(scale, sure_last)} - 1;
  sure_from = std::max(sure_from, from);
  sure_to = std::min(sure_to, to);
  if (sure_first > sure_last || sure_from > sure_to) {
    add_buckets(tag, from, to, false, out);
    return;
  }
  add_buckets(tag, from, sure_from - 1, false, out);
  add_buckets(tag, sure_from, sure_to, true, out);
  add_buckets(tag, sure_to + 1, to, false, out);
}

Box low_at_least(std::uint64_t least) {
  return {{least, kMost}, {}};
}
Box low_at_most(std::uint64_t greatest) {
  return {{0, greatest}, {}};
}
Box high_at_least(std::uint64_t least) {
  return {{}, {least, kMost}};
}
Box high_at_most(std::uint64_t greatest) {
  return {{}, {0, greatest}};
}

/// Drops the boxes that hold nothing because a bound would lie beyond the first or the last coordinate.
void add_above(std::vector<Box>& out, std::uint64_t bound, Box (*box)(std::uint64_t)) {
  if (bound != kMost) out.push_back(box(bound + 1));
}
void add_below(std::vector<Box>& out, std::uint64_t bound, Box (*box)(std::uint64_t)) {
  if (bound != 0) out.push_back(box(bound - 1));
}

}  // namespace

std::uint64_t date_coordinate(std::int64_t microseconds) {
  return static_cast<std::uint64_t>(microseconds) ^ kSign;
}

std::uint64_t number_coordinate(const Decimal& value) {
  const auto bits = std::bit_cast<std::uint64_t>(value.to_double());
  return (bits & kSign) != 0 ? ~bits : bits ^ kSign;
}

bool is_told_apart(const Decimal& value) {
  if (value.precision() <= kComparedDigits) return true;
  return value.normalized().precision() <= kComparedDigits;
}

std::uint32_t bucket(Scale scale, std::uint64_t coordinate) {
  if (scale == Scale::number) return static_cast<std::uint32_t>(coordinate >> kNumberShift);
  const auto microseconds = static_cast<std::int64_t>(coordinate ^ kSign);
  const std::int64_t day = microseconds / kDay - (microseconds % kDay < 0 ? 1 : 0);
  return static_cast<std::uint32_t>(day + kDayBias);
}

void append_bucket(std::string& out, std::uint32_t bucket) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bucket >> shift));
}

bool is_narrow(Scale scale, const Interval& interval) {
  return interval.high - interval.low <= narrow(scale);
}

std::vector<TermRange> box_terms(Scale scale, const Box& box) {
  std::vector<TermRange> out;
  // low <= high bounds each by the other.
  const std::uint64_t low_from = box.low.least;
  const std::uint64_t low_to = std::min(box.low.greatest, box.high.greatest);
  const std::uint64_t high_from = std::max(box.high.least, box.low.least);
  const std::uint64_t high_to = box.high.greatest;

  // 1. Narrow intervals by their low, whose high lies at most `width` above.
  const std::uint64_t width = narrow(scale);
  const std::uint64_t sure_to = high_to == kMost ? low_to : std::min(low_to, below(high_to, width));
  const bool is_any_sure = high_to == kMost || high_to >= width;
  add_range(scale, 'P', std::max(low_from, below(box.high.least, width)), low_to,
            is_any_sure ? std::max(low_from, box.high.least) : 1, is_any_sure ? sure_to : 0, out);

  // 2. Wide ones by the end that the box bounds, or by their high when it bounds both.
  const bool low_decides = box.high.least <= low_from && high_to == kMost;
  const bool high_decides = low_from == 0 && box.low.greatest >= high_to;
  const bool has_low_range = low_from > 0 && low_to < kMost;
  if (low_decides) {
    add_range(scale, 'L', low_from, low_to, low_from, low_to, out);
  } else if (high_decides) {
    add_range(scale, 'H', high_from, high_to, high_from, high_to, out);
  } else if (has_low_range) {
    add_range(scale, 'L', low_from, low_to, 1, 0, out);
  } else {
    add_range(scale, 'H', high_from, high_to, 1, 0, out);
  }
  return out;
}

std::vector<Box> boxes(Prefix prefix, const Interval& searched) {
  std::vector<Box> out;
  switch (prefix) {
    case Prefix::eq:  // the searched range holds the whole value
      out.push_back({{searched.low, kMost}, {0, searched.high}});
      break;
    case Prefix::ne:
      add_below(out, searched.low, low_at_most);
      add_above(out, searched.high, high_at_least);
      break;
    case Prefix::gt:
      add_above(out, searched.high, high_at_least);
      break;
    case Prefix::lt:
      add_below(out, searched.low, low_at_most);
      break;
    case Prefix::ge:  // gt or eq
      add_above(out, searched.high, high_at_least);
      out.push_back(low_at_least(searched.low));
      break;
    case Prefix::le:  // lt or eq
      add_below(out, searched.low, low_at_most);
      out.push_back(high_at_most(searched.high));
      break;
    case Prefix::sa:
      add_above(out, searched.high, low_at_least);
      break;
    case Prefix::eb:
      add_below(out, searched.low, high_at_most);
      break;
    case Prefix::ap:
    case Prefix::overlaps:
      out.push_back({{0, searched.high}, {searched.low, kMost}});
      break;
  }
  return out;
}

std::vector<Box> boxes(Prefix prefix, const SearchedNumber& searched) {
  std::vector<Box> out;
  // What doubles cannot tell apart from a bound may lie on either side of it.
  const bool told = searched.is_told_apart;
  const auto above = [&](std::uint64_t bound) { return told && bound != kMost ? bound + 1 : bound; };
  const auto under = [&](std::uint64_t bound) { return told && bound != 0 ? bound - 1 : bound; };
  switch (prefix) {
    case Prefix::eq:
      out.push_back({{searched.low, kMost}, {0, under(searched.high)}});
      break;
    case Prefix::ne:
      out.push_back(low_at_most(under(searched.low)));
      out.push_back(high_at_least(searched.high));
      break;
    case Prefix::gt:
      out.push_back(high_at_least(above(searched.exact)));
      break;
    case Prefix::lt:
      out.push_back(low_at_most(under(searched.exact)));
      break;
    case Prefix::ge:
      out.push_back(high_at_least(searched.exact));
      break;
    case Prefix::le:
      out.push_back(low_at_most(searched.exact));
      break;
    case Prefix::sa:
      out.push_back(low_at_least(above(searched.exact)));
      break;
    case Prefix::eb:
      out.push_back(high_at_most(under(searched.exact)));
      break;
    case Prefix::ap:
    case Prefix::overlaps:
      out.push_back({{0, searched.near_high}, {searched.near_low, kMost}});
      break;
  }
  return out;
}

}  // namespace meridian::search::internal
