#include "formats/hl7v2/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using ::testing::ElementsAre;
using testing::ids;
using ::testing::IsEmpty;
using testing::parsed;

constexpr const char* kProfile = R"(<HL7v2xConformanceProfile HL7Version="2.5">
  <HL7v2xStaticDef MsgType="ADT" EventType="A01" MsgStructID="ADT_A01"><MetaData Name="small"/>
    <Segment Name="MSH" Usage="R" Min="1" Max="1">
      <Field Name="Separator" Usage="R" Min="1" Max="1"/><Field Name="Characters" Usage="R" Min="1" Max="1"/>
      <Field Name="Application" Usage="R" Min="1" Max="1" Length="5"/>
      <Field Name="Facility" Usage="X"/>
      <Field Name="Receiver" Usage="O" ConstantValue="LAB"/>
      <Field Name="6" Usage="O"/><Field Name="7" Usage="O"/><Field Name="8" Usage="O"/><Field Name="Type" Usage="R"/>
    </Segment>
    <Segment Name="PID" Usage="R" Min="1" Max="1">
      <Field Name="Set" Usage="O" Datatype="SI"/>
      <Field Name="Id" Usage="RE"/>
      <Field Name="Ids" Usage="R" Min="2" Max="3">
        <Component Name="Number" Usage="R" Datatype="NM"/><Component Name="Check" Usage="X"/>
        <Component Name="Authority" Usage="O"><SubComponent Name="Namespace" Usage="R"/></Component>
      </Field>
    </Segment>
    <SegGroup Name="VISIT" Usage="O" Min="0" Max="*"><Segment Name="PV1" Usage="R" Min="1" Max="1"/></SegGroup>
    <Segment Name="PDA" Usage="X" Min="0" Max="0"/>
  </HL7v2xStaticDef></HL7v2xConformanceProfile>)";

std::vector<std::string> faults_of(const std::string& text) {
  const Profile profile = Profile::parse(kProfile).value();
  Issues issues;
  const auto source = parsed(text);
  profile.validate(source.message, issues);
  return ids(issues);
}

constexpr const char* kHeader = "MSH|^~\\&|HIS||LAB||||ADT^A01\r";

TEST(Profile, knows_what_it_is_for) {
  const Profile profile = Profile::parse(kProfile).value();
  EXPECT_EQ(profile.name(), "small");
  EXPECT_EQ(profile.version(), "2.5");
  EXPECT_EQ(profile.structure(), "ADT_A01");
}

TEST(Profile, says_nothing_of_a_message_that_conforms) {
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1~2^^n\rPV1|1\rPV1|2\r"), IsEmpty());
}

TEST(Profile, checks_segments) {
  EXPECT_THAT(faults_of(kHeader), ElementsAre("hl7-segment-missing PID"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1~2\rPDA|\r"), ElementsAre("hl7-profile-not-supported PDA"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1~2\rAL1|1\r"), ElementsAre("hl7-segment-unexpected AL1"));
}

TEST(Profile, checks_fields_and_their_parts) {
  EXPECT_THAT(faults_of("MSH|^~\\&|LENGTHY|X|XXX||||ADT^A01\rPID|1||1~2\r"),
              ElementsAre("hl7-too-long MSH-3", "hl7-profile-not-supported MSH-4", "hl7-profile-constant MSH-5"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1\r"), ElementsAre("hl7-field-missing PID-3"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1\r"), ElementsAre("hl7-too-few-repetitions PID-3"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|1||1~2~3~4\r"), ElementsAre("hl7-too-many-repetitions PID-3"));
  EXPECT_THAT(faults_of(std::string(kHeader) + "PID|x||x~^c^&n^more||beyond\r"),
              ElementsAre("hl7-not-of-type PID-1", "hl7-not-of-type PID-3[1].1", "hl7-field-missing PID-3[2].1",
                          "hl7-profile-not-supported PID-3[2].2", "hl7-field-missing PID-3[2].3.1",
                          "hl7-profile-not-supported PID-3[2].3.2", "hl7-profile-not-supported PID-3[2].4",
                          "hl7-profile-not-supported PID-5"));
}

TEST(Profile, says_that_a_message_is_of_another_type) {
  EXPECT_THAT(faults_of("MSH|^~\\&|HIS||LAB||||ADT^A02\rPID|1||1~2\r"), ElementsAre("hl7-profile-other-message MSH-9"));
}

TEST(Profile, refuses_what_is_no_profile) {
  EXPECT_EQ(Profile::parse("<a").error().code(), ErrorCode::malformed_input);
  EXPECT_EQ(Profile::parse("<a/>").error().code(), ErrorCode::malformed_input);
  EXPECT_EQ(Profile::parse("<HL7v2xConformanceProfile/>").error().code(), ErrorCode::malformed_input);
  std::string deep = "<HL7v2xConformanceProfile><HL7v2xStaticDef>";
  for (int i = 0; i < 40; ++i) deep += "<SegGroup Name=\"G\">";
  for (int i = 0; i < 40; ++i) deep += "</SegGroup>";
  EXPECT_EQ(Profile::parse(deep + "</HL7v2xStaticDef></HL7v2xConformanceProfile>").error().code(),
            ErrorCode::too_large);
}

TEST(Profile, reads_no_external_entities) {
  const auto profile = Profile::parse(
      "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><HL7v2xConformanceProfile HL7Version=\"&x;\">"
      "<HL7v2xStaticDef/></HL7v2xConformanceProfile>");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->version(), "&x;");
}

}  // namespace
}  // namespace meridian::hl7v2
