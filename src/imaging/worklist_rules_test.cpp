#include "imaging/worklist_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imaging/dicom_node.hpp"

namespace meridian::imaging {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

WorklistRules rules_of(const std::string& yaml) {
  std::vector<std::string> faults;
  const auto rules = parse_worklist_rules(yaml, "worklist.yaml", faults);
  EXPECT_THAT(faults, ::testing::IsEmpty());
  return rules.value_or(WorklistRules());
}

std::vector<std::string> titles(const std::vector<const Station*>& stations) {
  std::vector<std::string> out;
  for (const Station* station : stations) out.push_back(station->title);
  return out;
}

TEST(WorklistRules, tell_the_modality_by_dicoms_code_then_by_rules_then_by_section) {
  const WorklistRules rules = rules_of(R"(
modalities:
  - { modality: CT, system: "http://loinc.org", codes: ["24627-2"] }
  - { modality: US, texts: ["*ultrasound*", "*超声*"] }
)");
  const Said dicom{"http://dicom.nema.org/resources/ontology/DCM", "MR", ""};
  const Said loinc{"http://loinc.org", "24627-2", "CT Chest"};
  const Said section{"http://terminology.hl7.org/CodeSystem/v2-0074", "NMS", ""};
  EXPECT_EQ(modality_of(rules, {loinc, dicom}), "MR");
  EXPECT_EQ(modality_of(rules, {section, loinc}), "CT");
  EXPECT_EQ(modality_of(rules, {section}), "NM");
  EXPECT_EQ(modality_of(rules, {{"", "", "Abdominal ULTRASOUND, upper"}}), "US");
  EXPECT_EQ(modality_of(rules, {{"", "", "腹部超声检查"}}), "US");
  EXPECT_EQ(modality_of(rules, {{"urn:other", "24627-2", ""}}), "");
  EXPECT_EQ(modality_of(rules, {{"http://dicom.nema.org/resources/ontology/DCM", "113014", "Study"}}), "");
}

TEST(WorklistRules, find_stations_by_their_places) {
  const WorklistRules rules = rules_of(R"(
stations:
  - { title: CT1, modality: CT, places: [Location/ct-1, "ct room 1"] }
  - { title: CT2, modality: CT, places: ["*emergency*"] }
  - { title: CT3, modality: CT }
  - { title: MR1, modality: MR, places: [Device/m] }
)");
  EXPECT_THAT(titles(stations_at(rules, "CT", {"CT Room 1"})), ElementsAre("CT1"));
  EXPECT_THAT(titles(stations_at(rules, "CT", {"Emergency, ground floor"})), ElementsAre("CT2"));
  EXPECT_THAT(titles(stations_at(rules, "CT", {"elsewhere"})), ElementsAre("CT3"));
  EXPECT_THAT(titles(stations_at(rules, "", {"Device/m"})), ElementsAre("MR1"));
  EXPECT_THAT(titles(stations_at(rules, "", {})), ElementsAre());
}

TEST(WorklistRules, say_every_fault_with_its_line) {
  std::vector<std::string> faults;
  EXPECT_FALSE(parse_worklist_rules(R"(days_before: -1
limit: many
modalities:
  - { modality: ROENTGEN, codes: ["1"] }
  - { modality: CT }
stations:
  - { title: A TITLE THAT IS TOO LONG, modality: CT }
  - { title: CT1 }
  - { title: CT1, modality: CT }
  - CT9
nonsense: 1
)",
                                    "worklist.yaml", faults));
  EXPECT_THAT(faults, ::testing::SizeIs(9));
  EXPECT_THAT(faults, ::testing::Contains(HasSubstr("worklist.yaml:1: \"days_before\" is a number from 0 to 3660")));
  EXPECT_THAT(faults, ::testing::Contains(HasSubstr("worklist.yaml:4: \"ROENTGEN\" is no modality")));
  EXPECT_THAT(faults, ::testing::Contains(HasSubstr("worklist.yaml:5: a rule has \"codes\" or \"texts\"")));
  EXPECT_THAT(faults, ::testing::Contains(HasSubstr("worklist.yaml:9: the station \"CT1\" is there already")));
}

TEST(WorklistRules, are_declared_for_a_node_too) {
  std::vector<std::string> faults;
  const auto node = parse_dicom_node(
      "{node: a, listen: '127.0.0.1:0', anyone: true, "
      "worklist: {stations: [CT1], modalities: [CT]}}",
      "a.yaml", faults);
  ASSERT_TRUE(node);
  EXPECT_THAT(node->worklist->stations, ElementsAre("CT1"));
  EXPECT_FALSE(
      parse_dicom_node("{node: a, listen: '127.0.0.1:0', anyone: true, worklist: false}", "a.yaml", faults)->worklist);
  EXPECT_FALSE(parse_dicom_node("{node: a, listen: '127.0.0.1:0', anyone: true, worklist: {modalities: [XX]}}",
                                "a.yaml", faults));
  EXPECT_THAT(faults, ElementsAre(HasSubstr("\"XX\" is no modality of DICOM")));
}

}  // namespace
}  // namespace meridian::imaging
