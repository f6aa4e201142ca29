#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

TimeZone zone(const char* name) {
  return TimeZone::find(name).value();
}

std::string range(const char* text, const char* name) {
  const InstantRange covered = instant_range(DateTime::parse(text).value(), zone(name));
  return covered.start.to_string() + " " + covered.end.to_string();
}

TEST(TimeZone, is_found_by_its_name) {
  EXPECT_EQ(zone("Asia/Shanghai").name(), "Asia/Shanghai");
  EXPECT_EQ(TimeZone().name(), "UTC");
  for (const char* name : {"", "Asia/Nowhere", "../../etc/passwd", "/etc/localtime"}) {
    EXPECT_EQ(TimeZone::find(name).error().code(), ErrorCode::not_found) << name;
  }
}

TEST(TimeZone, knows_the_offset_of_the_season) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.offset_at(Instant::parse("2024-01-01T00:00:00Z").value()), Duration::hours(1));
  EXPECT_EQ(berlin.offset_at(Instant::parse("2024-07-01T00:00:00Z").value()), Duration::hours(2));
}

TEST(TimeZone, gives_dates_their_instants) {
  EXPECT_EQ(range("2024-02-29", "Asia/Shanghai"), "2024-02-28T16:00:00Z 2024-02-29T16:00:00Z");
  EXPECT_EQ(range("2024", "Europe/Berlin"), "2023-12-31T23:00:00Z 2024-12-31T23:00:00Z");
  EXPECT_EQ(range("2024-02-29T10:00:00+01:00", "Asia/Shanghai"), "2024-02-29T09:00:00Z 2024-02-29T09:00:01Z");
}

TEST(TimeZone, covers_both_passes_of_a_repeated_hour) {
  EXPECT_EQ(range("2024-10-27T02:30", "Europe/Berlin"), "2024-10-27T00:30:00Z 2024-10-27T01:31:00Z");
  EXPECT_EQ(range("2024-10-27", "Europe/Berlin"), "2024-10-26T22:00:00Z 2024-10-27T23:00:00Z");
}

TEST(TimeZone, takes_a_skipped_time_as_the_instant_of_the_change) {
  EXPECT_EQ(range("2024-03-31T02:30:00", "Europe/Berlin"), "2024-03-31T01:00:00Z 2024-03-31T01:00:00.000001Z");
  EXPECT_EQ(range("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z");
}

TEST(TimeZone, shows_what_its_clocks_show) {
  const Instant instant = Instant::parse("2024-07-01T00:00:00Z").value();
  EXPECT_EQ(local_time(instant, zone("Asia/Shanghai")).to_string(), "2024-07-01T08:00:00.000+08:00");
  EXPECT_EQ(local_time(instant, zone("America/New_York"), 0).to_string(), "2024-06-30T20:00:00-04:00");
}

}  // namespace
}  // namespace meridian
