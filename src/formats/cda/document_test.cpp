#include "formats/cda/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/cda/header.hpp"
#include "formats/cda/testing/documents.hpp"

namespace meridian::cda {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ids(const Issues& issues) {
  std::vector<std::string> out;
  for (const Issue& issue : issues.all()) out.emplace_back(issue.message->id);
  return out;
}

TEST(Document, resolves_prefixes_whatever_they_are_called) {
  Issues issues;
  const Document document = parse_document(
      R"(<h:section xmlns:h="urn:hl7-org:v3" xmlns:x="urn:hl7-org:sdtc" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
      <h:code code="1"/><x:raceCode code="2"/><h:value i:type="h:CD"/><other xmlns="urn:else"/><h:code code="3"/></h:section>)",
      {}, issues);
  ASSERT_TRUE(document);
  const Element root = document.root();
  EXPECT_EQ(root.name(), "section");
  EXPECT_EQ(root.child("code").attribute("code"), "1");
  EXPECT_EQ(root.child("code").next_same().path(), "section/code[2]");
  EXPECT_EQ(root.child("sdtc:raceCode").attribute("code"), "2");
  EXPECT_EQ(root.child("value").attribute("xsi:type"), "h:CD");
  EXPECT_TRUE(root.child("other:other"));
  EXPECT_THAT(ids(issues), ElementsAre("cda-fragment"));
}

TEST(Document, keeps_the_scope_of_declarations) {
  Issues issues;
  const Document document = parse_document(
      R"(<section xmlns="urn:hl7-org:v3"><text><table xmlns="urn:else"><tr/></table><list/></text><title>t</title></section>)",
      {}, issues);
  ASSERT_TRUE(document);
  const Element text = document.root().child("text");
  EXPECT_TRUE(text.child("other:table").child("other:tr"));
  EXPECT_TRUE(text.child("list"));
  EXPECT_EQ(document.root().child("title").text(), "t");
}

TEST(Document, keeps_blanks_of_the_narrative_only) {
  Issues issues;
  const Document document = parse_document(
      "<section xmlns=\"urn:hl7-org:v3\"> <text><b>a</b> <i>b</i></text>\n<title>x</title></section>", {}, issues);
  EXPECT_EQ(document.root().child("text").all_text(), "a b");
  EXPECT_EQ(document.root().first_child().name(), "text");
}

TEST(Document, gives_an_element_by_its_number_with_its_place) {
  Issues issues;
  const Document document = parse_document("<section>\n  <code code=\"1\"/>\n</section>", {}, issues);
  const Element code = document.root().child("code");
  EXPECT_EQ(document.element(code.number()), code);
  EXPECT_EQ(document.position(code).line, 2U);
  EXPECT_EQ(document.position(code).column, 4U);
  EXPECT_FALSE(document.element(1000));
}

TEST(Document, refuses_a_doctype_and_so_every_entity) {
  for (const char* text : {"<!DOCTYPE x [<!ENTITY a \"b\">]><section>&a;</section>",
                           "<!DOCTYPE section SYSTEM \"file:///etc/hostname\"><section/>"}) {
    Issues issues;
    EXPECT_FALSE(parse_document(text, {}, issues));
    EXPECT_THAT(ids(issues), ElementsAre("xml-doctype"));
  }
}

TEST(Document, refuses_what_is_no_xml_and_no_cda) {
  for (const auto& [text, id] :
       std::vector<std::pair<std::string, std::string>>{{"", "xml-not-well-formed"},
                                                        {"MSH|^~\\&|", "xml-not-well-formed"},
                                                        {"<section><a></section>", "xml-not-well-formed"},
                                                        {"<Patient xmlns=\"http://hl7.org/fhir\"/>", "cda-not-cda"}}) {
    Issues issues;
    EXPECT_FALSE(parse_document(text, {}, issues)) << text;
    ASSERT_TRUE(issues.has_fatal()) << text;
    EXPECT_THAT(ids(issues), ElementsAre(id)) << text;
  }
}

TEST(Document, bounds_bytes_depth_tags_and_attributes) {
  CdaLimits limits;
  limits.max_bytes = 1000;
  limits.max_depth = 10;
  limits.max_tags = 100;
  limits.max_attributes = 20;
  std::string deep;
  for (int i = 0; i < 11; ++i) deep += "<act>";
  std::string wide = "<section>";
  for (int i = 0; i < 110; ++i) wide += "<a/>";
  wide += "</section>";
  std::string attributes = "<section";
  for (int i = 0; i < 21; ++i) attributes += " a" + std::to_string(i) + "=''";
  attributes += "/>";
  for (int i = 0; i < 11; ++i) deep += "</act>";
  for (const std::string& text : {std::string(1001, ' '), deep, wide, attributes}) {
    Issues issues;
    EXPECT_FALSE(parse_document(text, limits, issues));
    EXPECT_THAT(ids(issues), ElementsAre("tree-too-large"));
  }
}

TEST(Document, reads_the_encodings_that_chinese_and_windows_systems_write) {
  const std::string gbk = "<?xml version=\"1.0\" encoding=\"GBK\"?><section><title>\xD6\xD0\xCE\xC4</title></section>";
  const std::string latin = "<?xml version=\"1.0\" encoding='ISO-8859-1'?><section><title>\xE9</title></section>";
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("<section><title>a</title></section>")) wide += {c, '\0'};
  for (const auto& [bytes, expected] :
       std::vector<std::pair<std::string, std::string>>{{gbk, "中文"}, {latin, "é"}, {wide, "a"}}) {
    Issues issues;
    const Document document = parse_document(bytes, {}, issues);
    ASSERT_TRUE(document) << expected;
    EXPECT_EQ(document.root().child("title").text(), expected);
  }
  Issues issues;
  EXPECT_FALSE(parse_document("<?xml version=\"1.0\" encoding=\"klingon\"?><section/>", {}, issues));
  EXPECT_THAT(ids(issues), ElementsAre("xml-encoding"));
}

TEST(Document, replaces_bytes_that_are_no_characters) {
  Issues issues;
  const Document document = parse_document("<section><title>a\xFF</title></section>", {}, issues);
  EXPECT_EQ(document.root().child("title").text(), "a\xEF\xBF\xBD");
  EXPECT_THAT(ids(issues), ElementsAre("xml-bad-bytes", "cda-fragment"));
}

TEST(Header, says_whose_document_it_is_and_who_wrote_it) {
  Issues issues;
  const Document document = parse_document(testing::document_of(""), {}, issues);
  ASSERT_TRUE(document);
  EXPECT_THAT(issues.all(), IsEmpty());
  const Header header = read_header(document);
  EXPECT_EQ(header.id.extension, "D1");
  EXPECT_EQ(header.version, "2");
  EXPECT_EQ(header.confidentiality.code, "N");
  EXPECT_EQ(header.language, "en-US");
  ASSERT_EQ(header.patients.size(), 1U);
  EXPECT_EQ(header.patients[0].names[0].text, "Jane Q Doe");
  EXPECT_EQ(header.patients[0].names[0].part("family"), "Doe");
  EXPECT_EQ(header.patients[0].gender.code, "F");
  EXPECT_EQ(header.patients[0].addresses[0].part("city"), "Boston");
  ASSERT_EQ(header.authors.size(), 1U);
  EXPECT_EQ(header.authors[0].names[0].text, "Ann Lee");
  EXPECT_EQ(header.custodian.text, "General Hospital");
}

}  // namespace
}  // namespace meridian::cda
