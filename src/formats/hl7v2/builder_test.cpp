#include "formats/hl7v2/builder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using testing::parsed;

TEST(MessageBuilder, writes_separators_only_up_to_the_last_value) {
  MessageBuilder builder;
  builder.segment("MSH").set(3, "HIS").set({.field = 9, .component = 2}, "A01").set(9, "ADT");
  builder.segment("PID")
      .set({.field = 3, .repetition = 2, .component = 4, .subcomponent = 2}, "1.2")
      .set(3, "7")
      .null(5);
  builder.segment("PD1");
  EXPECT_TRUE(builder.ok());
  EXPECT_EQ(std::move(builder).take(), "MSH|^~\\&|HIS||||||ADT^A01\rPID|||7~^^^&1.2||\"\"\rPD1\r");
}

TEST(MessageBuilder, takes_values_in_any_order_and_the_last_of_two) {
  MessageBuilder builder;
  builder.segment("NTE").set(3, "c").set(1, "a").set(3, "d");
  EXPECT_EQ(std::move(builder).take(), "NTE|a||d\r");
}

TEST(MessageBuilder, escapes_what_would_separate) {
  const Separators own{.field = '$', .component = '*', .repetition = '%', .escape = '!', .subcomponent = '+'};
  MessageBuilder builder(own);
  builder.segment("MSH").set(3, "a$b*c%d!e+f|g\n");
  const std::string bytes = std::move(builder).take();
  EXPECT_EQ(bytes, "MSH$*%!+$a!F!b!S!c!R!d!E!e!T!f|g!X0A!\r");
  EXPECT_EQ(parsed(bytes).message.segment("MSH").field(3).text(), "a$b*c%d!e+f|g\n");
}

TEST(MessageBuilder, leaves_out_what_cannot_be_written_and_says_so) {
  MessageBuilder header;
  header.segment("MSH").set(2, "x");
  EXPECT_FALSE(header.ok());
  MessageBuilder far;
  far.segment("PID").set({.field = 4'000'000'000}, "x");
  EXPECT_FALSE(far.ok());
  EXPECT_EQ(std::move(far).take(), "PID\r");
}

TEST(MessageBuilder, copies_segments_and_bytes_without_breaking_lines) {
  const auto source = parsed("MSH|^~\\&|A\nB\rZZZ|^1&2~3\r");
  MessageBuilder builder;
  builder.segment("MSH").raw(3, source.message.segment("MSH").field(3).raw());
  builder.copy(source.message.segment("ZZZ"));
  EXPECT_EQ(std::move(builder).take(), "MSH|^~\\&|A B\rZZZ|^1&2~3\r");
}

std::string changed(const char* path, std::string_view text) {
  const auto source = parsed("MSH|^~\\&|A\rPID|1||a^b&c~d|\rOBX|1\rOBX|2\r");
  return with_text(source.message, Path::parse(path).value(), text).value_or("refused");
}

TEST(WithText, changes_one_value_and_nothing_else) {
  EXPECT_EQ(changed("PID-3.1", "x|y"), "MSH|^~\\&|A\rPID|1||x\\F\\y^b&c~d|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-3[2]", "x"), "MSH|^~\\&|A\rPID|1||a^b&c~x|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-3.2.2", "x"), "MSH|^~\\&|A\rPID|1||a^b&x~d|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-3", "x"), "MSH|^~\\&|A\rPID|1||x|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("OBX[2]-1", "x"), "MSH|^~\\&|A\rPID|1||a^b&c~d|\rOBX|1\rOBX|x\r");
}

TEST(WithText, makes_what_is_missing_on_the_way) {
  EXPECT_EQ(changed("PID-6", "x"), "MSH|^~\\&|A\rPID|1||a^b&c~d|||x\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-4[2].2.2", "x"), "MSH|^~\\&|A\rPID|1||a^b&c~d|~^&x\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-3[2].3", "x"), "MSH|^~\\&|A\rPID|1||a^b&c~d^^x|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("PID-3.1.2", "x"), "MSH|^~\\&|A\rPID|1||a&x^b&c~d|\rOBX|1\rOBX|2\r");
  EXPECT_EQ(changed("MSH-5", "x"), "MSH|^~\\&|A||x\rPID|1||a^b&c~d|\rOBX|1\rOBX|2\r");
}

TEST(WithText, refuses_separators_and_what_is_not_there) {
  EXPECT_EQ(changed("MSH-2", "x"), "refused");
  EXPECT_EQ(changed("PV1-2", "x"), "refused");
  EXPECT_EQ(changed("PID", "x"), "refused");
  EXPECT_EQ(changed("PID-3[*]", "x"), "refused");
}

}  // namespace
}  // namespace meridian::hl7v2
