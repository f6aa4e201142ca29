#include <gtest/gtest.h>

#include <string>

#include "formats/table/internal/cell_format.hpp"

namespace meridian::table::internal {
namespace {

std::string dated(double serial, CellFormat format, DateSystem system = DateSystem::from_1900) {
  std::string out;
  return append_date(out, serial, format, system) ? out : "none";
}

TEST(CellFormat, knows_dates_and_times_by_their_codes) {
  for (const char* const code : {"yyyy-mm-dd", "m/d/yy", "d\\-mmm", "mmm", "m", "[$-804]yyyy\"年\"m\"月\";@", "dddd",
                                 "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "YYYY", "gge\"年\""}) {
    EXPECT_EQ(format_of(code), CellFormat::date) << code;
  }
  for (const char* const code :
       {"h:mm", "mm:ss", "mm:ss.0", "h:mm AM/PM", "[$-F400]h:mm:ss\\ AM/PM", "h\"时\"mm\"分\""}) {
    EXPECT_EQ(format_of(code), CellFormat::time) << code;
  }
  for (const char* const code : {"m/d/yy h:mm", "yyyy\\Thh:mm:ss", "yyyy-mm-dd\\ hh:mm:ss.000"}) {
    EXPECT_EQ(format_of(code), CellFormat::date_time) << code;
  }
  for (const char* const code : {"[h]:mm", "[mm]:ss", "[SS]"}) EXPECT_EQ(format_of(code), CellFormat::elapsed) << code;
  for (const char* const code :
       {"General", "0.00", "#,##0;[Red]-#,##0", "0.00E+00", "@", "0\" days\"", "0\\h", "_d0_m", "[Red]0", "[DBNum1]0",
        "General\" mg\"", "# ?/?", "", "\"unclosed", "[unclosed", "\\"}) {
    EXPECT_EQ(format_of(code), CellFormat::number) << code;
  }
}

TEST(CellFormat, knows_the_formats_without_codes) {
  EXPECT_EQ(builtin_format(0), CellFormat::number);
  EXPECT_EQ(builtin_format(14), CellFormat::date);
  EXPECT_EQ(builtin_format(20), CellFormat::time);
  EXPECT_EQ(builtin_format(22), CellFormat::date_time);
  EXPECT_EQ(builtin_format(31), CellFormat::date);
  EXPECT_EQ(builtin_format(33), CellFormat::time);
  EXPECT_EQ(builtin_format(46), CellFormat::elapsed);
  EXPECT_EQ(builtin_format(49), CellFormat::number);
}

TEST(CellFormat, writes_days_of_both_systems) {
  EXPECT_EQ(dated(59, CellFormat::date), "1900-02-28");
  EXPECT_EQ(dated(60, CellFormat::date), "none");
  EXPECT_EQ(dated(2'958'465, CellFormat::date), "9999-12-31");
  EXPECT_EQ(dated(2'958'466, CellFormat::date), "none");
  EXPECT_EQ(dated(1, CellFormat::date, DateSystem::from_1904), "1904-01-02");
  EXPECT_EQ(dated(2'958'000, CellFormat::date, DateSystem::from_1904), "none");
  EXPECT_EQ(dated(-1, CellFormat::date), "none");
  EXPECT_EQ(dated(1e300, CellFormat::date), "none");
}

TEST(CellFormat, writes_times_to_the_millisecond) {
  EXPECT_EQ(dated(45413, CellFormat::date_time), "2024-05-01T00:00:00");
  EXPECT_EQ(dated(45413.999999999, CellFormat::date_time), "2024-05-02T00:00:00");
  EXPECT_EQ(dated(45413 + 0.25 / 86'400, CellFormat::date_time), "2024-05-01T00:00:00.250");
  EXPECT_EQ(dated(0.75, CellFormat::time), "18:00:00");
  EXPECT_EQ(dated(0.75, CellFormat::date_time), "18:00:00");
  EXPECT_EQ(dated(45413.75, CellFormat::time), "2024-05-01T18:00:00");
  EXPECT_EQ(dated(0.5, CellFormat::date), "none");
}

TEST(CellFormat, writes_elapsed_time_as_a_duration) {
  EXPECT_EQ(dated(0, CellFormat::elapsed), "PT0S");
  EXPECT_EQ(dated(1.5, CellFormat::elapsed), "PT36H");
  EXPECT_EQ(dated(61.25 / 86'400, CellFormat::elapsed), "PT1M1.250S");
  EXPECT_EQ(dated(-0.5, CellFormat::elapsed), "-PT12H");
}

TEST(CellFormat, refuses_text_that_is_no_number) {
  for (const char* const text : {"", "x", "1x", "inf", "nan", "1e999", "--1", "+"}) {
    std::string out;
    EXPECT_FALSE(append_number(out, text)) << text;
    EXPECT_EQ(out, "");
  }
}

}  // namespace
}  // namespace meridian::table::internal
