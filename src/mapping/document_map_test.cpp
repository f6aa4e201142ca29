// Documents to records: ids, merging, negation, what is unknown, places of issues and origins.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing/paths.hpp"
#include "formats/cda/document.hpp"
#include "formats/cda/testing/documents.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

using cda::testing::document_of;
using cda::testing::section_of;
using ::testing::Contains;
using ::testing::SizeIs;

std::string observation(const std::string& id, const std::string& code, const std::string& value) {
  return "<entry><observation classCode=\"OBS\" moodCode=\"EVN\"><templateId "
         "root=\"2.16.840.1.113883.10.20.22.4.2\"/><id root=\"1.9\" "
         "extension=\"" +
         id + "\"/><code code=\"" + code + "\" codeSystem=\"2.16.840.1.113883.6.1\"/><statusCode code=\"completed\"/>" +
         value + "</observation></entry>";
}

std::string at(const testing::Record& record, const std::string& type, const std::string& path) {
  return testing::find(record.only(type), path);
}

TEST(DocumentMap, makes_patient_author_and_document_of_the_header) {
  testing::Record record;
  const Mapped mapped = record.take_document(document_of(section_of("1-8", "text", "")));
  EXPECT_EQ(mapped.map, "CDA");
  EXPECT_EQ(at(record, "Patient", "name.given"), "Jane,Q");
  EXPECT_EQ(at(record, "Patient", "identifier.system"), "urn:oid:1.2.3.5");
  EXPECT_EQ(at(record, "Patient", "gender"), "female");
  EXPECT_EQ(at(record, "Patient", "telecom.value"), "+1-555-0100");
  EXPECT_EQ(at(record, "Practitioner", "identifier.system"), "http://hl7.org/fhir/sid/us-npi");
  EXPECT_EQ(at(record, "Composition", "identifier.value"), "S1");
  EXPECT_EQ(at(record, "Composition", "date"), "2024-05-01T10:30:00+08:00");
  EXPECT_EQ(at(record, "DocumentReference", "masterIdentifier.value"), "D1");
  EXPECT_EQ(at(record, "Composition", "section.text.`div`"), "<div xmlns=\"http://www.w3.org/1999/xhtml\">text</div>");
}

TEST(DocumentMap, gives_the_patient_of_a_message_with_the_same_number) {
  testing::Record record;
  record.take(
      "MSH|^~\\&|HIS|H|M|H|20240501||ADT^A08|1|P|2.5.1\nPID|1||88^^^HOSP&1.2.3.5&ISO^MR||Doe^Jane||19800102|F\nPV1|1|"
      "O");
  record.take_document(document_of(""));
  EXPECT_THAT(record.all("Patient"), SizeIs(1));
}

TEST(DocumentMap, changes_nothing_when_a_document_comes_again) {
  testing::Record record;
  const std::string document = document_of(
      section_of("30954-2", "", observation("a", "2823-3", "<value xsi:type=\"PQ\" value=\"4.9\" unit=\"mmol/L\"/>")));
  record.take_document(document);
  const auto before = record.resources();
  const std::size_t versions = record.versions();
  record.take_document(document);
  EXPECT_EQ(record.versions(), versions);
  EXPECT_EQ(record.resources(), before);
}

TEST(DocumentMap, keeps_apart_what_was_given_the_same_id) {
  testing::Record record;
  record.take_document(document_of(section_of("30954-2", "",
                                              observation("a", "2823-3", "<value xsi:type=\"PQ\" value=\"1\"/>") +
                                                  observation("a", "2951-2", "<value xsi:type=\"PQ\" value=\"2\"/>") +
                                                  observation("b", "2345-7", "<value xsi:type=\"PQ\" value=\"3\"/>") +
                                                  observation("b", "2345-7", "<value xsi:type=\"PQ\" value=\"3\"/>"))));
  EXPECT_THAT(record.all("Observation"), SizeIs(3));
}

TEST(DocumentMap, says_what_is_absent_and_why) {
  testing::Record record;
  record.take_document(document_of(
      section_of("30954-2", "", observation("a", "2823-3", "<value xsi:type=\"PQ\" nullFlavor=\"ASKU\"/>"))));
  EXPECT_EQ(at(record, "Observation", "dataAbsentReason.coding.code"), "asked-unknown");
  EXPECT_EQ(at(record, "Observation", "value.exists()"), "false");
}

TEST(DocumentMap, makes_nothing_of_results_that_did_not_happen_and_says_so) {
  testing::Record record;
  std::string negated = observation("a", "2823-3", "");
  negated.insert(negated.find("moodCode"), "negationInd=\"true\" ");
  const Mapped mapped = record.take_document(document_of(section_of("30954-2", "", negated)));
  EXPECT_THAT(record.all("Observation"), SizeIs(0));
  std::vector<std::string> places;
  for (const Issue& issue : mapped.issues.all())
    places.push_back(issue.path + ":" + std::to_string(issue.position.line));
  EXPECT_THAT(places, Contains("ClinicalDocument/component/structuredBody/component/section/entry/observation:23"));
}

TEST(DocumentMap, knows_the_element_that_each_part_came_from) {
  testing::Record record;
  const std::string text = document_of(
      section_of("30954-2", "", observation("a", "2823-3", "<value xsi:type=\"PQ\" value=\"4.9\" unit=\"mmol/L\"/>")));
  record.take_document(text);
  Issues issues;
  const tree::Document document = cda::parse_document(text, {}, issues);
  bool is_found = false;
  for (const auto& [name, origins] : record.origins()) {
    if (!name.starts_with("Observation/")) continue;
    const auto entries = read_origins(origins);
    ASSERT_TRUE(entries);
    for (const OriginEntry& entry : *entries) {
      if (entry.key != "value") continue;
      is_found = true;
      EXPECT_EQ(document.element(element_of(entry.origin)).path(),
                "ClinicalDocument/component/structuredBody/component/section/entry/observation/value");
      EXPECT_EQ(to_string(entry.origin), "CDA#" + std::to_string(element_of(entry.origin)));
    }
  }
  EXPECT_TRUE(is_found);
}

TEST(DocumentMap, takes_parts_of_documents) {
  testing::Record record;
  record.take_document(observation("a", "2823-3", ""));
  EXPECT_EQ(at(record, "Observation", "code.coding.code"), "2823-3");
}

TEST(DocumentMap, keeps_a_body_that_is_not_xml_as_an_attachment) {
  std::string document = document_of("");
  const std::size_t begin = document.find("<structuredBody>");
  document.replace(
      begin, document.find("</component></ClinicalDocument>") - begin,
      "<nonXMLBody><text mediaType=\"application/pdf\" representation=\"B64\">JVBERi0x</text></nonXMLBody>");
  testing::Record record;
  record.take_document(document);
  EXPECT_EQ(at(record, "DocumentReference", "content.attachment.contentType"), "application/pdf");
  EXPECT_EQ(at(record, "DocumentReference", "content.attachment.data"), "JVBERi0x");
  EXPECT_THAT(record.all("Composition"), SizeIs(0));
}

TEST(DocumentMap, reads_chinese_shared_documents) {
  testing::Record record;
  record.take_document(
      testing::file_text(meridian::testing::source_path("src/formats/cda/testdata/outpatient_ws500.xml").string()));
  EXPECT_EQ(at(record, "Patient", "name.text"), "王小明");
  EXPECT_EQ(at(record, "Patient", "gender"), "male");
  EXPECT_EQ(at(record, "Patient", "identifier.where(system = 'urn:oid:2.16.156.10011.1.3').value"),
            "11010519491231002X");
  EXPECT_EQ(at(record, "Patient", "extension.value.ofType(CodeableConcept).coding.code"), "01");
  EXPECT_EQ(at(record, "Condition", "code.coding.code"), "I10.x00");
  EXPECT_EQ(at(record, "Composition", "relatesTo.code"), "replaces");
  EXPECT_EQ(at(record, "Composition", "section.count()"), "3");
  bool has_temperature = false;
  for (const std::string& json : record.all("Observation")) {
    has_temperature =
        has_temperature ||
        testing::find(json, "value.value.toString() & value.code & category.coding.code") == "36.8Celvital-signs";
  }
  EXPECT_TRUE(has_temperature);
}

TEST(DocumentMap, bounds_what_a_document_makes) {
  std::string entries;
  for (int i = 0; i < 200; ++i) entries += observation(std::to_string(i), "2823-3", "");
  MappingLimits limits;
  limits.max_resources = 50;
  Mapper mapper(testing::catalogue(), testing::context(), limits);
  Issues issues;
  const Mapped mapped = mapper.map(cda::parse_document(document_of(section_of("30954-2", "", entries)), {}, issues));
  EXPECT_LE(mapped.writes.size(), 50U);
  EXPECT_TRUE(std::any_of(mapped.issues.all().begin(), mapped.issues.all().end(),
                          [](const Issue& issue) { return issue.message->id == "mapping-too-much"; }));
}

}  // namespace
}  // namespace meridian::mapping
