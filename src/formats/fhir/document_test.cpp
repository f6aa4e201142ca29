#include "formats/fhir/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "formats/fhir/testing/documents.hpp"

namespace meridian::fhir {
namespace {

using ::testing::ElementsAre;
using testing::outline;
using testing::parsed;

std::string_view type_name(Node node) {
  return node.type() == TypeId::none ? "none" : node.schema().type(node.type()).name;
}

std::vector<std::string> faults_of(std::string_view text) {
  static constexpr const char* kNames[] = {
      "array_expected",  "array_not_expected",  "array_empty",       "array_in_array",         "object_empty",
      "object_expected", "object_not_expected", "null_not_expected", "companion_not_matching", "resource_type_unknown"};
  const Document document = parsed(text);
  std::vector<std::string> faults;
  for (const FormFault& fault : document.form_faults()) {
    faults.push_back(std::string(kNames[static_cast<std::size_t>(fault.kind)]) + " " + fault.node.path());
  }
  return faults;
}

TEST(Document, gives_every_node_its_type) {
  const Document document = parsed(R"({"resourceType":"Observation","status":"final","valueQuantity":{"value":1.00},
      "code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"component":[{"valueString":"x"}]})");
  const Node root = document.root();
  EXPECT_EQ(type_name(root), "Observation");
  EXPECT_EQ(type_name(root.child("status")), "code");
  EXPECT_EQ(type_name(root.child("value")), "Quantity");
  EXPECT_EQ(type_name(root.child("value").child("value")), "decimal");
  EXPECT_EQ(type_name(root.child("code").child("coding").child("system")), "uri");
  EXPECT_EQ(type_name(root.child("component")), "Observation.component");
  EXPECT_EQ(type_name(root.child("component").child("value")), "string");
}

TEST(Document, shows_repeated_elements_one_by_one_in_the_order_of_the_text) {
  const Document document =
      parsed(R"({"resourceType":"Patient","name":[{"given":["a","b"]},{"family":"c"}],"active":true})");
  EXPECT_EQ(outline(document.root()),
            R"(Patient(name HumanName(given "a", given "b"), name HumanName(family "c"), active true))");
}

TEST(Document, finds_the_children_of_one_name_only) {
  const Document document =
      parsed(R"({"resourceType":"Patient","name":[{"given":["a","b"]},{"family":"c"}],"active":true,"gender":"male"})");
  const NameId name = document.schema().find_name("name");
  int count = 0;
  for (const Node node : document.root().children(name)) count += node.name() == name ? 1 : 100;
  EXPECT_EQ(count, 2);
  EXPECT_EQ(document.root().child("gender").text(), "male");
  EXPECT_FALSE(document.root().child("birthDate"));
  EXPECT_FALSE(document.root().child("nonsense"));
}

TEST(Document, keeps_the_digits_of_a_number) {
  for (const std::string digits :
       {"1.00", "-0.0", "1e400", "0.1E-7", "12345678901234567890123456789012345678901234567890"}) {
    const Document document = parsed(R"({"resourceType":"Observation","valueQuantity":{"value":)" + digits + "}}");
    ASSERT_TRUE(document.has_root()) << digits;
    const Node value = document.root().child("value").child("value");
    EXPECT_EQ(value.text(), digits);
    EXPECT_EQ(value.value_kind(), ValueKind::number);
  }
}

TEST(Document, resolves_escapes_in_values_and_keys) {
  const Document document = parsed(
      R"({"resourceType":"Patient","\u0069d":"a\"\\\/\b\f\n\r\tz","language":"\u4e2d\ud83d\ude00","gender":"male"})");
  EXPECT_EQ(document.root().child("id").text(), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(document.root().child("language").text(), "中😀");
  EXPECT_EQ(document.root().child("gender").text(), "male");
  EXPECT_EQ(document.root().child("id").position().column, 37U);
}

TEST(Document, gives_a_primitive_the_children_of_its_sibling) {
  const Document document = parsed(
      R"({"resourceType":"Patient","birthDate":"1970-03-30","_birthDate":{"id":"x","extension":[{"url":"u"}]}})");
  EXPECT_EQ(outline(document.root()), R"(Patient(birthDate "1970-03-30"(id "x", extension Extension(url "u"))))");
}

TEST(Document, accepts_the_sibling_before_the_primitive_or_without_it) {
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient","_birthDate":{"id":"x"},"birthDate":"1970"})").root()),
            R"(Patient(birthDate "1970"(id "x")))");
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient","_birthDate":{"id":"x"}})").root()),
            R"(Patient(birthDate(id "x")))");
}

TEST(Document, matches_arrays_of_primitives_with_their_siblings_item_by_item) {
  const Document document =
      parsed(R"({"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,{"id":"x"},{"id":"y"}]}]})");
  EXPECT_EQ(outline(document.root().child("name")), R"(name HumanName(given "a", given(id "x"), given "c"(id "y")))");
  EXPECT_THAT(document.form_faults(), ::testing::IsEmpty());
  const Node second = *++document.root().child("name").children().begin();
  EXPECT_FALSE(second.has_value());
  EXPECT_EQ(second.json_kind(), JsonKind::null);
  EXPECT_EQ(second.child("id").path(), "Patient.name[0].given[1].id");
  EXPECT_EQ(second.child("id").parent(), second);
}

TEST(Document, notes_arrays_that_do_not_match_their_siblings) {
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":[{"given":["a"],"_given":[null,{"id":"x"}]}]})"),
              ElementsAre("companion_not_matching Patient.name[0].given"));
  EXPECT_THAT(
      faults_of(R"({"resourceType":"Patient","name":[{"given":["a"],"_given":{"id":"x"}}]})"),
      ElementsAre("array_expected Patient.name[0].given[1]", "companion_not_matching Patient.name[0].given[1]"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","birthDate":"1970","_birthDate":"x"})"),
              ElementsAre("companion_not_matching Patient.birthDate"));
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient","birthDate":"1970","_birthDate":"x"})").root()),
            R"(Patient(birthDate "1970"))");
}

TEST(Document, keeps_unknown_members_with_their_keys_and_without_types) {
  const Document document =
      parsed(R"({"resourceType":"Patient","foo":{"bar":[1,{"baz":null}]},"_name":{"id":"x"},"\u0066oo2":[]})");
  EXPECT_EQ(outline(document.root()), R"(Patient(?foo(?bar 1, ?bar), ?_name(?id "x")))");
  EXPECT_THAT(document.form_faults(), ::testing::IsEmpty());
  EXPECT_EQ(document.root().children().begin().operator*().child("bar"), Node{});
  EXPECT_EQ((*(*document.root().children().begin()).children().begin()).path(), "Patient.foo.bar[0]");
}

TEST(Document, notes_what_breaks_the_rules_of_fhirs_json) {
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","gender":["male"]})"),
              ElementsAre("array_not_expected Patient.gender"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":{"family":"x"}})"),
              ElementsAre("array_expected Patient.name[0]"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":[]})"), ElementsAre("array_empty Patient.name"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":[[{"family":"x"}]]})"),
              ElementsAre("array_in_array Patient.name"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","maritalStatus":{}})"),
              ElementsAre("object_empty Patient.maritalStatus"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":["x"]})"), ElementsAre("object_expected Patient.name[0]"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","gender":{"id":"x"}})"),
              ElementsAre("object_not_expected Patient.gender"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","gender":null})"),
              ElementsAre("null_not_expected Patient.gender"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient","name":[{"given":["a",null]}]})"),
              ElementsAre("null_not_expected Patient.name[0].given[1]"));
  EXPECT_THAT(faults_of(R"({"resourceType":"Patient"})"), ElementsAre());
}

TEST(Document, does_not_show_nulls_and_empty_arrays_as_children) {
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient","gender":null,"name":[],"active":true})").root()),
            "Patient(active true)");
}

TEST(Document, tells_a_value_of_another_json_kind_by_its_kind) {
  const Document document = parsed(R"({"resourceType":"Patient","active":"true","birthDate":1970})");
  EXPECT_EQ(document.root().child("active").value_kind(), ValueKind::string);
  EXPECT_EQ(document.root().child("birthDate").value_kind(), ValueKind::number);
  EXPECT_EQ(type_name(document.root().child("active")), "boolean");
}

TEST(Document, types_contained_resources_by_their_resource_type) {
  const Document document = parsed(R"({"resourceType":"Bundle","entry":[
      {"resource":{"resourceType":"Patient","contained":[{"id":"o","resourceType":"Organization","name":"x"}]}}]})");
  const Node patient = document.root().child("entry").child("resource");
  EXPECT_EQ(type_name(patient), "Patient");
  EXPECT_EQ(type_name(patient.child("contained")), "Organization");
  EXPECT_EQ(outline(patient.child("contained")), R"(contained Organization(id "o", name "x"))");
}

TEST(Document, leaves_a_contained_resource_of_unknown_type_untyped_and_notes_it) {
  const char* const text =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Dragon","id":"d"}},{"resource":{"id":"e"}}]})";
  EXPECT_THAT(faults_of(text), ElementsAre("resource_type_unknown Bundle.entry[0].resource",
                                           "resource_type_unknown Bundle.entry[1].resource"));
  EXPECT_EQ(
      outline(parsed(text).root()),
      R"(Bundle(entry Bundle.entry(resource(?resourceType "Dragon", ?id "d")), entry Bundle.entry(resource(?id "e"))))");
}

TEST(Document, finds_a_resource_type_wherever_it_stands) {
  EXPECT_EQ(outline(parsed(R"({"name":[{"family":"{[\"x"}],"active":true,"resourceType":"Patient"})").root()),
            R"(Patient(name HumanName(family "{["x"), active true))");
  EXPECT_EQ(outline(parsed(R"({"active":true,"resourceT\u0079pe":"Pati\u0065nt"})").root()), "Patient(active true)");
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient"})").root()), "Patient");
}

TEST(Document, treats_resource_type_elsewhere_as_unknown) {
  EXPECT_EQ(outline(parsed(R"({"resourceType":"Patient","name":[{"resourceType":"HumanName","family":"x"}]})").root()),
            R"(Patient(name HumanName(?resourceType "HumanName", family "x")))");
}

TEST(Document, knows_indexes_parents_paths_and_positions) {
  const Document document =
      parsed("{\n \"resourceType\": \"Patient\",\n \"name\": [ { \"given\": [ \"a\", \"b\" ] } ] }");
  const Node name = document.root().child("name");
  const Node second = *++name.children().begin();
  EXPECT_EQ(second.text(), "b");
  EXPECT_EQ(second.index(), 1);
  EXPECT_EQ(name.index(), 0);
  EXPECT_EQ(document.root().index(), -1);
  EXPECT_EQ(second.parent(), name);
  EXPECT_EQ(name.parent(), document.root());
  EXPECT_FALSE(document.root().parent());
  EXPECT_EQ(second.path(), "Patient.name[0].given[1]");
  EXPECT_EQ(document.root().path(), "Patient");
  EXPECT_EQ(second.position().line, 3U);
  EXPECT_EQ(second.position().column, 30U);
  EXPECT_TRUE(second.is_in_json_array());
  EXPECT_FALSE(document.root().is_in_json_array());
}

TEST(Document, names_a_choice_by_its_element_in_paths_and_by_its_key_in_json) {
  const Document document = parsed(R"({"resourceType":"Observation","valueQuantity":{"unit":"kg"}})");
  EXPECT_EQ(document.root().child("value").path(), "Observation.value");
  EXPECT_EQ(document.root().child("value").key(), "valueQuantity");
}

TEST(Document, parses_a_value_of_a_given_type) {
  Issues issues;
  DocumentParser parser;
  const Schema& schema = Schema::r4();
  EXPECT_EQ(outline(parser.parse_as(schema.find_type("HumanName"), R"({"family":"x"})", issues).root()),
            R"(HumanName(family "x"))");
  EXPECT_EQ(parser.parse_as(schema.find_type("decimal"), "1.50", issues).root().text(), "1.50");
  EXPECT_EQ(outline(parser.parse_as(schema.find_type("Patient"), R"({"active":true})", issues).root()),
            "Patient(active true)");
  EXPECT_TRUE(parser.parse_as(TypeId::none, R"([1,{"a":2}])", issues).has_root());
  EXPECT_TRUE(issues.empty());
  EXPECT_FALSE(parser.parse_as(schema.find_type("decimal"), "[1]", issues).has_root());
  EXPECT_EQ(testing::first_issue(issues), "json-not-an-object");
}

TEST(Document, lives_on_when_moved) {
  Document document = parsed(R"({"resourceType":"Patient","id":"x"})");
  const Node id = document.root().child("id");
  const Document moved = std::move(document);
  EXPECT_EQ(id.text(), "x");
  EXPECT_EQ(moved.root().child("id"), id);
}

TEST(Document, reuses_the_memory_of_documents_given_back) {
  DocumentParser parser;
  Issues issues;
  Document first =
      parser.parse(R"({"resourceType":"Patient","foo":1,"birthDate":"\n","_birthDate":{"id":"x"}})", issues);
  parser.recycle(std::move(first));
  const Document second = parser.parse(R"({"resourceType":"Patient","id":"y"})", issues);
  EXPECT_EQ(outline(second.root()), R"(Patient(id "y"))");
  EXPECT_TRUE(second.form_faults().empty());
}

TEST(Document, goes_on_after_a_faulty_text) {
  DocumentParser parser;
  Issues issues;
  EXPECT_FALSE(parser.parse(R"({"resourceType":"Patient","foo":[{"bar":1)", issues).has_root());
  EXPECT_EQ(outline(parser.parse(R"({"resourceType":"Patient","id":"y"})", issues).root()), R"(Patient(id "y"))");
}

TEST(Document, tells_how_much_memory_it_holds) {
  std::string text = R"({"resourceType":"Patient","name":[)";
  for (int i = 0; i < 1000; ++i) text += R"({"family":"x"},)";
  text += R"({"family":"x"}]})";
  const Document document = parsed(text);
  EXPECT_EQ(document.node_count(), 2U + 2 * 1001);
  EXPECT_GE(document.memory_bytes(), text.size() + document.node_count() * 16);
  EXPECT_LE(document.memory_bytes(), text.size() + document.node_count() * 16 + 1024);
  EXPECT_EQ(document.source(), text);
}

TEST(Document, reads_borrowed_text_to_its_last_byte_and_no_further) {
  // Exactly as long as the text, so that a sanitizer sees a step beyond.
  const std::string_view text = R"({"resourceType":"Patient","active":true})";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::unique_ptr<char[]> exact(new char[size]);
    text.copy(exact.get(), size);
    Issues issues;
    DocumentParser parser;
    EXPECT_EQ(parser.parse_borrowed({exact.get(), size}, issues).has_root(), size == text.size());
    EXPECT_EQ(issues.has_fatal(), size != text.size());
  }
}

TEST(Document, says_nothing_when_it_has_no_root) {
  const Document document;
  EXPECT_FALSE(document.has_root());
  EXPECT_FALSE(document.root());
  EXPECT_EQ(document.node_count(), 0U);
  EXPECT_EQ(document.memory_bytes(), 0U);
  EXPECT_TRUE(document.source().empty());
  EXPECT_TRUE(document.form_faults().empty());
}

}  // namespace
}  // namespace meridian::fhir
