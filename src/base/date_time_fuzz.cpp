// Whatever the text: a date that is read writes the same text, agrees with itself, lies within the instants it covers,
// and what is added can be taken away where the calendar lets it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/date_time.hpp"

namespace {

using namespace meridian;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_one(const DateTime& value) {
  require(DateTime::parse(value.to_string()).value() == value);
  require(compare(value, value) == std::strong_ordering::equal);
  const InstantRange range = instant_range(value, UtcOffset());
  require(range.start < range.end);
  const bool is_leap_second = value.has_time() && value.time().second() == 60;
  for (const std::int64_t amount : {1, -1, 40, -4000}) {
    for (const CalendarUnit unit : {CalendarUnit::week, CalendarUnit::day, CalendarUnit::hour, CalendarUnit::second}) {
      const Result<DateTime> later = add(value, Decimal(amount), unit);
      if (!later) continue;
      require(later->precision() == value.precision());
      require(DateTime::parse(later->to_string()).value() == *later);
      if (value.precision() < Precision::day || is_leap_second) continue;
      const Result<DateTime> back = add(*later, Decimal(-amount), unit);
      require(back.value() == value);
    }
    const Result<DateTime> months = add(value, Decimal(amount), CalendarUnit::month);
    if (months) require(DateTime::parse(months->to_string()).value() == *months);
  }
}

void try_pair(const DateTime& a, const DateTime& b) {
  const auto order = compare(a, b);
  const auto reversed = compare(b, a);
  require(order.has_value() == reversed.has_value());
  if (order) require(*order == (0 <=> *reversed));
  // An order that is known agrees with the instants, where both are whole and anchored.
  if (!order || !a.offset() || !b.offset() || a.precision() < Precision::minute || b.precision() < Precision::minute)
    return;
  if (a.time().second() == 60 || b.time().second() == 60) return;
  const InstantRange left = instant_range(a, UtcOffset());
  const InstantRange right = instant_range(b, UtcOffset());
  if (*order < 0) require(left.start <= right.start);
  if (*order == 0) require(left.start == right.start);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t space = text.find(' ');
  const std::string_view first_text = text.substr(0, space);
  const Result<DateTime> first = DateTime::parse(first_text);
  // What is read comes back letter for letter, less the bare `T` of FHIRPath's partial forms.
  if (first) {
    require(first->to_string() ==
            (first_text.ends_with('T') ? first_text.substr(0, first_text.size() - 1) : first_text));
    try_one(*first);
  }
  if (const Result<Time> time = Time::parse(first_text)) require(time->to_string() == first_text);
  if (const Result<Instant> instant = Instant::parse(first_text)) {
    if (first->date().year() > 1 && first->date().year() < 9999) {
      require(Instant::parse(instant->to_string()).value() == *instant);
    }
  }
  if (!first || space == std::string_view::npos) return 0;
  const Result<DateTime> second = DateTime::parse(text.substr(space + 1));
  if (second) try_pair(*first, *second);
  return 0;
}
