#include "formats/tree/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meridian::tree {
namespace {

using ::testing::ElementsAre;

/// `path=text` of each element that holds no others.
std::vector<std::string> leaves(const Document& document) {
  std::vector<std::string> out;
  for (std::uint32_t i = 1; i <= document.element_count(); ++i) {
    const Element element = document.element(i);
    const bool is_leaf = !element.first_child() || element.first_child().name().empty();
    if (!element.name().empty() && is_leaf) out.push_back(element.path() + '=' + std::string(element.text()));
  }
  return out;
}

std::vector<std::string> leaves(std::string_view json, const JsonOptions& options = {}) {
  Issues issues;
  const Document document = read_json(json, options, issues);
  EXPECT_TRUE(document) << json;
  return leaves(document);
}

/// Of what cannot be read: the id of the fault and its place.
std::string fault(std::string_view json, const JsonOptions& options = {}) {
  Issues issues;
  EXPECT_FALSE(read_json(json, options, issues)) << json;
  if (issues.all().size() != 1) return "not one issue";
  const Issue& issue = issues.all().front();
  return std::string(issue.message->id) + ' ' + std::to_string(issue.position.line) + ':' +
         std::to_string(issue.position.column);
}

TEST(Json, gives_members_the_names_that_they_have) {
  EXPECT_THAT(leaves(R"({"a": "x", "b": {"c": 5.40, "d": true}, "e": null})"),
              ElementsAre("object/a=x", "object/b/c=5.40", "object/b/d=true", "object/e="));
}

TEST(Json, repeats_an_array_s_name_for_each_of_its_items) {
  EXPECT_THAT(leaves(R"({"r": [{"v": 1}, {"v": 2}], "n": [], "m": [[1, 2], 3]})"),
              ElementsAre("object/r[1]/v=1", "object/r[2]/v=2", "object/m[1]/item[1]=1", "object/m[1]/item[2]=2",
                          "object/m[2]=3"));
  EXPECT_THAT(leaves(R"([{"v": 1}, {"v": 2}])"), ElementsAre("object/item[1]/v=1", "object/item[2]/v=2"));
}

TEST(Json, keeps_numbers_and_texts_as_they_were_written) {
  EXPECT_THAT(
      leaves(R"({"a": 1e300, "b": -0.00, "c": 123456789012345678901234567890, "d": "\u4e2d\n"})"),
      ElementsAre("object/a=1e300", "object/b=-0.00", "object/c=123456789012345678901234567890", "object/d=中"));
}

TEST(Json, makes_names_simple_where_paths_are_to_be_written) {
  JsonOptions options;
  options.root = "record";
  options.has_simple_names = true;
  EXPECT_THAT(leaves(R"({"Patient No.": 1, "病历号": 2, "a/b": 3})", options),
              ElementsAre("record/Patient_No_=1", "record/病历号=2", "record/a_b=3"));
}

TEST(Json, says_where_it_is_broken) {
  EXPECT_EQ(fault("{\"a\": 1,\n \"b\": }"), "json-not-well-formed 2:7");
  EXPECT_EQ(fault(""), "json-not-well-formed 1:1");
  EXPECT_EQ(fault("{\"a\": 1} x"), "json-not-well-formed 1:10");
  EXPECT_EQ(fault("{\"a\": \"\xC3\x28\"}"), "json-not-well-formed 1:8");
}

TEST(Json, stays_within_its_limits) {
  JsonOptions options;
  options.limits.max_depth = 3;
  options.limits.max_elements = 5;
  options.limits.max_bytes = 100;
  EXPECT_EQ(fault(R"({"a": {"b": {"c": {}}}})", options), "tree-too-large 1:19");
  EXPECT_EQ(fault(R"([[[[]]]])", options), "tree-too-large 1:4");
  EXPECT_EQ(fault(R"([1, 2, 3, 4, 5])", options), "tree-too-large 1:14");
  EXPECT_EQ(fault(std::string(101, ' '), options), "tree-too-large 0:0");
  EXPECT_EQ(fault(std::string(100'000, '['), JsonOptions{}), "tree-too-large 1:101");
}

}  // namespace
}  // namespace meridian::tree
