#include "formats/hl7v2/ack.hpp"

#include <gtest/gtest.h>

#include <string>

#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using testing::parsed;

constexpr meridian::Message kOdd{"test-odd", "odd: {0}", "奇怪：{0}"};

std::string message(const std::string& version, const std::string& wanted = "|||") {
  return "MSH|^~\\&|HIS|WARD|LAB|CENTRAL|20260101||ADT^A01^ADT_A01|77|P|" + version + wanted + "\rPID|1\r";
}

Issues one_error() {
  Issues issues;
  issues.add({Severity::error, IssueType::required, kOdd, {"PID|3"}, "PID-3[2].4.1"});
  issues.add({Severity::information, IssueType::structure, kOdd, {"quiet"}, "MSH"});
  return issues;
}

const AckOptions kOptions{.time = "20260102", .control_id = "A1"};

TEST(Ack, goes_back_to_where_the_message_came_from) {
  const auto source = parsed(message("2.5.1"));
  EXPECT_EQ(make_ack(source.message, AckCode::AA, Issues(), kOptions),
            "MSH|^~\\&|LAB|CENTRAL|HIS|WARD|20260102||ACK^A01^ACK|A1|P|2.5.1\rMSA|AA|77\r");
}

TEST(Ack, points_at_each_fault_since_version_2_5) {
  const auto source = parsed(message("2.5.1"));
  EXPECT_EQ(make_ack(source.message, AckCode::AE, one_error(), kOptions),
            "MSH|^~\\&|LAB|CENTRAL|HIS|WARD|20260102||ACK^A01^ACK|A1|P|2.5.1\rMSA|AE|77\r"
            "ERR||PID^1^3^2^4^1|101^Required field missing^HL70357|E|||test-odd|odd: PID\\F\\3\r");
}

TEST(Ack, points_at_faults_in_one_segment_before_that) {
  const auto source = parsed(message("2.3"));
  EXPECT_EQ(make_ack(source.message, AckCode::AE, one_error(), kOptions),
            "MSH|^~\\&|LAB|CENTRAL|HIS|WARD|20260102||ACK^A01|A1|P|2.3\rMSA|AE|77|odd: PID\\F\\3\r"
            "ERR|PID^1^3^101&Required field missing&HL70357\r");
}

TEST(Ack, speaks_chinese_and_says_that_it_is_utf8) {
  const auto source = parsed(message("2.5.1"));
  AckOptions options = kOptions;
  options.language = Language::chinese;
  const std::string ack = make_ack(source.message, AckCode::AE, one_error(), options);
  EXPECT_NE(ack.find("|P|2.5.1||||||UNICODE UTF-8\r"), std::string::npos);
  EXPECT_NE(ack.find("奇怪"), std::string::npos);
}

TEST(Ack, uses_the_separators_of_the_message) {
  const auto source = parsed("MSH$*%!+$HIS$WARD$LAB$C$1$$ADT*A01$9$P$2.5\r");
  EXPECT_EQ(make_ack(source.message, AckCode::CA, Issues(), kOptions),
            "MSH$*%!+$LAB$C$HIS$WARD$20260102$$ACK*A01*ACK$A1$P$2.5\rMSA$CA$9\r");
}

TEST(Ack, answers_even_what_is_no_message) {
  const auto source = parsed("nonsense");
  const std::string ack = make_ack(source.message, AckCode::AR, source.issues, kOptions);
  EXPECT_TRUE(ack.starts_with("MSH|^~\\&|||||20260102||ACK|A1|P|2.5.1\rMSA|AR|\rERR||MSH^1|")) << ack;
}

TEST(Ack, is_bounded_in_errors) {
  const auto source = parsed(message("2.5.1"));
  Issues issues;
  for (int i = 0; i < 100; ++i) issues.add({Severity::error, IssueType::value, kOdd, {"x"}, "PID-3"});
  AckOptions options = kOptions;
  options.max_errors = 3;
  const auto answer = parsed(make_ack(source.message, AckCode::AE, issues, options));
  EXPECT_TRUE(answer.message.segment("ERR", 3));
  EXPECT_FALSE(answer.message.segment("ERR", 4));
}

TEST(Ack, has_the_code_of_its_stage_and_outcome) {
  EXPECT_EQ(name(ack_code(AckStage::application, Outcome::accepted)), "AA");
  EXPECT_EQ(name(ack_code(AckStage::application, Outcome::error)), "AE");
  EXPECT_EQ(name(ack_code(AckStage::application, Outcome::rejected)), "AR");
  EXPECT_EQ(name(ack_code(AckStage::accept, Outcome::accepted)), "CA");
  EXPECT_EQ(name(ack_code(AckStage::accept, Outcome::error)), "CE");
  EXPECT_EQ(name(ack_code(AckStage::accept, Outcome::rejected)), "CR");
}

bool wanted(const std::string& source, AckStage stage, Outcome outcome) {
  return is_ack_wanted(parsed(source).message.header(), stage, outcome);
}

TEST(Ack, is_wanted_once_in_original_mode) {
  EXPECT_FALSE(wanted(message("2.5"), AckStage::accept, Outcome::accepted));
  EXPECT_TRUE(wanted(message("2.5"), AckStage::application, Outcome::accepted));
  EXPECT_TRUE(wanted(message("2.5"), AckStage::application, Outcome::rejected));
}

TEST(Ack, is_wanted_as_msh_15_and_16_say_in_enhanced_mode) {
  const std::string enhanced = message("2.5", "|||AL|ER");
  EXPECT_TRUE(wanted(enhanced, AckStage::accept, Outcome::accepted));
  EXPECT_FALSE(wanted(enhanced, AckStage::application, Outcome::accepted));
  EXPECT_TRUE(wanted(enhanced, AckStage::application, Outcome::error));
  EXPECT_TRUE(wanted(message("2.5", "|||SU|NE"), AckStage::accept, Outcome::accepted));
  EXPECT_FALSE(wanted(message("2.5", "|||SU|NE"), AckStage::accept, Outcome::rejected));
  EXPECT_FALSE(wanted(message("2.5", "|||SU|NE"), AckStage::application, Outcome::error));
}

TEST(Ack, is_never_wanted_for_an_ack) {
  EXPECT_FALSE(wanted("MSH|^~\\&|A|B|C|D|1||ACK^A01|9|P|2.5\r", AckStage::application, Outcome::error));
}

}  // namespace
}  // namespace meridian::hl7v2
