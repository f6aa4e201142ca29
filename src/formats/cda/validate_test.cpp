#include "formats/cda/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/cda/testing/documents.hpp"

namespace meridian::cda {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> faults(const std::string& text) {
  Issues issues;
  const Document document = parse_document(text, {}, issues);
  EXPECT_TRUE(document);
  issues.clear();
  validate(document, issues);
  std::vector<std::string> out;
  for (const Issue& issue : issues.all()) {
    out.push_back(std::string(issue.message->id) + " " + issue.path + ":" + std::to_string(issue.position.line));
  }
  return out;
}

std::vector<std::string> faults_of_entry(const std::string& entry) {
  return faults(testing::document_of(
      testing::section_of("1-8", "<content ID=\"a\">a</content>", "<entry>" + entry + "</entry>")));
}

TEST(Validate, accepts_a_sound_document) {
  EXPECT_THAT(faults(testing::document_of("")),
              ElementsAre("cda-missing ClinicalDocument/component/structuredBody:23"));
  EXPECT_THAT(
      faults_of_entry(
          "<observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"1\" codeSystem=\"1.2\"/>"
          "<text><reference value=\"#a\"/></text><value xsi:type=\"PQ\" value=\"-1.5e2\" unit=\"mg\"/></observation>"),
      IsEmpty());
}

TEST(Validate, misses_the_parts_that_every_header_has) {
  EXPECT_THAT(
      faults("<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"1.2\"/></ClinicalDocument>"),
      ElementsAre("cda-missing ClinicalDocument:1", "cda-missing ClinicalDocument:1", "cda-missing ClinicalDocument:1",
                  "cda-missing ClinicalDocument:1", "cda-missing ClinicalDocument:1", "cda-missing ClinicalDocument:1",
                  "cda-missing ClinicalDocument:1", "cda-missing ClinicalDocument:1"));
}

TEST(Validate, knows_classes_moods_and_types_of_statements) {
  const std::string path = "ClinicalDocument/component/structuredBody/component/section/entry/";
  EXPECT_THAT(faults_of_entry("<observation classCode=\"ACT\" moodCode=\"XYZ\"/>"),
              ElementsAre("cda-class " + path + "observation:23", "cda-mood " + path + "observation:23",
                          "cda-missing " + path + "observation:23"));
  EXPECT_THAT(faults_of_entry("<observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"1\" codeSystem=\"LOINC\"/>"
                              "<value value=\"1\"/><value xsi:type=\"QQ\"/></observation>"),
              ElementsAre("cda-no-type " + path + "observation/value[1]:23",
                          "cda-bad-code-system " + path + "observation/code:23",
                          "cda-unknown-type " + path + "observation/value[2]:23"));
  EXPECT_THAT(faults_of_entry("<act classCode=\"ACT\" moodCode=\"EVN\"><code nullFlavor=\"WHO\"/><strange/></act>"),
              ElementsAre("cda-unknown-element " + path + "act/strange:23", "cda-null-flavor " + path + "act/code:23"));
}

TEST(Validate, reads_times_numbers_and_identifiers) {
  const std::string path = "ClinicalDocument/component/structuredBody/component/section/entry/procedure/";
  EXPECT_THAT(faults_of_entry("<procedure classCode=\"PROC\" moodCode=\"EVN\"><id root=\"x\"/><id extension=\"1\"/>"
                              "<effectiveTime value=\"May\"/></procedure>"),
              ElementsAre("cda-bad-identifier " + path + "id[1]:23", "cda-missing " + path + "id[2]:23",
                          "cda-bad-time " + path + "effectiveTime:23"));
  EXPECT_THAT(faults_of_entry("<procedure classCode=\"PROC\" moodCode=\"EVN\"><effectiveTime><low value=\"20240502\"/>"
                              "<high value=\"20240501\"/></effectiveTime></procedure>"),
              ElementsAre("cda-empty-interval " + path + "effectiveTime:23"));
  EXPECT_THAT(
      faults_of_entry("<observation classCode=\"OBS\" moodCode=\"EVN\"><code nullFlavor=\"UNK\"/>"
                      "<value xsi:type=\"PQ\" value=\"high\"/><value xsi:type=\"BL\" value=\"maybe\"/></observation>"),
      ElementsAre(::testing::StartsWith("cda-bad-number"), ::testing::StartsWith("cda-bad-boolean")));
}

TEST(Validate, finds_references_to_nothing_and_ids_that_stand_twice) {
  EXPECT_THAT(faults_of_entry("<act classCode=\"ACT\" moodCode=\"EVN\"><code code=\"1\" codeSystem=\"1.2\"/>"
                              "<text><reference value=\"#nowhere\"/></text></act>"),
              Contains(::testing::StartsWith("cda-dangling-reference")));
  EXPECT_THAT(faults(testing::document_of(testing::section_of("1-8", "<content ID=\"a\"/><content ID=\"a\"/>", ""))),
              Contains(::testing::StartsWith("cda-duplicate-id")));
}

TEST(Validate, wants_one_body) {
  EXPECT_THAT(
      faults("<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><component><nonXMLBody><text/></nonXMLBody><structuredBody/>"
             "</component></ClinicalDocument>"),
      Contains("cda-two-bodies ClinicalDocument/component:1"));
}

}  // namespace
}  // namespace meridian::cda
