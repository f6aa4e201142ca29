#include "formats/hl7v2/text.hpp"

#include <gtest/gtest.h>

namespace meridian::hl7v2 {
namespace {

std::string unescaped(std::string_view raw, const Separators& separators = {}) {
  std::string out;
  append_unescaped(out, raw, separators);
  return out;
}
std::string escaped(std::string_view text, const Separators& separators = {}) {
  std::string out;
  append_escaped(out, text, separators);
  return out;
}

TEST(Text, resolves_the_separators_of_the_message) {
  EXPECT_EQ(unescaped("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\"), "a|b^c&d~e\\f#");
  const Separators own{.field = '$', .component = '*', .repetition = '%', .escape = '!', .subcomponent = '+'};
  EXPECT_EQ(unescaped("a!F!b!S!c!T!d!R!e!E!f", own), "a$b*c+d%e!f");
}

TEST(Text, resolves_bytes_in_hexadecimal) {
  EXPECT_EQ(unescaped("a\\X0D0A\\b"), "a\r\nb");
  EXPECT_EQ(unescaped("\\XE4BDA0\\"), "你");
  EXPECT_EQ(unescaped("\\XE9\\"), "é") << "what is no UTF-8 counts as ISO 8859-1";
  EXPECT_EQ(unescaped("\\X0\\"), "\\X0\\");
  EXPECT_EQ(unescaped("\\XZZ\\"), "\\XZZ\\");
}

TEST(Text, makes_line_breaks_of_layout_and_drops_the_rest_of_it) {
  EXPECT_EQ(unescaped("a\\.br\\b"), "a\nb");
  EXPECT_EQ(unescaped("a\\.sp\\b"), "a\n\nb");
  EXPECT_EQ(unescaped("a\\.sp+2\\b"), "a\n\n\nb");
  EXPECT_EQ(unescaped("\\H\\loud\\N\\ \\.in+4\\\\.ti-2\\quiet"), "loud quiet");
  EXPECT_EQ(unescaped("\\.sp99999999999\\").size(), 101U);
}

TEST(Text, drops_changes_of_character_set) {
  EXPECT_EQ(unescaped("a\\C2D43\\b\\M2442\\c\\M242844\\d"), "abcd");
}

TEST(Text, leaves_what_is_no_escape_sequence) {
  EXPECT_EQ(unescaped("C:\\temp"), "C:\\temp");
  EXPECT_EQ(unescaped("C:\\temp\\new\\T\\x"), "C:\\temp\\new&x");
  EXPECT_EQ(unescaped("\\Z12\\ \\\\ \\"), "\\Z12\\ \\\\ \\");
  EXPECT_EQ(unescaped("plain", {.escape = '\0'}), "plain");
}

TEST(Text, comes_back_the_same_when_it_was_escaped) {
  const std::string text = "a|b^c&d~e\\f\r\ng\x01\tend 你好";
  EXPECT_EQ(escaped(text), "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X0D\\\\X0A\\g\\X01\\\tend 你好");
  EXPECT_EQ(unescaped(escaped(text)), text);
  EXPECT_EQ(escaped("#1", {.truncation = '#'}), "\\P\\1");
}

}  // namespace
}  // namespace meridian::hl7v2
