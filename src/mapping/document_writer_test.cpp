// Records to documents: sections, entries and narrative, what is negated or not known, losses, faults of templates.
#include "mapping/document_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/cda/document.hpp"
#include "formats/cda/validate.hpp"
#include "formats/tree/xml_writer.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPatient =
    R"({"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.3.5","value":"88"}],
"name":[{"use":"official","family":"Doe","given":["Jane","Q"]}],"gender":"female","birthDate":"1980-01-02",
"telecom":[{"system":"phone","value":"+1-555-0100","use":"home"}]})";

std::string bundle_of(const std::vector<std::string>& others) {
  std::vector<std::string> resources{kPatient};
  resources.insert(resources.end(), others.begin(), others.end());
  return collection_of(resources);
}

struct Made {
  std::string xml;
  std::string losses;
};

Made made(const std::vector<std::string>& others, std::string_view kind = "ccd") {
  Issues issues;
  fhir::DocumentParser parser;
  const fhir::Document bundle = parser.parse(bundle_of(others), issues);
  DocumentWriter writer(testing::catalogue());
  DocumentOptions options;
  options.time = "2024-05-01T10:30:00+08:00";
  Result<WrittenDocument> written = writer.write(kind, bundle, options);
  if (!written) return {written.error().message(), {}};
  Issues structure;
  cda::validate(written->document, structure);
  for (const Issue& issue : structure.all()) ADD_FAILURE() << issue.path << ": " << text(issue, Language::english);
  Made out;
  for (const Issue& issue : written->issues.all()) out.losses += text(issue, Language::english) + '\n';
  out.xml = *tree::write_xml(written->document, {"text"});
  return out;
}

TEST(DocumentWriter, says_who_it_is_about_and_when_it_was_made) {
  const std::string xml = made({}).xml;
  EXPECT_THAT(xml, HasSubstr("<templateId root=\"2.16.840.1.113883.10.20.22.1.2\" extension=\"2015-08-01\"/>"));
  EXPECT_THAT(xml, HasSubstr("<effectiveTime value=\"20240501103000+0800\"/>"));
  EXPECT_THAT(xml, HasSubstr("<id root=\"1.2.3.5\" extension=\"88\"/>"));
  EXPECT_THAT(xml, HasSubstr("<given>Q</given>"));
  EXPECT_THAT(xml, HasSubstr("<birthTime value=\"19800102\"/>"));
  EXPECT_THAT(xml, HasSubstr("<telecom value=\"tel:+1-555-0100\" use=\"HP\"/>"));
  EXPECT_THAT(xml, HasSubstr("<raceCode nullFlavor=\"UNK\"/>"));
  EXPECT_THAT(xml, HasSubstr("<section nullFlavor=\"NI\">"));
}

TEST(DocumentWriter, gives_the_same_bytes_for_the_same_records) {
  EXPECT_EQ(made({}).xml, made({}).xml);
}

TEST(DocumentWriter, refers_from_an_entry_to_its_row_in_the_narrative) {
  const std::string xml = made({R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
"code":{"coding":[{"system":"http://example.org/own","code":"x"},{"system":"http://snomed.info/sct","code":"38341003","display":"Hypertension"},
{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I10"}],"text":"High <blood> pressure"},"onsetDateTime":"2020-03"})"})
                              .xml;
  const std::size_t row = xml.find("<tr ID=\"");
  ASSERT_NE(row, std::string::npos);
  const std::string id = xml.substr(row + 8, xml.find('"', row + 8) - row - 8);
  EXPECT_THAT(xml, HasSubstr("<reference value=\"#" + id + "\"/>"));
  EXPECT_THAT(xml, HasSubstr("<value xsi:type=\"CD\" code=\"38341003\" codeSystem=\"2.16.840.1.113883.6.96\" "
                             "displayName=\"Hypertension\">"));
  EXPECT_THAT(xml, HasSubstr("<translation code=\"I10\" codeSystem=\"2.16.840.1.113883.6.90\"/>"));
  EXPECT_THAT(xml, HasSubstr("High &lt;blood&gt; pressure"));
  EXPECT_THAT(xml, HasSubstr("<low value=\"202003\"/>"));
}

TEST(DocumentWriter, says_what_it_cannot_say) {
  const Made document = made({R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
"code":{"coding":[{"system":"http://example.org/own","code":"x","display":"X"}]},"stage":[{"summary":{"text":"II"}}]})",
                              R"({"resourceType":"Claim","id":"k","status":"active"})"});
  EXPECT_THAT(document.losses, HasSubstr("Condition.stage: the document has no place for it (1 times)"));
  EXPECT_THAT(document.losses, HasSubstr("Condition.code.coding"));
  EXPECT_THAT(document.losses, HasSubstr("Claim: no section takes it (1 times)"));
  EXPECT_THAT(document.losses, Not(HasSubstr("Patient.birthDate")));
  EXPECT_THAT(document.losses, Not(HasSubstr("Condition.subject")));
  EXPECT_THAT(document.xml, HasSubstr("nullFlavor=\"OTH\""));
}

TEST(DocumentWriter, negates_what_is_known_not_to_be) {
  const std::string xml = made({R"({"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},
"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}})"})
                              .xml;
  EXPECT_THAT(xml, HasSubstr("<observation classCode=\"OBS\" moodCode=\"EVN\" negationInd=\"true\">"));
  EXPECT_THAT(xml, HasSubstr("code=\"419199007\""));
}

TEST(DocumentWriter, writes_values_units_and_why_there_is_none) {
  const std::string head =
      R"({"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p"},"code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}]},)";
  const std::string xml =
      made(
          {head +
               R"("id":"1","valueQuantity":{"value":5.40,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}})",
           head + R"("id":"2","valueQuantity":{"comparator":"<","value":3,"unit":"big tablets"}})",
           head +
               R"("id":"3","dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked"}]}})"})
          .xml;
  EXPECT_THAT(xml, HasSubstr("<value xsi:type=\"PQ\" value=\"5.40\" unit=\"mmol/L\"/>"));
  EXPECT_THAT(xml, HasSubstr("<high inclusive=\"false\" value=\"3\" unit=\"{big_tablets}\"/>"));
  EXPECT_THAT(xml, HasSubstr("<value xsi:type=\"CD\" nullFlavor=\"MSK\"/>"));
}

TEST(DocumentWriter, gives_a_system_without_an_oid_a_root_of_its_own) {
  const std::string xml =
      made({R"({"resourceType":"Immunization","id":"i","status":"completed","patient":{"reference":"Patient/p"},
"identifier":[{"system":"https://example.org/shots","value":"7"},{"system":"urn:ietf:rfc:3986","value":"urn:uuid:4adc1020-7b14-11db-9fe1-0800200c9a66"}],
"vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"140"}]},"occurrenceDateTime":"2020-01-01"})"})
          .xml;
  EXPECT_THAT(xml, HasSubstr("extension=\"7\" assigningAuthorityName=\"https://example.org/shots\"/>"));
  EXPECT_THAT(xml, HasSubstr("<id root=\"4adc1020-7b14-11db-9fe1-0800200c9a66\"/>"));
  EXPECT_THAT(xml, HasSubstr("code=\"140\" codeSystem=\"2.16.840.1.113883.12.292\""));
  testing::Record record;
  record.take_document(xml);
  EXPECT_EQ(testing::find(record.only("Immunization"), "identifier.where(value = '7').system"),
            "https://example.org/shots");
}

TEST(DocumentWriter, says_in_a_patient_summary_that_nothing_is_known) {
  const std::string xml = made({}, "ips").xml;
  EXPECT_THAT(xml, HasSubstr("<templateId root=\"2.16.840.1.113883.10.22.1.1\"/>"));
  for (const char* code : {"no-allergy-info", "no-medication-info", "no-problem-info"})
    EXPECT_THAT(xml, HasSubstr(code));
  EXPECT_THAT(
      xml, Not(HasSubstr("<section nullFlavor=\"NI\">\n          <templateId root=\"2.16.840.1.113883.10.22.3.1\"/>")));
}

TEST(DocumentWriter, leaves_out_what_xml_cannot_hold) {
  const std::string xml =
      made(
          {R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"code":{"text":"a\u0001b\uffffc"}})"})
          .xml;
  EXPECT_THAT(xml, HasSubstr("<originalText>abc</originalText>"));
}

TEST(DocumentWriter, refuses_what_is_not_one_patients_bundle) {
  Issues issues;
  fhir::DocumentParser parser;
  DocumentWriter writer(testing::catalogue());
  const auto fault = [&](std::string json, const DocumentOptions& options = {}, std::string_view kind = "ccd") {
    const fhir::Document bundle = parser.parse(std::move(json), issues);
    const auto written = writer.write(kind, bundle, options);
    return written ? std::string() : written.error().message();
  };
  EXPECT_THAT(fault(kPatient), HasSubstr("made of a Bundle"));
  EXPECT_THAT(fault(collection_of({})), HasSubstr("no such Patient"));
  EXPECT_THAT(fault(collection_of({kPatient, kPatient})), HasSubstr("several Patients"));
  EXPECT_THAT(fault(bundle_of({}), {}, "letter"), HasSubstr("no document is called letter"));
  EXPECT_THAT(fault(bundle_of({}), {.id = "1"}), HasSubstr("UUID"));
  EXPECT_THAT(fault(bundle_of({}), {.max_elements = 10}), HasSubstr("more elements"));
}

std::string faults_of(const std::string& templates) {
  Issues issues;
  (void)Catalogue::from_files({{"to-cda/x.yaml", templates}}, issues);
  std::string out;
  for (const Issue& issue : issues.all()) {
    out += issue.path + ":" + std::to_string(issue.position.line) + ":" + std::to_string(issue.position.column) + ": " +
           text(issue, Language::english) + '\n';
  }
  return out;
}

TEST(Templates, say_where_a_fault_is) {
  EXPECT_THAT(faults_of("templates:\n  T of Patient:\n    - name a={birthdate}\n"),
              HasSubstr("to-cda/x.yaml:3:15: birthdate: "));
  EXPECT_THAT(faults_of("templates:\n  T of Patient:\n    - name a={gender => Nothing}\n"),
              HasSubstr("no code map is called \"Nothing\""));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - name+U\n"),
              HasSubstr("to-cda/x.yaml:3:7: no template is called \"U\""));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - name a={b\n"), HasSubstr("a brace is not closed"));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - name a\n"), HasSubstr("an attribute needs"));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - name each=x\n"), HasSubstr("each needs an expression in braces"));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - do a=b\n"), HasSubstr("nothing is called \"a\" here"));
  EXPECT_THAT(faults_of("templates:\n  T of Nothing:\n    - a\n"), HasSubstr("FHIR has no type \"Nothing\""));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - +U\n  U:\n    - a+T\n"), HasSubstr("contains itself"));
  EXPECT_THAT(faults_of("templates:\n  T:\n    - [a, b]\n"), HasSubstr("neither an element nor a text"));
  EXPECT_THAT(faults_of("export: x\n"), HasSubstr("\"root\" is missing"));
}

}  // namespace
}  // namespace meridian::mapping
