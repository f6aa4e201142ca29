#include "fhirpath/patch.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "base/testing/paths.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/xml_reader.hpp"

namespace meridian::fhirpath {
namespace {

fhir::Document parse(const std::string& json) {
  Issues issues;
  fhir::Document document = fhir::DocumentParser().parse(json, issues);
  EXPECT_TRUE(document.has_root()) << json;
  return document;
}

/// Parts are given as JSON members without braces: `"name":"path","valueString":"Patient"`.
std::string operation(const std::string& type, const std::string& path, const std::string& more) {
  return R"({"name":"operation","part":[{"name":"type","valueCode":")" + type + R"("},{"name":"path","valueString":")" +
         path + "\"}" + more + "]}";
}
std::string parameters(const std::string& operations) {
  return R"({"resourceType":"Parameters","parameter":[)" + operations + "]}";
}

/// The patched resource, or the id of the first fault.
std::string patched(const std::string& resource, const std::string& operations) {
  const fhir::Document document = parse(resource);
  const fhir::Document patch = parse(parameters(operations));
  fhir::DocumentParser parser;
  Issues issues;
  const fhir::Document result = apply_fhirpath_patch(document, patch.root(), parser, issues);
  if (!result.has_root()) return issues.empty() ? "nothing said" : std::string(issues.all()[0].message->id);
  return fhir::write_canonical_json(result);
}

constexpr const char* kPatient =
    R"({"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"id":"x"}]}],"birthDate":"1970-01-01"})";

TEST(FhirpathPatch, keeps_extensions_in_step_when_a_list_of_primitives_changes) {
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient.name.given[0]", "")),
            R"({"resourceType":"Patient","name":[{"given":["B"],"_given":[{"id":"x"}]}],"birthDate":"1970-01-01"})");
  EXPECT_EQ(
      patched(kPatient, operation("move", "Patient.name.given",
                                  R"(,{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0})")),
      R"({"resourceType":"Patient","name":[{"given":["B","A"],"_given":[{"id":"x"},null]}],"birthDate":"1970-01-01"})");
}
TEST(FhirpathPatch, adds_an_extension_to_a_primitive) {
  EXPECT_EQ(
      patched(
          R"({"resourceType":"Patient","birthDate":"1970"})",
          operation(
              "add", "Patient.birthDate",
              R"(,{"name":"name","valueString":"extension"},{"name":"value","part":[{"name":"url","valueUri":"u"},{"name":"value","valueCode":"c"}]})")),
      R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})");
}
TEST(FhirpathPatch, writes_a_choice_under_the_key_of_its_type) {
  EXPECT_EQ(patched(R"({"resourceType":"Patient","deceasedBoolean":true})",
                    operation("replace", "Patient.deceased", R"(,{"name":"value","valueDateTime":"2020"})")),
            R"({"resourceType":"Patient","deceasedDateTime":"2020"})");
}
TEST(FhirpathPatch, says_what_is_wrong) {
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient.name.given", "")), "fhirpath-patch-several");
  EXPECT_EQ(patched(kPatient, operation("replace", "Patient.gender", R"(,{"name":"value","valueCode":"male"})")),
            "fhirpath-patch-nothing");
  EXPECT_EQ(patched(kPatient, operation("replace", "Patient.nmae", "")), "fhirpath-patch-path");
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient.name.single().given.single()", "")), "fhirpath-patch-path");
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient", "")), "fhirpath-patch-root");
  EXPECT_EQ(patched(kPatient, operation("rename", "Patient.name", "")), "fhirpath-patch-type");
  EXPECT_EQ(patched(kPatient, operation("replace", "Patient.birthDate", "")), "fhirpath-patch-part");
  EXPECT_EQ(patched(kPatient, operation("replace", "Patient.birthDate", R"(,{"name":"value"})")),
            "fhirpath-patch-value");
  EXPECT_EQ(
      patched(kPatient, operation("add", "Patient",
                                  R"(,{"name":"name","valueString":"birthDate"},{"name":"value","valueDate":"1980"})")),
      "fhirpath-patch-exists");
  EXPECT_EQ(
      patched(kPatient, operation("add", "Patient",
                                  R"(,{"name":"name","valueString":"nothing"},{"name":"value","valueDate":"1980"})")),
      "fhirpath-patch-element");
  EXPECT_EQ(patched(kPatient, operation("move", "Patient.birthDate", "")), "fhirpath-patch-list");
  EXPECT_EQ(patched(kPatient, operation("insert", "Patient.name",
                                        R"(,{"name":"index","valueInteger":9},{"name":"value","valueHumanName":{}})")),
            "fhirpath-patch-index");
  EXPECT_EQ(patched(kPatient, R"({"name":"other"})"), "fhirpath-patch-parameters");
}
TEST(FhirpathPatch, refuses_more_operations_than_the_limit) {
  const fhir::Document document = parse(kPatient);
  const fhir::Document patch =
      parse(parameters(operation("delete", "Patient.gender", "") + "," + operation("delete", "Patient.gender", "")));
  fhir::DocumentParser parser;
  Issues issues;
  EXPECT_FALSE(apply_fhirpath_patch(document, patch.root(), parser, issues, {.max_operations = 1}).has_root());
  EXPECT_EQ(issues.all()[0].message->id, "fhirpath-patch-too-many");
}

std::string inner_xml(const pugi::xml_node& node) {
  std::ostringstream out;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_element) child.print(out, "", pugi::format_raw);
  }
  return out.str();
}

fhir::Document read_xml(const std::string& xml) {
  Issues issues;
  fhir::XmlReader reader;
  fhir::Document document = reader.read(xml, issues);
  EXPECT_TRUE(document.has_root()) << xml;
  return document;
}

// HL7's patch tests. They lie in an archive of the outside data, which may be absent.
TEST(FhirpathPatch, gives_what_the_published_cases_expect) {
  const auto archive = testing::shared_data("fhir-validator/fhir-test-cases-r4-json-xml.tar.zst");
  if (!archive) GTEST_SKIP() << "the outside data is not here";
  const auto folder = std::filesystem::temp_directory_path() / ("fhirpath-patch-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string unpack =
      "zstd -dc '" + archive->string() + "' | tar x -C '" + folder.string() + "' --wildcards '*fhir-patch-tests.xml'";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  pugi::xml_document suite;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "fhir-patch-tests.xml")
      suite.load_file(entry.path().c_str(), pugi::parse_default | pugi::parse_ws_pcdata);
  }
  int passed = 0;
  int failed = 0;
  for (const pugi::xml_node one : suite.child("tests").children("case")) {
    const fhir::Document input = read_xml(inner_xml(one.child("input")));
    const fhir::Document patch = read_xml(inner_xml(one.child("diff")));
    fhir::DocumentParser parser;
    Issues issues;
    const fhir::Document result = apply_fhirpath_patch(input, patch.root(), parser, issues);
    const std::string expected =
        one.child("error") ? "" : fhir::write_canonical_json(read_xml(inner_xml(one.child("output"))));
    const std::string got = result.has_root() ? fhir::write_canonical_json(result) : "";
    EXPECT_EQ(got, expected) << one.attribute("name").value()
                             << (issues.empty() ? "" : ": " + text(issues.all()[0], Language::english));
    (got == expected ? passed : failed) += 1;
  }
  std::filesystem::remove_all(folder);
  std::printf("FHIRPath Patch cases: %d passed, %d failed\n", passed, failed);
  EXPECT_GT(passed, 30);
}

}  // namespace
}  // namespace meridian::fhirpath
