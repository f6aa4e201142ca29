#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "formats/table/testing/read_table.hpp"

namespace meridian::table {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::read_table;
using testing::read_table_slowly;
using ::testing::SizeIs;
using testing::WholeTable;

using Strings = std::vector<std::string>;

constexpr std::string_view kGb = "\xD0\xD5\xC3\xFB,\xC4\xEA\xC1\xE4\n\xC0\xEE\xCE\xB0,30\n";  // 姓名,年龄 李伟,30

/// In UTF-16, given code units.
std::string wide(std::u16string_view text, bool is_big, bool has_mark) {
  std::string out;
  const auto put = [&](char16_t unit) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    out += is_big ? high : low;
    out += is_big ? low : high;
  };
  if (has_mark) put(0xFEFF);
  for (const char16_t unit : text) put(unit);
  return out;
}

TEST(TableCharset, reads_gb_18030_where_bytes_are_no_utf_8) {
  const WholeTable table = read_table(kGb);
  EXPECT_THAT(table.columns, ElementsAre("姓名", "年龄"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"李伟", "30"}));
  EXPECT_THAT(table.issues, ElementsAre("table-charset"));
}

TEST(TableCharset, decides_at_the_first_byte_that_is_not_ascii) {
  std::string text = "a,b\n";
  for (int i = 0; i < 100'000; ++i) text += "1,2\n";
  const WholeTable table = read_table(text + "\xC0\xEE\xCE\xB0,3\n");
  ASSERT_THAT(table.rows, SizeIs(100'001));
  EXPECT_EQ(table.rows.back(), (Strings{"李伟", "3"}));
  EXPECT_THAT(table.issues, ElementsAre("table-charset"));
}

TEST(TableCharset, takes_utf_8_for_what_it_is_though_a_byte_is_broken) {
  std::string text = "a,b\n";
  for (int i = 0; i < 5; ++i) text += "姓名,年龄\n";
  const WholeTable table = read_table(text + "x\xB0,1\n");
  EXPECT_EQ(table.rows.back(), (Strings{"x\uFFFD", "1"}));
  EXPECT_THAT(table.issues, ElementsAre("table-not-text at line 7, column a"));
}

TEST(TableCharset, obeys_byte_order_marks) {
  EXPECT_THAT(read_table("\xEF\xBB\xBF\"a\",b\n").columns, ElementsAre("a", "b"));
  for (const bool is_big : {false, true}) {
    const WholeTable table = read_table(wide(u"姓名\tb\r\n李\U00020BB7\t2\r\n", is_big, true));
    EXPECT_THAT(table.columns, ElementsAre("姓名", "b"));
    EXPECT_THAT(table.rows, ElementsAre(Strings{"李\U00020BB7", "2"}));
    EXPECT_THAT(table.issues, IsEmpty());
  }
  EXPECT_THAT(read_table("\x84\x31\x95\x33" + std::string(kGb)).columns, ElementsAre("姓名", "年龄"));
}

TEST(TableCharset, sees_utf_16_without_a_mark) {
  for (const bool is_big : {false, true}) {
    const std::string text = wide(u"id;name\n1;李\n", is_big, false);
    EXPECT_THAT(read_table(text).rows, ElementsAre(Strings{"1", "李"}));
    EXPECT_THAT(read_table_slowly(text).rows, ElementsAre(Strings{"1", "李"}));
  }
}

TEST(TableCharset, a_lone_surrogate_is_no_character) {
  const WholeTable table = read_table(wide(u"a,b\n1\xD800,2\n3,\xDC00x\n", false, true));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1\uFFFD", "2"}, Strings{"3", "\uFFFDx"}));
  EXPECT_THAT(table.faulty, ElementsAre(2, 3));
}

TEST(TableCharset, obeys_what_is_asked_for) {
  TableOptions options;
  options.charset = "windows-1252";
  EXPECT_THAT(read_table("a,b\nM\xFCller,1\n", options).rows, ElementsAre(Strings{"Müller", "1"}));
  options.charset = "UTF-8";
  EXPECT_THAT(read_table("\xEF\xBB\xBF"
                         "a,b\nM\xFCller,1\n",
                         options)
                  .rows,
              ElementsAre(Strings{"M\uFFFDller", "1"}));
  options.charset = "Big5";
  EXPECT_THAT(read_table("a,b\n\xA7\xF5,1\n", options).rows, ElementsAre(Strings{"李", "1"}));
}

TEST(TableCharset, second_bytes_that_look_like_delimiters_are_none) {
  // 0x7C, a vertical bar, as the second byte of a character of GB 18030.
  const WholeTable table = read_table("a|b\n\x81\x7C|\xC0\xEE\n");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"亅", "李"})) << table.rows[0][0];
}

TEST(TableCharset, finds_what_is_broken_in_converted_text) {
  const WholeTable table = read_table(std::string(kGb) + "\xC0\xEE\xFF,1\nx,\xC0");
  EXPECT_THAT(table.faulty, ElementsAre(3, 4));
  EXPECT_EQ(table.rows[1], (Strings{"李\uFFFD", "1"}));
  EXPECT_EQ(table.rows[2], (Strings{"x", "\uFFFD"}));
}

}  // namespace
}  // namespace meridian::table
