#include "formats/hl7v2/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ids;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::parsed;

constexpr const char* kHeader = "MSH|^~\\&|A|B|C|D|20260101||ADT^A01^ADT_A01|1|P|2.5.1\rEVN||20260101\r";
constexpr const char* kPatient = "PID|1||1^^^X^MR||Doe^J||20000101|F\r";
constexpr const char* kVisit = "PV1|1|I\r";

std::vector<std::string> faults_of(const std::string& text, ValidateOptions options = {}) {
  const auto source = parsed(text);
  Issues issues;
  validate(source.message, options, issues);
  return ids(issues);
}

TEST(Validate, says_nothing_of_a_correct_message) {
  EXPECT_THAT(faults_of(std::string(kHeader) + kPatient + kVisit + "ZPI|x\r"), IsEmpty());
}

TEST(Validate, misses_required_segments_and_fields) {
  EXPECT_THAT(faults_of(std::string(kHeader) + kPatient), ElementsAre("hl7-segment-missing PV1"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||||Doe\r" + kVisit), ElementsAre("hl7-field-missing PID-3"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||\"\"||Doe\r" + kVisit), IsEmpty()) << "null is a value";
}

TEST(Validate, finds_segments_too_often_out_of_order_and_without_a_place) {
  const std::string start = std::string(kHeader) + kPatient;
  EXPECT_THAT(faults_of(start + kVisit + "PV2\rPV2\r"), Contains("hl7-segment-out-of-order PV2[2]"));
  EXPECT_THAT(faults_of(std::string(kHeader) + kVisit + kPatient), Contains("hl7-segment-out-of-order PID"));
  EXPECT_THAT(faults_of(start + kVisit + "OBR|1\r"), Contains("hl7-segment-unexpected OBR"));
  EXPECT_THAT(faults_of(start + kVisit + "QQQ|1\r"), Contains("hl7-segment-unknown QQQ"));
}

TEST(Validate, checks_how_often_a_field_occurs) {
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1~2||Doe~Roe||20000101~20000102|F\r" + kVisit),
              ElementsAre("hl7-too-many-repetitions PID-7"));
}

TEST(Validate, checks_primitive_data_types) {
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|x||1||Doe||2000-01-01|F\r" + kVisit),
              ElementsAre("hl7-not-of-type PID-1", "hl7-not-of-type PID-7.1"));
}

TEST(Validate, checks_observations_by_the_type_that_they_say) {
  const std::string start = std::string(kHeader) + kPatient + kVisit;
  EXPECT_THAT(faults_of(start + "OBX|1|NM|a||12.5||||||F\r"), Not(Contains("hl7-not-of-type OBX-5")));
  EXPECT_THAT(faults_of(start + "OBX|1|NM|a||many||||||F\r"), Contains("hl7-not-of-type OBX-5"));
  EXPECT_THAT(faults_of(start + "OBX|1|NN|a||many||||||F\r"), Contains("hl7-type-unknown OBX-2"));
}

TEST(Validate, warns_of_lengths_tables_parts_and_escapes) {
  const std::string start = std::string(kHeader) + kPatient + kVisit;
  EXPECT_THAT(faults_of(start + "AL1|1|XX|a\r"), ElementsAre("hl7-not-in-table AL1-2.1"));
  EXPECT_THAT(faults_of(start + "AL1|1|XX|a\r", {.tables = Check::off}), IsEmpty());
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1||Doe|||FF\r" + kVisit),
              ElementsAre("hl7-too-long PID-8", "hl7-not-in-table PID-8"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1||Doe||20000101^X^Y|F\r" + kVisit),
              Contains("hl7-too-many-parts PID-7"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1||Do\\e|||F\r" + kVisit),
              Contains("hl7-escape-unknown PID-5.1"));
}

TEST(Validate, warns_where_there_are_no_definitions) {
  EXPECT_THAT(
      faults_of("MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|9.9\rEVN||20260101\r" + std::string(kPatient) + kVisit),
      Contains("hl7-version-unknown MSH-12"));
  EXPECT_THAT(faults_of("MSH|^~\\&|A|B|C|D|20260101||ZZZ^Z99|1|P|2.5\r"), Contains("hl7-message-unknown MSH-9"));
}

TEST(Validate, names_the_occurrence_of_a_segment) {
  EXPECT_THAT(faults_of(std::string(kHeader) + kPatient + kVisit + "AL1|1|DA|a\rAL1|x|DA|b\r"),
              ElementsAre("hl7-not-of-type AL1[2]-1"));
}

}  // namespace
}  // namespace meridian::hl7v2
