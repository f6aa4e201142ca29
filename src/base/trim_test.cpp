#include "base/trim.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

TEST(Trim, takes_white_space_off_both_ends_and_nothing_from_within) {
  EXPECT_EQ(trimmed(" \t\r\na b \n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Trim, takes_off_what_it_is_told_to) {
  EXPECT_EQ(without_blanks("\t a\n "), "a\n");
  EXPECT_EQ(trimmed(std::string_view("1.2\0 ", 5), std::string_view(" \0", 2)), "1.2");
  EXPECT_EQ(trimmed("\tcode ", " "), "\tcode");
}

}  // namespace
}  // namespace meridian
