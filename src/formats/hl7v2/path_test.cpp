#include "formats/hl7v2/path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meridian::hl7v2 {
namespace {

Message sample() {
  Issues issues;
  return MessageParser().parse(
      "MSH|^~\\&|A|B|||||ORU^R01|1|P|2.5\r"
      "PID|||1^^^X&Y~2^^^Z&W\r"
      "OBX|1|NM|a||5\r"
      "OBX|2|NM|b||6\r"
      "OBX|3|NM|c\r",
      issues);
}

std::string text_at(std::string_view path) {
  static const Message message = sample();
  return find(message, Path::parse(path).value()).text();
}

TEST(Path, finds_fields_components_and_subcomponents) {
  EXPECT_EQ(text_at("MSH-9.2"), "R01");
  EXPECT_EQ(text_at("MSH.9.2"), "R01");
  EXPECT_EQ(text_at("MSH-1"), "|");
  EXPECT_EQ(text_at("PID-3"), "1");
  EXPECT_EQ(text_at("PID-3.4.2"), "Y");
  EXPECT_EQ(text_at("PID-3[2].4.2"), "W");
  EXPECT_EQ(text_at("PID-3[2]"), "2");
  EXPECT_EQ(text_at("OBX[2]-5"), "6");
}

TEST(Path, finds_nothing_where_nothing_is) {
  const Message message = sample();
  for (const char* const path : {"PV1-3", "OBX[4]-5", "OBX[3]-5", "PID-3[3]", "PID-3.9", "PID-3.1.2", "PID"}) {
    EXPECT_EQ(find(message, Path::parse(path).value()).presence(), Presence::absent) << path;
  }
}

TEST(Path, finds_every_value_that_a_star_reaches) {
  const Message message = sample();
  const auto all = [&message](std::string_view path) {
    std::vector<std::string> out;
    for (const Value& value : find_all(message, Path::parse(path).value())) out.push_back(value.text());
    return out;
  };
  EXPECT_THAT(all("OBX[*]-5"), testing::ElementsAre("5", "6"));
  EXPECT_THAT(all("PID-3[*].4"), testing::ElementsAre("X", "Z"));
  EXPECT_THAT(all("OBX-5"), testing::ElementsAre("5"));
  EXPECT_THAT(all("ZZZ[*]-5"), testing::IsEmpty());
}

TEST(Path, names_a_segment_alone) {
  const Message message = sample();
  EXPECT_EQ(find_segment(message, Path::parse("OBX[2]").value()).field(3).text(), "b");
  EXPECT_FALSE(find_segment(message, Path::parse("PV1").value()));
}

TEST(Path, is_written_as_it_is_read) {
  for (const char* const path : {"PID", "OBX[3]", "OBX[*]-5", "PID-3[2].1.2", "MSH-9.2", "PID-3[*].1"}) {
    EXPECT_EQ(to_string(Path::parse(path).value()), path);
  }
  EXPECT_EQ(to_string(Path::parse("PID[1].3").value()), "PID-3");
}

TEST(Path, says_where_a_path_is_wrong) {
  for (const char* const path :
       {"", "PI", "PIDX", "PID-", "PID-0", "PID-3[", "PID-3[0]", "PID-3.1.2.3", "PID-3[1", "P-D"}) {
    const auto parsed = Path::parse(path);
    ASSERT_FALSE(parsed) << path;
    EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(Path::parse("PID-3[x]").error().message(), "HL7 path \"PID-3[x]\", column 7: expected a number from 1");
}

}  // namespace
}  // namespace meridian::hl7v2
