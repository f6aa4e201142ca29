#include "units/calendar.hpp"

#include <gtest/gtest.h>

namespace meridian::units {
namespace {

TEST(CalendarUnit, is_found_by_its_word_its_plural_and_its_ucum_code) {
  for (auto unit : {CalendarUnit::year, CalendarUnit::month, CalendarUnit::week, CalendarUnit::day, CalendarUnit::hour,
                    CalendarUnit::minute, CalendarUnit::second, CalendarUnit::millisecond}) {
    EXPECT_EQ(calendar_unit_of_word(word(unit)), unit);
    EXPECT_EQ(calendar_unit_of_word(plural(unit)), unit);
    EXPECT_EQ(calendar_unit_of_ucum(ucum_code(unit)), unit);
  }
}

TEST(CalendarUnit, is_case_sensitive_and_knows_nothing_else) {
  EXPECT_FALSE(calendar_unit_of_word("Year"));
  EXPECT_FALSE(calendar_unit_of_word("a"));
  EXPECT_FALSE(calendar_unit_of_ucum("year"));
  EXPECT_FALSE(calendar_unit_of_ucum("M"));
  EXPECT_FALSE(calendar_unit_of_word(""));
}

TEST(CalendarUnit, is_definite_from_the_second_down) {
  EXPECT_FALSE(definite(CalendarUnit::year));
  EXPECT_FALSE(definite(CalendarUnit::minute));
  EXPECT_TRUE(definite(CalendarUnit::second));
  EXPECT_TRUE(definite(CalendarUnit::millisecond));
}

}  // namespace
}  // namespace meridian::units
