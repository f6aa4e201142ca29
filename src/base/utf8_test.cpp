#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

TEST(Utf8, accepts_every_character_and_reads_it_back) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    ASSERT_TRUE(is_valid_utf8(text)) << static_cast<unsigned>(c);
    std::size_t offset = 0;
    ASSERT_EQ(next_code_point(text, offset), c);
    ASSERT_EQ(offset, text.size());
  }
}

TEST(Utf8, refuses_what_is_not_a_character) {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x9F\x98"}) {
    EXPECT_EQ(valid_utf8_prefix(text), 0u);
    EXPECT_EQ(valid_utf8_prefix("eight letters " + std::string(text)), 14u);
  }
}

TEST(Utf8, writes_the_replacement_for_what_is_not_a_character) {
  std::string text;
  append_utf8(text, 0xD800);
  append_utf8(text, 0x110000);
  EXPECT_EQ(text, "\uFFFD\uFFFD");
}

TEST(Utf8, counts_characters_and_finds_them) {
  const std::string text = "aé中😀z";
  EXPECT_EQ(count_code_points(text), 5u);
  EXPECT_EQ(offset_of_code_point(text, 0), 0u);
  EXPECT_EQ(offset_of_code_point(text, 3), 6u);
  EXPECT_EQ(offset_of_code_point(text, 5), text.size());
  EXPECT_EQ(offset_of_code_point(text, 99), text.size());
}

}  // namespace
}  // namespace meridian
