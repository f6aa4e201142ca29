#include "mapping/internal/place.hpp"

#include <gtest/gtest.h>

#include "formats/cda/document.hpp"

namespace meridian::mapping::internal {
namespace {

tree::Document parse(const std::string& text) {
  Issues issues;
  return cda::parse_document(text, {}, issues);
}

std::string found(const std::string& path, tree::Element from) {
  const std::optional<Place> place = read_place(path);
  if (!place) return "not a path";
  std::vector<PlaceValue> values;
  find_places(*place, from, 100, values);
  std::string out;
  for (const PlaceValue& value : values) out += (out.empty() ? "" : ",") + std::string(value.text());
  return out;
}

TEST(Place, finds_elements_and_attributes_by_steps_and_tests) {
  const tree::Document document = parse(
      "<section><code code=\"s\"/><entry><observation><id root=\"1\"/><id root=\"2\"/><code code=\"c\"/>"
      "<value>v</value><entryRelationship "
      "typeCode=\"MFST\"><observation><value>m</value></observation></entryRelationship>"
      "<entryRelationship typeCode=\"SUBJ\"><observation><templateId root=\"9\"/><templateId "
      "root=\"8\"/><value>s</value>"
      "</observation></entryRelationship></observation></entry></section>");
  const tree::Element at = document.root().child("entry").child("observation");
  EXPECT_EQ(found("code/@code", at), "c");
  EXPECT_EQ(found("id/@root", at), "1,2");
  EXPECT_EQ(found("id[2]/@root", at), "2");
  EXPECT_EQ(found("value", at), "v");
  EXPECT_EQ(found("entryRelationship/observation/value", at), "m,s");
  EXPECT_EQ(found("entryRelationship[@typeCode=MFST|CAUS]/observation/value", at), "m");
  EXPECT_EQ(found("entryRelationship[@typeCode!=MFST]/observation/value", at), "s");
  EXPECT_EQ(found("entryRelationship/observation[templateId/@root=8]/value", at), "s");
  EXPECT_EQ(found("entryRelationship/observation[!templateId]/value", at), "m");
  EXPECT_EQ(found("entryRelationship/observation[templateId][value]/value", at), "s");
  EXPECT_EQ(found("^section/code/@code", at), "s");
  EXPECT_EQ(found("../observation/code/@code", at), "c");
  EXPECT_EQ(found("..entry/observation/value", at), "v");
  EXPECT_EQ(found("..component/observation/value", at), "");
  EXPECT_EQ(found("entryRelationship/*/value", at), "m,s");
  EXPECT_EQ(found(".", at.child("value")), "v");
}

TEST(Place, is_read_only_as_a_whole) {
  for (const char* bad : {"", "/", "a/", "a[", "a[@b", "a[@b=]", "@", "a b", "^", "a[@b=c", "a//b", "@a/b", "a[[b]]"}) {
    EXPECT_FALSE(read_place(bad)) << bad;
  }
  EXPECT_TRUE(read_place("a[b[c=1]/@d=2]/e"));
  EXPECT_FALSE(read_place("a[a[a[a[a[a]]]]]"));
}

}  // namespace
}  // namespace meridian::mapping::internal
