#include "formats/cda/section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/input.hpp"
#include "base/testing/paths.hpp"
#include "formats/cda/header.hpp"
#include "formats/cda/narrative.hpp"
#include "formats/cda/testing/documents.hpp"

namespace meridian::cda {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Document parse(const std::string& text) {
  Issues issues;
  Document document = parse_document(text, {}, issues);
  EXPECT_FALSE(issues.has_errors());
  return document;
}

const char* const kProblem = R"(<entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN">
  <templateId root="2.16.840.1.113883.10.20.22.4.3"/><id root="1.2.9" extension="a"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
  <statusCode code="active"/><effectiveTime><low value="2020" inclusive="false"/><high nullFlavor="UNK"/></effectiveTime>
  <entryRelationship typeCode="SUBJ" inversionInd="true"><observation classCode="OBS" moodCode="EVN" negationInd="true">
    <id root="1.2.9" extension="b"/><code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>
    <text><reference value="#p1"/></text>
    <value xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#p1"/></originalText>
      <translation code="I10" codeSystem="2.16.840.1.113883.6.90" displayName="Hypertension"/></value>
  </observation></entryRelationship></act></entry>)";

TEST(Section, holds_sections_and_statements_recursively) {
  const Document document = parse(testing::document_of(
      testing::section_of("11450-4", "<content ID=\"p1\">High  <b>pressure</b></content>", kProblem) +
      testing::section_of("1-8", "x", testing::section_of("2-6", "y", ""))));
  const std::vector<Section> sections = sections_of(document);
  ASSERT_THAT(sections, SizeIs(2));
  EXPECT_EQ(sections[0].code().code, "11450-4");
  ASSERT_THAT(sections[1].sections(), SizeIs(1));
  const std::vector<Entry> entries = sections[0].entries();
  ASSERT_THAT(entries, SizeIs(1));
  const Entry& concern = entries[0];
  EXPECT_EQ(concern.kind(), EntryKind::act);
  EXPECT_TRUE(concern.has_template("2.16.840.1.113883.10.20.22.4.3"));
  EXPECT_EQ(concern.status(), "active");
  ASSERT_THAT(concern.times(), SizeIs(1));
  const Interval<Timestamp> time = read_times(concern.times()[0]);
  EXPECT_EQ(time.low.value, "2020");
  EXPECT_TRUE(time.is_low_open);
  EXPECT_EQ(time.high.null_flavor, "UNK");
  ASSERT_THAT(concern.related(), SizeIs(1));
  const Entry::Related related = concern.related()[0];
  EXPECT_TRUE(related.is_inverted);
  EXPECT_TRUE(related.entry.is_negated());
  const Code value = read_code(related.entry.values().at(0));
  EXPECT_EQ(value.null_flavor, "OTH");
  ASSERT_THAT(value.translations, SizeIs(1));
  EXPECT_EQ(value.translations[0].display, "Hypertension");
  const NarrativeIndex index(document);
  EXPECT_EQ(text_of(value.original_text, index), "High pressure");
}

TEST(Section, reads_a_part_of_a_document) {
  EXPECT_THAT(entries_of(parse("<observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"1\"/></observation>")),
              SizeIs(1));
  EXPECT_THAT(entries_of(parse("<entry><act/></entry>")), SizeIs(1));
  EXPECT_THAT(sections_of(parse("<component><section/></component>")), SizeIs(0));
  EXPECT_THAT(sections_of(parse("<section/>")), SizeIs(1));
}

TEST(DataTypes, are_read_as_they_are_written) {
  const Document document = parse(
      "<observation xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
      "<value xsi:type=\"IVL_PQ\"><low value=\"1\" unit=\"mg\"/><high value=\"2\" unit=\"mg\" "
      "inclusive=\"false\"/></value>"
      "<value xsi:type=\"RTO_PQ_PQ\"><numerator value=\"1\"/><denominator value=\"128\"/></value>"
      "<value xsi:type=\"PIVL_TS\" institutionSpecified=\"true\"><period value=\"6\" unit=\"h\"/></value>"
      "<value xsi:type=\"EIVL_TS\"><event code=\"ACM\"/></value><value xsi:type=\"BL\" value=\"true\"/>"
      "<value xsi:type=\"MO\" value=\"5\" currency=\"CNY\"/><value xsi:type=\"ED\" mediaType=\"text/plain\">t</value>"
      "<value xsi:type=\"CD\" code=\"1\" displayName=\"One\"/></observation>");
  const std::vector<Element> values = entries_of(document)[0].values();
  ASSERT_THAT(values, SizeIs(8));
  const Interval<Quantity> interval = read_quantities(values[0]);
  EXPECT_EQ(interval.low.value, "1");
  EXPECT_TRUE(interval.is_high_open);
  EXPECT_EQ(value_text(values[0]), "1 mg .. 2 mg");
  EXPECT_EQ(read_ratio(values[1]).denominator.value, "128");
  EXPECT_EQ(read_frequency(values[2]).period.unit, "h");
  EXPECT_TRUE(read_frequency(values[2]).is_institution_specified);
  EXPECT_EQ(read_frequency(values[3]).event, "ACM");
  EXPECT_EQ(read_boolean(values[4]), true);
  EXPECT_EQ(read_quantity(values[5]).unit, "CNY");
  EXPECT_EQ(read_encapsulated(values[6]).media_type, "text/plain");
  EXPECT_EQ(type_of(values[2]), DataType::pivl);
  EXPECT_EQ(value_text(values[7]), "One (1)");
}

TEST(DataTypes, know_times_and_identifiers) {
  for (const char* good :
       {"2024", "202405", "20240501", "2024050110", "202405011030", "20240501103059.123+0800", "20240501103059-05"}) {
    EXPECT_TRUE(is_timestamp(good)) << good;
  }
  for (const char* bad : {"", "20", "2024-05-01", "202413", "20240532", "2024050125", "20240501+8", "2024050"}) {
    EXPECT_FALSE(is_timestamp(bad)) << bad;
  }
  EXPECT_TRUE(is_oid("2.16.156.10011.1.3"));
  EXPECT_FALSE(is_oid("2.16."));
  EXPECT_TRUE(is_uuid("db734647-fc99-424c-a864-7e3cda82e703"));
}

TEST(Narrative, becomes_text_and_xhtml) {
  const Document document = parse(
      "<section><text><table border=\"1\"><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr "
      "ID=\"r1\"><td>A&amp;B"
      "</td><td colspan=\"2\">1 <sup>a</sup></td></tr></tbody></table><list "
      "listType=\"ordered\"><item><caption>c</caption>"
      "<content styleCode=\"Bold\">x</content></item></list><linkHtml "
      "href=\"http://else/\">link</linkHtml><br/></text></section>");
  const Element text = document.root().child("text");
  EXPECT_EQ(plain_text(text), "Drug | Dose\nA&B | 1 a\nc\nx\nlink");
  const std::string xhtml = to_xhtml(text);
  EXPECT_THAT(xhtml, HasSubstr("<tr id=\"r1\"><td>A&amp;B</td><td colspan=\"2\">1 <sup>a</sup></td></tr>"));
  EXPECT_THAT(xhtml, HasSubstr("<ol><li><b>c</b><b>x</b></li></ol><span>link</span><br/></div>"));
  EXPECT_THAT(xhtml, ::testing::Not(HasSubstr("href")));
}

TEST(Narrative, of_a_body_that_is_not_xml_is_decoded) {
  const auto attachment = [](const std::string& body, Issues& issues) {
    const Document document = parse_document("<nonXMLBody>" + body + "</nonXMLBody>", {}, issues);
    issues.clear();
    return read_attachment(document, document.root().child("text"), issues);
  };
  Issues issues;
  const Attachment pdf =
      attachment("<text mediaType=\"application/pdf\" representation=\"B64\">JVBE\n Ri0x</text>", issues);
  EXPECT_EQ(pdf.bytes, "%PDF-1");
  EXPECT_TRUE(issues.empty());
  EXPECT_EQ(attachment("<text representation=\"B64\">e1xydGYx</text>", issues).media_type, "text/rtf");
  EXPECT_TRUE(issues.empty());
  attachment("<text mediaType=\"text/rtf\" representation=\"B64\">JVBERi0x</text>", issues);
  ASSERT_THAT(issues.all(), SizeIs(1));
  EXPECT_EQ(issues.all()[0].message->id, "cda-media-type");
  attachment("<text mediaType=\"image/png\" representation=\"B64\">%%%</text>", issues);
  EXPECT_EQ(issues.all()[0].message->id, "cda-bad-base64");
  EXPECT_EQ(attachment("<text mediaType=\"image/tiff\"><reference value=\"scan.tif\"/></text>", issues).location,
            "scan.tif");
}

TEST(Section, of_a_chinese_shared_document_are_read) {
  const auto source = open_input(meridian::testing::source_path("src/formats/cda/testdata/outpatient_ws500.xml"));
  ASSERT_TRUE(source);
  Issues issues;
  const Document document = parse_document(*read_all(**source, 1 << 20), {}, issues);
  ASSERT_TRUE(document);
  const Header header = read_header(document);
  EXPECT_EQ(header.code.code, "C0004");
  EXPECT_EQ(header.templates[0].root, "2.16.156.10011.2.1.1.24");
  EXPECT_EQ(header.patients[0].names[0].text, "王小明");
  ASSERT_THAT(header.related, SizeIs(1));
  EXPECT_EQ(header.related[0].type, "RPLC");
  ASSERT_THAT(sections_of(document), SizeIs(3));
  EXPECT_EQ(value_text(sections_of(document)[1].entries()[0].values()[0]), "高血压 (I10.x00)");
}

}  // namespace
}  // namespace meridian::cda
