// Trees to XML and back: escapes, layout, what XML cannot hold.
#include "formats/tree/xml_writer.hpp"

#include <gtest/gtest.h>

#include "formats/tree/builder.hpp"
#include "formats/tree/xml.hpp"

namespace meridian::tree {
namespace {

constexpr std::string_view kHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string written(Builder& builder, std::string_view mixed = {}) {
  const Document document = builder.finish();
  const Result<std::string> text = write_xml(document, {mixed});
  if (!text) return text.error().message();
  return text->starts_with(kHead) ? text->substr(kHead.size()) : *text;
}

TEST(XmlWriter, lays_out_elements_a_line_each) {
  Builder builder;
  builder.open("a");
  builder.attribute("x", "1");
  builder.attribute("y", "2");
  builder.open("b");
  builder.element("c", "text");
  builder.close();
  builder.element("d", "");
  builder.close();
  EXPECT_EQ(written(builder), "<a x=\"1\" y=\"2\">\n  <b>\n    <c>text</c>\n  </b>\n  <d/>\n</a>\n");
}

TEST(XmlWriter, adds_no_blank_where_blanks_count) {
  Builder builder;
  builder.open("a");
  builder.open("text");
  builder.element("p", "");
  builder.open("p");
  builder.text("one ");
  builder.element("b", "two");
  builder.close();
  builder.close();
  builder.element("c", "");
  builder.close();
  EXPECT_EQ(written(builder, "text"), "<a>\n  <text><p/><p>one <b>two</b></p></text>\n  <c/>\n</a>\n");
}

TEST(XmlWriter, gives_back_every_text_after_reading) {
  const std::string text = "a<b>&\"'\t\r\n ]]> \xE7\xBB\x8F \xF0\x9F\x98\x80";
  Builder builder;
  builder.open("a");
  builder.attribute("x", text);
  builder.text(text);
  builder.close();
  const Document document = builder.finish();
  const Result<std::string> xml = write_xml(document);
  ASSERT_TRUE(xml);
  Issues issues;
  const Document again = read_xml(*xml, {}, issues);
  ASSERT_TRUE(again);
  EXPECT_EQ(again.root().attribute("x"), text);
  EXPECT_EQ(again.root().all_text(), text);
}

TEST(XmlWriter, refuses_what_xml_cannot_hold_and_says_where) {
  for (const std::string_view text : {"\x01", "\xEF\xBF\xBE", "\xC3"}) {
    Builder builder;
    builder.open("a");
    builder.element("b", text);
    builder.close();
    EXPECT_EQ(written(builder), "XML cannot hold what is in a/b") << text;
    EXPECT_FALSE(is_xml_text(text));
    EXPECT_TRUE(is_xml_text(xml_text(text)));
  }
  Builder builder;
  builder.element("a b", "");
  EXPECT_NE(written(builder).find("XML cannot hold"), std::string::npos);
}

}  // namespace
}  // namespace meridian::tree
