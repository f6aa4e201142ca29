#include "formats/fhir/xml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace meridian::fhir {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kDiv = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";

/// A Patient with this content.
std::string patient(const std::string& content) {
  return "<Patient xmlns=\"http://hl7.org/fhir\">" + content + "</Patient>";
}

/// The JSON of a text that has no faults.
std::string json(const std::string& xml) {
  Issues issues;
  std::string out;
  EXPECT_TRUE(XmlReader().to_json(xml, out, issues)) << xml;
  for (const Issue& issue : issues.all()) ADD_FAILURE() << text(issue, Language::english) << " in " << xml;
  return out;
}

/// The id of the fatal fault of a text that is refused.
std::string refusal(std::string_view xml, DocumentLimits limits = {}) {
  Issues issues;
  std::string out;
  EXPECT_FALSE(XmlReader(Schema::r4(), limits).to_json(xml, out, issues)) << xml.substr(0, 200);
  EXPECT_EQ(issues.size(), 1U);
  if (issues.empty()) return "";
  EXPECT_EQ(issues.all()[0].severity, Severity::fatal);
  return std::string(issues.all()[0].message->id);
}

struct Complaint {
  std::string json;
  std::string id;
  std::string path;
  Position position;
  Severity severity;
};

/// The one fault of a text that is read all the same.
Complaint complaint(const std::string& xml) {
  Issues issues;
  Complaint out;
  EXPECT_TRUE(XmlReader().to_json(xml, out.json, issues)) << xml;
  EXPECT_EQ(issues.size(), 1U) << xml;
  if (issues.empty()) return out;
  out.id = issues.all()[0].message->id;
  out.path = issues.all()[0].path;
  out.position = issues.all()[0].position;
  out.severity = issues.all()[0].severity;
  return out;
}

TEST(XmlReader, names_the_resource_type) {
  EXPECT_EQ(json(patient("")), R"({"resourceType":"Patient"})");
}

TEST(XmlReader, makes_arrays_of_what_repeats) {
  EXPECT_EQ(json(patient(R"(<name><given value="A"/><given value="B"/></name><gender value="male"/>)")),
            R"({"resourceType":"Patient","name":[{"given":["A","B"]}],"gender":"male"})");
}

TEST(XmlReader, leaves_booleans_and_numbers_bare_and_keeps_their_digits) {
  EXPECT_EQ(json(patient(R"(<active value="true"/><multipleBirthInteger value="2"/>)")),
            R"({"resourceType":"Patient","active":true,"multipleBirthInteger":2})");
  EXPECT_EQ(
      json(
          R"(<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="1.00"/></valueQuantity></Observation>)"),
      R"({"resourceType":"Observation","valueQuantity":{"value":1.00}})");
  EXPECT_EQ(
      json(
          R"(<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="-1.50E+3"/></valueQuantity></Observation>)"),
      R"({"resourceType":"Observation","valueQuantity":{"value":-1.50E+3}})");
}

TEST(XmlReader, leaves_it_to_validation_to_find_values_that_are_not_what_they_should_be) {
  EXPECT_EQ(json(patient(R"(<active value="yes"/><multipleBirthInteger value="02"/>)")),
            R"({"resourceType":"Patient","active":"yes","multipleBirthInteger":"02"})");
}

TEST(XmlReader, drops_the_plus_that_json_does_not_know) {
  EXPECT_EQ(json(patient(R"(<multipleBirthInteger value="+2"/>)")),
            R"({"resourceType":"Patient","multipleBirthInteger":2})");
}

TEST(XmlReader, puts_ids_and_extensions_of_primitives_beside_them) {
  EXPECT_EQ(
      json(patient(
          R"(<birthDate id="b" value="1970"><extension url="u"><valueCode value="c"/></extension></birthDate>)")),
      R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b","extension":[{"url":"u","valueCode":"c"}]}})");
  EXPECT_EQ(json(patient(R"(<birthDate id="b"/>)")), R"({"resourceType":"Patient","_birthDate":{"id":"b"}})");
}

TEST(XmlReader, keeps_the_places_of_primitives_without_a_value) {
  EXPECT_EQ(json(patient(R"(<name><given value="A"/><given id="x"/><given id="y" value="C"/></name>)")),
            R"({"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"x"},{"id":"y"}]}]})");
}

TEST(XmlReader, opens_contained_resources) {
  EXPECT_EQ(
      json(patient(R"(<contained><Organization><id value="o"/></Organization></contained>)"
                   R"(<contained><Organization/></contained>)")),
      R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"},{"resourceType":"Organization"}]})");
}

TEST(XmlReader, takes_the_narrative_as_it_stands) {
  const std::string div = std::string(kDiv) + "<p title='a &amp; b'>\r\n x &lt; y <!-- c --></p><br /></div>";
  EXPECT_EQ(json(patient("<text><status value=\"generated\"/>" + div + "</text>")),
            "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\""
            "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p title='a &amp; b'>\\r\\n x &lt; y <!-- c --></p><br "
            "/></div>\"}}");
}

TEST(XmlReader, gives_a_narrative_the_namespaces_that_it_takes_from_outside) {
  const std::string head = "<f:Patient xmlns:f='http://hl7.org/fhir' xmlns:h='http://www.w3.org/1999/xhtml' ";
  EXPECT_THAT(json(head + "xmlns='urn:x'><f:text><h:div><h:p/></h:div></f:text></f:Patient>"),
              HasSubstr(R"("<h:div xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:p/></h:div>")"));
  EXPECT_THAT(
      json(head + "xmlns='urn:x'><f:text><h:div f:a=''><p/></h:div></f:text></f:Patient>"),
      HasSubstr(
          R"("<h:div xmlns:f=\"http://hl7.org/fhir\" xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns=\"urn:x\" f:a=''><p/></h:div>")"));
  EXPECT_THAT(json(head + "><f:text><h:div><p/></h:div></f:text></f:Patient>"),
              HasSubstr(R"("<h:div xmlns=\"\" xmlns:h=\"http://www.w3.org/1999/xhtml\"><p/></h:div>")"));
  EXPECT_THAT(json("<f:Patient xmlns:f='http://hl7.org/fhir' xmlns='http://www.w3.org/1999/xhtml'>"
                   "<f:text><div>x</div></f:text></f:Patient>"),
              HasSubstr(R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>")"));
}

TEST(XmlReader, resolves_references_and_normalises_white_space_in_values) {
  EXPECT_EQ(
      json(patient("<name><text value=\"&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#10;&#x9;a\n\tb\r\nc\"/></name>")),
      "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"<>&\\\"'A😀\\n\\ta  b c\"}]}");
}

TEST(XmlReader, accepts_what_xml_allows_around_elements) {
  EXPECT_EQ(json("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\n<?go now?><!-- - -->\n"
                 "<f:Patient  xmlns:f = 'http://hl7.org/fhir' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                 "xsi:schemaLocation='http://hl7.org/fhir patient.xsd' >\n<f:active value='true' ></f:active >"
                 "<![CDATA[ \n ]]></f:Patient >\n<!-- end -->\n"),
            R"({"resourceType":"Patient","active":true})");
}

TEST(XmlReader, finds_the_xml_behind_a_place_in_the_json) {
  const std::string xml = patient(R"(<name><given value="A"/><given value="B" id="b"/></name><gender value="male"/>)");
  Issues issues;
  std::string out;
  XmlPlaces places;
  ASSERT_TRUE(XmlReader().to_json(xml, out, issues, &places));
  EXPECT_EQ(places.to_xml(0), 0U);
  EXPECT_EQ(places.to_xml(out.find("\"B\"")), xml.find("<given value=\"B\""));
  EXPECT_EQ(places.to_xml(out.find("{\"id\"")), xml.find("<given value=\"B\""));
  EXPECT_EQ(places.to_xml(out.find("\"male\"")), xml.find("<gender"));
}

TEST(XmlReader, reports_what_is_not_known_and_reads_the_rest) {
  Complaint got = complaint(patient("<name>\n<givn value=\"A\"/><family value=\"B\"/></name>"));
  EXPECT_EQ(got.id, "xml-unknown-element");
  EXPECT_EQ(got.path, "Patient.name[0]");
  EXPECT_EQ(got.position.line, 2U);
  EXPECT_EQ(got.position.column, 1U);
  EXPECT_EQ(got.json, R"({"resourceType":"Patient","name":[{"family":"B"}]})");

  got = complaint(patient("<active value=\"true\" colour=\"red\"/>"));
  EXPECT_EQ(got.id, "xml-unknown-attribute");
  EXPECT_EQ(got.path, "Patient.active");

  EXPECT_EQ(complaint(patient("<name><id value=\"a\"/></name>")).id, "xml-not-an-element");
  EXPECT_EQ(complaint("<Patient xmlns=\"http://hl7.org/fhir\" id=\"a\"/>").id, "xml-not-an-attribute");
  EXPECT_EQ(complaint(patient("<active value=\"true\" xml:lang=\"en\"/>")).id, "xml-unknown-attribute");
}

TEST(XmlReader, leaves_nothing_behind_where_all_is_unknown) {
  EXPECT_EQ(complaint(patient("<active x=\"1\"/>")).json, R"({"resourceType":"Patient"})");
  EXPECT_EQ(complaint(patient("<name><given value=\"A\"><x/></given></name>")).json,
            R"({"resourceType":"Patient","name":[{"given":["A"]}]})");
}

TEST(XmlReader, reports_text_between_elements) {
  const Complaint got = complaint(patient("<name>John<family value=\"B\"/></name>"));
  EXPECT_EQ(got.id, "xml-text");
  EXPECT_EQ(got.path, "Patient.name[0]");
  EXPECT_EQ(complaint(patient("<active value=\"true\">yes</active>")).id, "xml-text");
  EXPECT_EQ(complaint(patient("<name><given id=\"a\">yes</given></name>")).id, "xml-text");
}

TEST(XmlReader, reports_elements_out_of_order_and_puts_them_in_order) {
  const Complaint got =
      complaint(patient(R"(<gender value="male"/><name><family value="A"/></name><gender value="female"/>)"));
  EXPECT_EQ(got.id, "xml-order");
  EXPECT_EQ(got.severity, Severity::error);
  EXPECT_EQ(got.json, R"({"resourceType":"Patient","name":[{"family":"A"}],"gender":["male","female"]})");
}

TEST(XmlReader, reports_wrong_namespaces) {
  EXPECT_EQ(complaint(patient("<active xmlns=\"urn:other\" value=\"true\"/>")).id, "xml-namespace");
  EXPECT_EQ(complaint(patient("<text><div>no</div></text>")).id, "xml-div-expected");
  EXPECT_EQ(complaint(patient("<active xmlns=\"http://www.w3.org/1999/xhtml\" value=\"true\"/>")).id, "xml-namespace");
  EXPECT_EQ(refusal("<Patient/>"), "xml-namespace");
  EXPECT_EQ(refusal("<Patient xmlns=\"http://hl7.org/fhir/\"/>"), "xml-namespace");
}

TEST(XmlReader, reports_empty_primitives) {
  const Complaint got = complaint(patient("<name><given value=\"A\"/><given/></name>"));
  EXPECT_EQ(got.id, "xml-empty-element");
  EXPECT_EQ(got.path, "Patient.name[0].given[1]");
  EXPECT_EQ(got.json, R"({"resourceType":"Patient","name":[{"given":["A",null]}]})");
  EXPECT_EQ(complaint(patient("<birthDate/>")).json, R"({"resourceType":"Patient"})");
}

TEST(XmlReader, reports_containers_without_a_resource) {
  EXPECT_EQ(complaint(patient("<contained/>")).id, "xml-resource-expected");
  EXPECT_EQ(complaint(patient("<contained><Nonsense/></contained>")).id, "xml-resource-unknown");
  EXPECT_EQ(complaint(patient("<contained><DomainResource/></contained>")).id, "xml-resource-unknown");
  const Complaint got = complaint(patient("<contained><Basic/><Flag/></contained>"));
  EXPECT_EQ(got.id, "xml-resource-expected");
  EXPECT_EQ(got.json, R"({"resourceType":"Patient","contained":[{"resourceType":"Basic"}]})");
}

TEST(XmlReader, refuses_roots_that_are_no_resources) {
  for (const char* root : {"HumanName", "Nonsense", "Resource", "Patient.contact"}) {
    EXPECT_EQ(refusal("<" + std::string(root) + " xmlns=\"http://hl7.org/fhir\"/>"), "xml-root-unknown");
  }
}

TEST(XmlReader, gives_a_document) {
  Issues issues;
  XmlReader reader;
  const Document document = reader.read(patient("<active value=\"true\"/>"), issues);
  ASSERT_TRUE(document.has_root());
  EXPECT_TRUE(issues.empty());
  EXPECT_EQ(document.root().child("active").text(), "true");
  EXPECT_FALSE(reader.read("<Patient", issues).has_root());
}

// What is refused as XML. https://www.w3.org/TR/xml/

TEST(XmlWellFormed, refuses_every_document_type) {
  EXPECT_EQ(refusal("<!DOCTYPE Patient>" + patient("")), "xml-doctype");
  EXPECT_EQ(refusal("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>" +
                    patient("<name><text value=\"&lol2;\"/></name>")),
            "xml-doctype");
  EXPECT_EQ(refusal("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">" + patient("")), "xml-doctype");
}

TEST(XmlWellFormed, knows_no_entities_but_the_five) {
  for (const char* reference :
       {"&nbsp;", "&xxe;", "&;", "&amp", "& ", "&#;", "&#x;", "&#12a;", "&#xg;", "&lt", "&LT;"}) {
    EXPECT_EQ(refusal(patient("<name><text value=\"" + std::string(reference) + "\"/></name>")), "xml-reference")
        << reference;
    EXPECT_EQ(refusal(patient("<text>" + std::string(kDiv) + reference + "</div></text>")), "xml-reference")
        << reference;
  }
}

TEST(XmlWellFormed, refuses_references_to_what_is_no_character) {
  for (const char* reference : {"&#0;", "&#8;", "&#xB;", "&#xD800;", "&#xDFFF;", "&#xD83D;&#xDE00;", "&#xFFFE;",
                                "&#xFFFF;", "&#x110000;", "&#99999999999999999999;"}) {
    EXPECT_EQ(refusal(patient("<name><text value=\"" + std::string(reference) + "\"/></name>")),
              "xml-character-reference")
        << reference;
  }
}

TEST(XmlWellFormed, refuses_other_encodings) {
  const std::string text = patient("");
  for (const bool big : {false, true}) {
    std::string wide;
    for (const char c : text) wide += big ? std::string{'\0', c} : std::string{c, '\0'};
    EXPECT_EQ(refusal(wide), "xml-encoding");
    EXPECT_EQ(refusal((big ? "\xFE\xFF" : "\xFF\xFE") + wide), "xml-encoding");
  }
  EXPECT_EQ(refusal("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + text), "xml-encoding");
  EXPECT_EQ(refusal("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + text), "xml-encoding");
  EXPECT_EQ(refusal("<?xml version=\"1.0\" encoding=\"GB18030\"?>" + text), "xml-encoding");
  EXPECT_EQ(refusal(std::string("\0\0\xFE\xFF", 4) + text), "xml-encoding");
}

TEST(XmlWellFormed, refuses_bytes_that_are_not_utf8) {
  for (const char* bytes : {"\xC3", "\xE9", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
                            "\xF8\x88\x80\x80\x80", "\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    EXPECT_EQ(refusal(patient("<name><text value=\"" + std::string(bytes) + "\"/></name>")), "xml-not-utf8");
    EXPECT_EQ(refusal(patient("<!--" + std::string(bytes) + "-->")), "xml-not-utf8");
  }
}

TEST(XmlWellFormed, refuses_control_characters_everywhere) {
  for (const std::string& bad : {std::string("\x01"), std::string("\0", 1), std::string("\x1F")}) {
    EXPECT_EQ(refusal(patient("<name><text value=\"" + bad + "\"/></name>")), "xml-character");
    EXPECT_EQ(refusal(patient("<name>" + bad + "</name>")), "xml-character");
    EXPECT_EQ(refusal(patient("<!-- " + bad + "-->")), "xml-character");
    EXPECT_EQ(refusal(patient("<?x " + bad + "?>")), "xml-character");
    EXPECT_EQ(refusal(patient("<![CDATA[" + bad + "]]>")), "xml-character");
  }
}

TEST(XmlWellFormed, refuses_a_text_cut_off_anywhere) {
  const std::string whole = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- c --><?p i?>" +
                            patient("<!-- c --><active value='true' id=\"a\"/><text>" + std::string(kDiv) +
                                    "a &amp; b <![CDATA[ c ]]></div></text>");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  }
  EXPECT_EQ(refusal(""), "xml-empty");
  EXPECT_EQ(refusal("  \n"), "xml-empty");
}

TEST(XmlWellFormed, refuses_tags_that_do_not_match) {
  EXPECT_EQ(refusal(patient("<name></nam>")), "xml-end-tag");
  EXPECT_EQ(refusal(patient("</name>")), "xml-end-tag");
  EXPECT_EQ(refusal(patient("<name>")), "xml-end-tag");
  EXPECT_EQ(refusal(patient("") + patient("")), "xml-two-roots");
  EXPECT_EQ(refusal(patient("") + "</Patient>"), "xml-two-roots");
  EXPECT_EQ(refusal(patient("") + "text"), "xml-text-outside");
  EXPECT_EQ(refusal("text" + patient("")), "xml-text-outside");
  EXPECT_EQ(refusal(patient("") + "<![CDATA[]]>"), "xml-cdata");
  EXPECT_EQ(refusal("</a>"), "xml-empty");
}

TEST(XmlWellFormed, refuses_tags_that_are_not_in_their_form) {
  EXPECT_EQ(refusal(patient("< name/>")), "xml-name");
  EXPECT_EQ(refusal(patient("<1/>")), "xml-name");
  EXPECT_EQ(refusal(patient("</>")), "xml-name");
  EXPECT_EQ(refusal(patient("<!x>")), "xml-name");
  EXPECT_EQ(refusal(patient("<name/ >")), "xml-tag");
  EXPECT_EQ(refusal(patient("<name / >")), "xml-tag");
  EXPECT_EQ(refusal(patient("<name \xC2\xA9=''/>")), "xml-tag");
  EXPECT_EQ(refusal(patient("<name></name x>")), "xml-tag");
  EXPECT_EQ(refusal(patient("<name<a/>")), "xml-tag");
  EXPECT_EQ(refusal(patient("<active value=\"true\"id=\"a\"/>")), "xml-tag");
}

TEST(XmlWellFormed, refuses_attributes_that_are_not_in_their_form) {
  EXPECT_EQ(refusal(patient("<active value=true/>")), "xml-attribute");
  EXPECT_EQ(refusal(patient("<active value/>")), "xml-attribute");
  EXPECT_EQ(refusal(patient("<active value=\"a<b\"/>")), "xml-attribute");
  EXPECT_EQ(refusal(patient("<active value=\"true\" value=\"true\"/>")), "xml-duplicate-attribute");
  EXPECT_EQ(refusal(patient("<active xmlns:a=\"urn:x\" xmlns:b=\"urn:x\" a:c=\"\" b:c=\"\"/>")),
            "xml-duplicate-attribute");
}

TEST(XmlWellFormed, refuses_comments_instructions_and_sections_that_are_not_in_their_form) {
  EXPECT_EQ(refusal(patient("<!-- a -- b -->")), "xml-comment");
  EXPECT_EQ(refusal(patient("<!-- a --->")), "xml-comment");
  EXPECT_EQ(refusal(patient("<?xml version=\"1.0\"?>")), "xml-declaration");
  EXPECT_EQ(refusal(" <?xml version=\"1.0\"?>" + patient("")), "xml-declaration");
  EXPECT_EQ(refusal(patient("<?XmL a?>")), "xml-declaration");
  EXPECT_EQ(refusal(patient("<? a?>")), "xml-instruction");
  EXPECT_EQ(refusal(patient("<?a\"b?>")), "xml-instruction");
  EXPECT_EQ(refusal(patient("]]>")), "xml-cdata-end");
  for (const char* declaration :
       {"<?xml?>", "<?xml version=\"2.0\"?>", "<?xml version=\"1.\"?>", "<?xml encoding=\"UTF-8\"?>",
        "<?xml version=1.0?>", "<?xml version=\"1.0\" standalone=\"maybe\"?>",
        "<?xml version=\"1.0\" standalone=\"no\" encoding=\"UTF-8\"?>", "<?xml version=\"1.0\"encoding=\"UTF-8\"?>",
        "<?xml version=\"1.0\" more=\"1\"?>"}) {
    EXPECT_EQ(refusal(declaration + patient("")), "xml-declaration") << declaration;
  }
}

TEST(XmlWellFormed, refuses_prefixes_that_are_not_declared) {
  EXPECT_EQ(refusal(patient("<x:name/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<active x:value=\"true\"/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<name xmlns:x=\"urn:x\"/><x:name/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<a:b:c xmlns:a=\"urn:x\"/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<:c/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<name xmlns:x=\"\"/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<name xmlns:xmlns=\"urn:x\"/>")), "xml-prefix");
  EXPECT_EQ(refusal(patient("<name xmlns:xml=\"urn:x\"/>")), "xml-prefix");
}

TEST(XmlWellFormed, keeps_to_its_limits) {
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
  EXPECT_EQ(refusal(patient(deep)), "xml-too-deep");
  EXPECT_EQ(refusal(patient("<text>" + std::string(kDiv) + deep)), "xml-too-deep");

  DocumentLimits limits;
  limits.max_bytes = 100;
  EXPECT_EQ(refusal(patient(std::string(100, ' ')), limits), "xml-too-large");
  limits = {};
  limits.max_nodes = 10;
  EXPECT_EQ(refusal(patient("<a/><a/><a/><a/><a/><a/><a/><a/><a/><a/>"), limits), "xml-too-many-nodes");

  std::string many;
  for (int i = 0; i < 300; ++i) many += " a" + std::to_string(i) + "=\"\"";
  EXPECT_EQ(refusal(patient("<name" + many + "/>")), "xml-too-many-attributes");
  many.clear();
  for (int i = 0; i < 100; ++i) many += " xmlns:a" + std::to_string(i) + "=\"u\"";
  EXPECT_EQ(refusal(patient("<name" + many + "/>")), "xml-too-many-namespaces");
}

TEST(XmlWellFormed, says_where_the_fault_is) {
  Issues issues;
  std::string out;
  EXPECT_FALSE(
      XmlReader().to_json("<Patient xmlns=\"http://hl7.org/fhir\">\n <name>\n  <text value='&x;'/>", out, issues));
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues.all()[0].path, "Patient.name");
  EXPECT_EQ(issues.all()[0].position.line, 3U);
  EXPECT_EQ(issues.all()[0].position.column, 16U);
}

TEST(XmlWellFormed, does_not_report_without_end) {
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "<nonsense/>\n";
  Issues issues;
  std::string out;
  EXPECT_TRUE(XmlReader().to_json(patient(many), out, issues));
  EXPECT_EQ(issues.size(), Issues::kDefaultLimit);
  EXPECT_EQ(issues.errors(), 100'000U);
}

}  // namespace
}  // namespace meridian::fhir
