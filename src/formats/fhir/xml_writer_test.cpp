#include "formats/fhir/xml_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "formats/fhir/testing/content.hpp"
#include "formats/fhir/xml_reader.hpp"

namespace meridian::fhir {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

Document parse(const std::string& json) {
  Issues issues;
  Document document = DocumentParser().parse(json, issues);
  EXPECT_TRUE(document.has_root()) << json;
  return document;
}

struct Written {
  std::string xml;
  Issues issues;
};

Written write(const std::string& json, XmlLayout layout = XmlLayout::compact) {
  Written out;
  write_xml(parse(json), layout, out.xml, out.issues);
  return out;
}

/// What stands within the root element; the document must have no faults and come back as it was.
std::string inside(const std::string& json) {
  const Written written = write(json);
  EXPECT_TRUE(written.issues.empty()) << json;
  Issues issues;
  const Document back = XmlReader().read(written.xml, issues);
  EXPECT_TRUE(issues.empty()) << written.xml;
  EXPECT_EQ(testing::difference(parse(json).root(), back.root()), "");
  const std::size_t begin = written.xml.find('>', kHead.size()) + 1;
  return written.xml.substr(begin, written.xml.rfind("</") - begin);
}

/// The id of the one issue.
std::string complaint(const std::string& json) {
  const Written written = write(json);
  EXPECT_EQ(written.issues.size(), 1U) << json;
  return written.issues.empty() ? "" : std::string(written.issues.all()[0].message->id);
}

TEST(XmlWriter, writes_a_resource_in_its_namespace) {
  EXPECT_EQ(write(R"({"resourceType":"Patient"})").xml,
            std::string(kHead) + "<Patient xmlns=\"http://hl7.org/fhir\"/>");
}

TEST(XmlWriter, puts_elements_in_the_order_of_the_schema) {
  EXPECT_EQ(
      inside(R"({"gender":"male","name":[{"given":["A","B"],"family":"C"}],"resourceType":"Patient","id":"x"})"),
      R"(<id value="x"/><name><family value="C"/><given value="A"/><given value="B"/></name><gender value="male"/>)");
}

TEST(XmlWriter, keeps_the_digits_of_numbers) {
  EXPECT_EQ(inside(R"({"resourceType":"Observation","valueQuantity":{"value":1.00}})"),
            R"(<valueQuantity><value value="1.00"/></valueQuantity>)");
  EXPECT_EQ(inside(R"({"resourceType":"Observation","valueQuantity":{"value":-0.50e-300}})"),
            R"(<valueQuantity><value value="-0.50e-300"/></valueQuantity>)");
}

TEST(XmlWriter, joins_primitives_with_their_ids_and_extensions) {
  EXPECT_EQ(
      inside(
          R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b","extension":[{"url":"u","valueCode":"c"}]}})"),
      R"(<birthDate id="b" value="1970"><extension url="u"><valueCode value="c"/></extension></birthDate>)");
  EXPECT_EQ(inside(R"({"resourceType":"Patient","_birthDate":{"id":"b"}})"), R"(<birthDate id="b"/>)");
  EXPECT_EQ(
      inside(R"({"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"x"},{"id":"y"}]}]})"),
      R"(<name><given value="A"/><given id="x"/><given id="y" value="C"/></name>)");
}

TEST(XmlWriter, wraps_contained_resources_in_their_names) {
  EXPECT_EQ(inside(R"({"resourceType":"Patient","contained":[{"resourceType":"Basic","id":"o"}]})"),
            R"(<contained><Basic><id value="o"/></Basic></contained>)");
}

TEST(XmlWriter, escapes_values) {
  EXPECT_EQ(inside(R"({"resourceType":"Patient","name":[{"text":"<a href=\"x\">&amp; 'b'\n\t\r漢😀"}]})"),
            "<name><text value=\"&lt;a href=&quot;x&quot;&gt;&amp;amp; 'b'&#10;&#9;&#13;漢😀\"/></name>");
}

TEST(XmlWriter, writes_the_narrative_as_it_is) {
  const std::string div = R"(<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>\r\n a &amp; b</p> <br /></div>)";
  EXPECT_EQ(inside(R"({"resourceType":"Patient","text":{"status":"generated","div":")" + div + "\"}}"),
            "<text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>\r\n a &amp; b</p> <br "
            "/></div></text>");
}

TEST(XmlWriter, gives_a_narrative_the_namespace_that_was_forgotten) {
  const Written got = write(R"({"resourceType":"Patient","text":{"div":"<div class='a'>b</div>"}})");
  EXPECT_THAT(got.xml, HasSubstr("<div xmlns=\"http://www.w3.org/1999/xhtml\" class='a'>b</div>"));
  ASSERT_EQ(got.issues.size(), 1U);
  EXPECT_EQ(got.issues.all()[0].message->id, "xml-div-namespace");
  EXPECT_FALSE(got.issues.has_errors());
}

TEST(XmlWriter, reports_a_narrative_that_is_no_div) {
  for (const char* div :
       {"", "text", "<div>", "<p xmlns='http://www.w3.org/1999/xhtml'/>", "<div xmlns='urn:x'/>",
        "<div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div>", "<div/><div/>", "<divx/>", "<!DOCTYPE div><div/>",
        "<?xml version='1.0'?><div xmlns='http://www.w3.org/1999/xhtml'/>", "<div/></text></Patient>"}) {
    const Written got = write(R"({"resourceType":"Patient","text":{"div":")" + std::string(div) + "\"}}");
    ASSERT_EQ(got.issues.size(), 1U) << div;
    EXPECT_EQ(got.issues.all()[0].message->id, "xml-bad-div");
    EXPECT_EQ(got.issues.all()[0].path, "Patient.text.div");
    EXPECT_EQ(got.xml, std::string(kHead) + "<Patient xmlns=\"http://hl7.org/fhir\"><text></text></Patient>") << div;
  }
}

TEST(XmlWriter, reports_what_xml_cannot_hold) {
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","name":[{"text":"a\u0001b"}]})"), "xml-cannot-hold");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","name":[{"text":"a\uFFFFb"}]})"), "xml-cannot-hold");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","nonsense":1})"), "xml-unknown-member");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","contained":[{"resourceType":"Nonsense"}]})"), "xml-unknown-member");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","name":[]})"), "xml-no-form");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","gender":null})"), "xml-no-form");
}

TEST(XmlWriter, warns_where_xml_loses_the_kind_of_a_value) {
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","active":"true"})"), "xml-value-kind");
  EXPECT_EQ(complaint(R"({"resourceType":"Patient","birthDate":1970})"), "xml-value-kind");
  EXPECT_TRUE(write(R"({"resourceType":"Patient","active":"yes"})").issues.empty());
}

TEST(XmlWriter, can_lay_out_for_people) {
  EXPECT_EQ(
      write(
          R"({"resourceType":"Patient","text":{"div":"<div xmlns='http://www.w3.org/1999/xhtml'> a\n</div>"},"active":true})",
          XmlLayout::pretty)
          .xml,
      std::string(kHead) +
          "\n<Patient xmlns=\"http://hl7.org/fhir\">\n  <text>\n"
          "    <div xmlns='http://www.w3.org/1999/xhtml'> a\n</div>\n  </text>\n  <active "
          "value=\"true\"/>\n</Patient>\n");
}

TEST(XmlWriter, writes_nothing_for_what_is_no_resource) {
  Issues issues;
  std::string xml;
  write_xml(Document(), XmlLayout::compact, xml, issues);
  write_xml(DocumentParser().parse_as(Schema::r4().find_type("HumanName"), R"({"family":"A"})", issues),
            XmlLayout::compact, xml, issues);
  EXPECT_EQ(xml, "");
}

}  // namespace
}  // namespace meridian::fhir
