#include "base/date_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/civil.hpp"

namespace meridian {
namespace {

DateTime at(std::string_view text) {
  return DateTime::parse(text).value();
}

template <typename T>
std::string shown(const Result<T>& result) {
  return result ? result->to_string() : std::string(name(result.error().code()));
}

std::string order(std::optional<std::strong_ordering> result) {
  if (!result) return "unknown";
  return *result < 0 ? "less" : *result > 0 ? "greater" : "equal";
}
std::string order(std::string_view a, std::string_view b) {
  return order(compare(at(a), at(b)));
}
std::string time_order(std::string_view a, std::string_view b) {
  return order(compare(Time::parse(a).value(), Time::parse(b).value()));
}

TEST(CivilDay, counts_every_day_of_ten_thousand_years_forth_and_back) {
  std::int64_t number = day_number({1, 1, 1});
  EXPECT_EQ(number, -719'162);
  for (int year = 1; year <= 9999; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= days_in_month(year, month); ++day, ++number) {
        ASSERT_EQ(day_number({year, month, day}), number);
        ASSERT_EQ(civil_day(number), (CivilDay{year, month, day}));
      }
    }
  }
}

TEST(Date, keeps_its_precision) {
  for (const char* text : {"2015", "2015-02", "2015-02-04", "0001-01-01", "9999-12-31", "2024-02-29"}) {
    EXPECT_EQ(shown(Date::parse(text)), text);
  }
  EXPECT_EQ(Date::parse("2015-02")->precision(), Precision::month);
}

TEST(Date, refuses_days_that_are_not_in_the_calendar) {
  for (const char* text : {"2023-02-29", "1900-02-29", "2015-13", "2015-00", "2015-01-00", "2015-04-31", "0000"}) {
    EXPECT_EQ(shown(Date::parse(text)), "malformed_input") << text;
  }
}

TEST(Date, refuses_other_forms) {
  for (const char* text : {"", "15", "2015-2", "2015-02-4", "2015/02/04", "20150204", "2015-02-04T", " 2015", "+201",
                           "2015-", "-2015", "20a5"}) {
    EXPECT_EQ(shown(Date::parse(text)), "malformed_input") << text;
  }
}

TEST(Time, keeps_its_precision_and_the_digits_of_its_fraction) {
  for (const char* text :
       {"14", "14:30", "14:30:15", "14:30:15.5", "14:30:15.500", "23:59:60", "00:00:00.123456789012345678"}) {
    EXPECT_EQ(shown(Time::parse(text)), text);
  }
}

TEST(Time, refuses_hour_24_and_what_is_not_on_a_clock) {
  for (const char* text : {"24:00:00", "24", "23:60", "23:59:61", "1", "14:3", "14:30:1", "14:30:15.", "14:30:15.x",
                           "14:30:15,5", "14-30", "", "14:30:15.1234567890123456789"}) {
    EXPECT_EQ(shown(Time::parse(text)), "malformed_input") << text;
  }
}

TEST(Time, in_fhir_goes_to_the_second) {
  EXPECT_TRUE(Time::parse_fhir("14:30:00"));
  EXPECT_FALSE(Time::parse_fhir("14:30"));
}

TEST(DateTime, keeps_how_it_was_written) {
  for (const char* text : {"2015", "2015-02", "2015-02-04", "2015-02-04T14", "2015-02-04T14:30", "2015-02-04T14:30:00Z",
                           "2015-02-04T14:30:00+00:00", "2015-02-04T14:30:00-00:00", "2015-02-04T14:30:00.000-14:00",
                           "2015-02-04T14+08:00"}) {
    EXPECT_EQ(shown(DateTime::parse(text)), text);
  }
  EXPECT_EQ(shown(DateTime::parse("2015T")), "2015");
}

TEST(DateTime, refuses_what_neither_standard_writes) {
  for (const char* text : {"2015T14:30", "2015-02T14", "2015-02-04T14:30:00+14:01", "2015-02-04T14:30:00+8:00",
                           "2015-02-04T14:30:00+08:60", "2015-02-04T14:30:00z", "2015-02-04 14:30:00Z",
                           "2015-02-04T14:30:00ZZ", "2015-02-04TZ", "2015-02-04T24:00:00Z", "T", ""}) {
    EXPECT_EQ(shown(DateTime::parse(text)), "malformed_input") << text;
  }
}

TEST(DateTime, in_fhir_has_seconds_and_an_offset_or_no_time) {
  for (const char* text : {"2015", "2015-02-04", "2015-02-04T14:30:00Z", "2016-12-31T23:59:60Z"}) {
    EXPECT_EQ(shown(DateTime::parse_fhir(text)), text);
  }
  for (const char* text : {"2015T", "2015-02-04T", "2015-02-04T14:30:00", "2015-02-04T14:30Z", "2015-02-04T14Z"}) {
    EXPECT_EQ(shown(DateTime::parse_fhir(text)), "malformed_input") << text;
  }
}

TEST(DateTime, says_nothing_of_its_text_in_an_error) {
  EXPECT_EQ(DateTime::parse("1974-12-99").error().message().find("1974"), std::string::npos);
}

TEST(Compare, decides_at_the_first_difference) {
  EXPECT_EQ(order("2014-12-12", "2014-12-13"), "less");
  EXPECT_EQ(order("2015", "2014-12-13"), "greater");
  EXPECT_EQ(order("2012-04-15", "2012-04-15"), "equal");
  EXPECT_EQ(order("2018-02", "2018-03-01T10:30:00"), "less");
  EXPECT_EQ(order("2014-12-13T12:00:01", "2014-12-13T12:00:00"), "greater");
}

TEST(Compare, does_not_know_past_the_precision_of_one) {
  EXPECT_EQ(order("2018-03", "2018-03-01"), "unknown");
  EXPECT_EQ(order("2012-04-15", "2012-04-15T10:00:00"), "unknown");
  EXPECT_EQ(order("2018-03-01T10:30", "2018-03-01T10:30:00"), "unknown");
  EXPECT_EQ(time_order("10:30", "10:30:00"), "unknown");
}

TEST(Compare, takes_seconds_and_their_fraction_as_one_decimal) {
  EXPECT_EQ(order("2012-04-15T15:30:31", "2012-04-15T15:30:31.0"), "equal");
  EXPECT_EQ(order("2012-04-15T15:30:31", "2012-04-15T15:30:31.1"), "less");
  EXPECT_EQ(time_order("10:30:00.1", "10:30:00.099999999999999999"), "greater");
}

TEST(Compare, meets_in_utc_when_both_have_offsets) {
  EXPECT_EQ(order("2012-04-15T15:00:00+02:00", "2012-04-15T16:00:00+03:00"), "equal");
  EXPECT_EQ(order("2017-11-05T01:30:00.0-04:00", "2017-11-05T01:15:00.0-05:00"), "less");
  EXPECT_EQ(order("2018-01-01T00:30:00+01:00", "2017-12-31T23:30:00Z"), "equal");
}

TEST(Compare, knows_a_floating_time_only_beyond_every_zone) {
  EXPECT_EQ(order("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), "unknown");
  EXPECT_EQ(order("2012-04-15T10:00:00", "2012-04-15T10:00:00Z"), "unknown");
  EXPECT_EQ(order("2012-04-17T10:00:00", "2012-04-15T10:00:00Z"), "greater");
  EXPECT_EQ(order("2012-04-15T10:00:00Z", "2012-04-17T10:00:00"), "less");
}

std::string added(std::string_view text, std::string_view amount, CalendarUnit unit) {
  return shown(add(at(text), Decimal::parse(amount).value(), unit));
}

TEST(Add, follows_the_calendar) {
  EXPECT_EQ(added("1973-12-25", "7", CalendarUnit::day), "1974-01-01");
  EXPECT_EQ(added("1973-12-25", "7.7", CalendarUnit::day), "1974-01-01");
  EXPECT_EQ(added("1973-12-25", "1", CalendarUnit::week), "1974-01-01");
  EXPECT_EQ(added("1974-12-25", "-1", CalendarUnit::month), "1974-11-25");
  EXPECT_EQ(added("1973-12-25T00:00:00.000+10:00", "10", CalendarUnit::millisecond), "1973-12-25T00:00:00.010+10:00");
  EXPECT_EQ(added("1973-12-31T23:59:59Z", "1", CalendarUnit::second), "1974-01-01T00:00:00Z");
  EXPECT_EQ(added("1974-01-01T00:00:00Z", "-1", CalendarUnit::minute), "1973-12-31T23:59:00Z");
  EXPECT_EQ(added("1973-12-25T00:00:00.000", "0.1", CalendarUnit::second), "1973-12-25T00:00:00.100");
}

TEST(Add, takes_the_last_day_of_a_shorter_month) {
  EXPECT_EQ(added("2024-01-31", "1", CalendarUnit::month), "2024-02-29");
  EXPECT_EQ(added("2024-02-29", "1", CalendarUnit::year), "2025-02-28");
  EXPECT_EQ(added("2024-03-31T10:00", "-1", CalendarUnit::month), "2024-02-29T10:00");
}

TEST(Add, turns_finer_units_into_the_finest_the_value_has) {
  EXPECT_EQ(added("2014", "24", CalendarUnit::month), "2016");
  EXPECT_EQ(added("2014", "23", CalendarUnit::month), "2015");
  EXPECT_EQ(added("2014", "-13", CalendarUnit::month), "2013");
  EXPECT_EQ(added("2014", "365", CalendarUnit::day), "2015");
  EXPECT_EQ(added("2014-03", "59", CalendarUnit::day), "2014-04");
  EXPECT_EQ(added("2014-03-01", "47", CalendarUnit::hour), "2014-03-02");
  EXPECT_EQ(added("2014-03-01T10", "119", CalendarUnit::minute), "2014-03-01T11");
  EXPECT_EQ(added("2014-03-01T10:00", "119", CalendarUnit::second), "2014-03-01T10:01");
  EXPECT_EQ(added("2014-03-01T10:00:00", "1999", CalendarUnit::millisecond), "2014-03-01T10:00:01");
}

TEST(Add, goes_round_the_clock) {
  const auto later = [](std::string_view text, int amount, CalendarUnit unit) {
    return shown(add(Time::parse(text).value(), Decimal(amount), unit));
  };
  EXPECT_EQ(later("23:00:00", 2, CalendarUnit::hour), "01:00:00");
  EXPECT_EQ(later("23:00:00", 50, CalendarUnit::hour), "01:00:00");
  EXPECT_EQ(later("01:00", -61, CalendarUnit::minute), "23:59");
  EXPECT_EQ(later("01:00", 1, CalendarUnit::day), "invalid_argument");
}

TEST(Add, says_when_it_leaves_the_years) {
  EXPECT_EQ(added("9999-12-31", "1", CalendarUnit::day), "too_large");
  EXPECT_EQ(added("0001", "-1", CalendarUnit::year), "too_large");
  EXPECT_EQ(added("2015-01-01", "1e30", CalendarUnit::year), "too_large");
  EXPECT_EQ(added("2015-01-01T00:00:00.000", "1e37", CalendarUnit::millisecond), "too_large");
  EXPECT_EQ(added("2015-01-01T00:00:00.000000000000000000", "1e14", CalendarUnit::second), "too_large");
}

TEST(InstantRange, covers_all_that_a_value_can_mean) {
  const auto range = [](std::string_view text) {
    const InstantRange covered = instant_range(at(text), UtcOffset::of(480).value());
    return covered.start.to_string() + " " + covered.end.to_string();
  };
  EXPECT_EQ(range("2015"), "2014-12-31T16:00:00Z 2015-12-31T16:00:00Z");
  EXPECT_EQ(range("2024-02"), "2024-01-31T16:00:00Z 2024-02-29T16:00:00Z");
  EXPECT_EQ(range("2024-02-29"), "2024-02-28T16:00:00Z 2024-02-29T16:00:00Z");
  EXPECT_EQ(range("2024-02-29T10"), "2024-02-29T02:00:00Z 2024-02-29T03:00:00Z");
  EXPECT_EQ(range("2024-02-29T10:30Z"), "2024-02-29T10:30:00Z 2024-02-29T10:31:00Z");
  EXPECT_EQ(range("2024-02-29T10:30:15.25Z"), "2024-02-29T10:30:15.250Z 2024-02-29T10:30:15.260Z");
  EXPECT_EQ(range("2024-02-29T10:30:15.1234567Z"), "2024-02-29T10:30:15.123456Z 2024-02-29T10:30:15.123457Z");
  EXPECT_EQ(range("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z 2017-01-01T00:00:01Z");
}

TEST(Instant, is_read_and_written) {
  for (const char* text :
       {"1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.500Z"}) {
    EXPECT_EQ(shown(Instant::parse(text)), text);
  }
  EXPECT_EQ(shown(Instant::parse("2015-02-07T13:28:17.239+02:00")), "2015-02-07T11:28:17.239Z");
  EXPECT_EQ(Instant::parse("1970-01-01T00:00:01Z")->microseconds(), 1'000'000);
  EXPECT_EQ(Instant::parse("1969-12-31T23:59:59.500Z")->seconds(), -1);
  EXPECT_EQ(shown(Instant::parse("2015-02-07")), "malformed_input");
  EXPECT_EQ(shown(Instant::parse("2015-02-07T13:28:17")), "malformed_input");
}

TEST(DateTime, shows_an_instant_beside_an_offset) {
  const Instant instant = Instant::parse("2024-02-29T20:15:30.123456Z").value();
  EXPECT_EQ(DateTime::at(instant, UtcOffset::of(480).value()).to_string(), "2024-03-01T04:15:30.123+08:00");
  EXPECT_EQ(DateTime::at(instant, UtcOffset(), 0).to_string(), "2024-02-29T20:15:30Z");
  EXPECT_EQ(DateTime::at(Instant::from_microseconds(INT64_MAX), UtcOffset(), 0).to_string(), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace meridian
