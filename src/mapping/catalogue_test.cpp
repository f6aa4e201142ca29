#include "mapping/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/issue.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

std::string said(const Issues& issues) {
  std::string out;
  for (const Issue& issue : issues.all()) {
    out += issue.path + ":" + std::to_string(issue.position.line) + ": " + text(issue, Language::english) + '\n';
  }
  return out;
}

std::string faults_of(const std::string& yaml) {
  Issues issues;
  EXPECT_FALSE(Catalogue::from_files({{"x.yaml", yaml}}, issues));
  return said(issues);
}

TEST(Catalogue, opens_what_is_embedded_without_a_fault) {
  Issues issues;
  const auto catalogue = Catalogue::open({}, issues);
  EXPECT_TRUE(issues.empty()) << said(issues);
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  EXPECT_THAT((*catalogue)->message_maps(), ::testing::Contains("ORU_R01"));
}

TEST(Catalogue, finds_unknown_elements_types_and_maps_with_their_lines) {
  EXPECT_EQ(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-5, to: nome}\n"),
            "x.yaml:4: Patient has no element \"nome\"\n");
  EXPECT_EQ(faults_of("maps:\n  PID/Pacient:\n    rows: []\n"), "x.yaml:2: FHIR has no type \"Pacient\"\n");
  EXPECT_EQ(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-5, to: name, type: XPN/HumanNames}\n"),
            "x.yaml:4: no map is called \"XPN/HumanNames\"\n");
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-8, to: gender, codes: Sex}\n"),
              ::testing::HasSubstr("no code map is called \"Sex\""));
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-5, to: name}\n"),
              ::testing::HasSubstr("name is of type HumanName, which needs a map"));
}

TEST(Catalogue, finds_maps_whose_type_does_not_fit) {
  EXPECT_THAT(faults_of("maps:\n  XAD/Address:\n    rows: []\n  PID/Patient:\n    rows:\n      - {from: PID-5, to: "
                        "name, type: XAD/Address}\n"),
              ::testing::HasSubstr("the map XAD/Address makes Address, but the element name is HumanName"));
}

TEST(Catalogue, finds_codes_that_a_required_binding_forbids) {
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-8, to: gender, value: man}\n"),
              ::testing::HasSubstr("\"man\" is not a code of http://hl7.org/fhir/ValueSet/administrative-gender"));
}

TEST(Catalogue, finds_a_map_that_contains_itself) {
  EXPECT_THAT(faults_of("maps:\n  A/Address:\n    rows:\n      - {from: A.1, to: $this, type: B/Address}\n"
                        "  B/Address:\n    rows:\n      - {from: B.1, to: $this, type: A/Address}\n"),
              ::testing::HasSubstr("contains itself"));
}

TEST(Catalogue, finds_bad_paths_conditions_expressions_and_members) {
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: pid5, to: birthDate}\n"),
              ::testing::HasSubstr("\"pid5\" is not a place in a message"));
  EXPECT_THAT(
      faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-7, to: birthDate, when: PID-7 is there}\n"),
      ::testing::HasSubstr("the condition \"PID-7 is there\" cannot be read"));
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {to: birthDate, compute: \"1 +\"}\n"),
              ::testing::HasSubstr("x.yaml:4"));
  EXPECT_THAT(faults_of("maps:\n  PID/Patient:\n    rows:\n      - {from: PID-7, to: birthDate, wen: PID-7 valued}\n"),
              ::testing::HasSubstr("nothing is called \"wen\" here"));
  EXPECT_THAT(faults_of("maps: [\n"), ::testing::HasSubstr("this is not usable YAML"));
}

TEST(Catalogue, finds_what_message_maps_lack) {
  EXPECT_THAT(faults_of("message: X\ndo:\n  - PID: {make: Patient, as: patient}\n"),
              ::testing::HasSubstr("\"identity\" is missing"));
  EXPECT_THAT(faults_of("message: X\ndo:\n  - PID: {into: somebody}\n"),
              ::testing::HasSubstr("\"somebody\" is not known here"));
  EXPECT_THAT(faults_of("message: X\ndo:\n  - include: nothing\n"),
              ::testing::HasSubstr("\"nothing\" is not known here"));
}

TEST(Catalogue, takes_files_of_an_overlay_in_place_of_its_own) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("mapping-overlay-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "hl7v2" / "messages");
  std::ofstream(folder / "hl7v2" / "messages" / "adt_delete.yaml") << "message: OURS\ntriggers: [ADT^A29]\ndo: []\n";
  Issues issues;
  const auto catalogue = Catalogue::open(folder.string(), issues);
  ASSERT_TRUE(catalogue) << said(issues);
  EXPECT_THAT((*catalogue)->message_maps(), ::testing::Contains("OURS"));
  EXPECT_THAT((*catalogue)->message_maps(), ::testing::Not(::testing::Contains("ADT_A29")));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace meridian::mapping
