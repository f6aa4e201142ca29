#include "formats/fhir/patch.hpp"

#include <gtest/gtest.h>

#include "formats/fhir/json.hpp"
#include "formats/fhir/testing/documents.hpp"

namespace meridian::fhir {
namespace {

using testing::first_issue;
using testing::parsed;

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p","name":[{"family":"a","given":["x","y"]}],"multipleBirthInteger":2})";

struct Outcome {
  std::string text;   // of the new document, or the first issue's message id
  std::string place;  // of the issue
};

Outcome patched(std::string_view patch, std::string_view document = kPatient, const PatchLimits& limits = {}) {
  Issues issues;
  DocumentParser parser;
  const Document result = apply_json_patch(parsed(document), patch, parser, issues, limits);
  EXPECT_EQ(result.has_root(), !issues.has_fatal());
  if (result.has_root()) return {write_json(result), {}};
  return {first_issue(issues), issues.all().at(0).path};
}

std::string merged(std::string_view patch, std::string_view document = kPatient, const PatchLimits& limits = {}) {
  Issues issues;
  DocumentParser parser;
  const Document result = apply_merge_patch(parsed(document), patch, parser, issues, limits);
  return result.has_root() ? write_json(result) : first_issue(issues);
}

/// The patch applied to the value of `x` in an otherwise empty Patient.
std::string patched_x(std::string_view patch, std::string_view x) {
  const std::string prefix = R"({"resourceType":"Patient","x":)";
  const std::string text = patched(patch, prefix + std::string(x) + "}").text;
  return text.starts_with(prefix) ? text.substr(prefix.size(), text.size() - prefix.size() - 1) : text;
}

TEST(JsonPatch, adds_members_and_items) {
  EXPECT_EQ(
      patched(R"([{"op":"add","path":"/active","value":true}])").text,
      R"({"resourceType":"Patient","id":"p","name":[{"family":"a","given":["x","y"]}],"multipleBirthInteger":2,"active":true})");
  EXPECT_EQ(patched_x(R"([{"op":"add","path":"/x/1","value":"new"}])", R"(["a","b"])"), R"(["a","new","b"])");
  EXPECT_EQ(patched_x(R"([{"op":"add","path":"/x/2","value":"new"}])", R"(["a","b"])"), R"(["a","b","new"])");
  EXPECT_EQ(patched_x(R"([{"op":"add","path":"/x/-","value":["new"]}])", R"(["a"])"), R"(["a",["new"]])");
  EXPECT_EQ(patched_x(R"([{"op":"add","path":"/x/a","value":null}])", R"({"a":1})"), R"({"a":null})");
}

TEST(JsonPatch, removes_and_replaces_in_place) {
  EXPECT_EQ(patched_x(R"([{"op":"remove","path":"/x/b"}])", R"({"a":1,"b":2,"c":3})"), R"({"a":1,"c":3})");
  EXPECT_EQ(patched_x(R"([{"op":"remove","path":"/x/0"}])", R"([1,2])"), "[2]");
  EXPECT_EQ(patched_x(R"([{"op":"replace","path":"/x/a","value":1.50}])", R"({"a":1,"b":2})"), R"({"a":1.50,"b":2})");
  EXPECT_EQ(patched_x(R"([{"op":"replace","path":"/x/1","value":{}}])", "[1,2,3]"), "[1,{},3]");
}

TEST(JsonPatch, replaces_the_whole_document) {
  EXPECT_EQ(patched(R"([{"op":"replace","path":"","value":{"resourceType":"Group","id":"g"}}])").text,
            R"({"resourceType":"Group","id":"g"})");
  EXPECT_EQ(patched(R"([{"op":"add","path":"","value":{"resourceType":"Group"}}])").text,
            R"({"resourceType":"Group"})");
}

TEST(JsonPatch, moves_and_copies) {
  EXPECT_EQ(patched_x(R"([{"op":"move","from":"/x/a/b","path":"/x/c"}])", R"({"a":{"b":1,"d":2},"c":3})"),
            R"({"a":{"d":2},"c":1})");
  EXPECT_EQ(patched_x(R"([{"op":"move","from":"/x/1","path":"/x/3"}])", R"(["all","grass","cows","eat"])"),
            R"(["all","cows","eat","grass"])");
  EXPECT_EQ(patched_x(R"([{"op":"move","from":"/x/0","path":"/x/0"}])", "[1]"), "[1]");
  EXPECT_EQ(patched_x(R"([{"op":"copy","from":"/x","path":"/x/a"}])", R"({"b":1})"), R"({"b":1,"a":{"b":1}})");
}

TEST(JsonPatch, tests_values_by_their_meaning) {
  EXPECT_EQ(patched_x(R"([{"op":"test","path":"/x","value":{"b":[1.00,"\u0041",null,true],"a":1e2}}])",
                      R"({"a":100,"b":[1,"A",null,true]})"),
            R"({"a":100,"b":[1,"A",null,true]})");
  EXPECT_EQ(patched_x(R"([{"op":"test","path":"/x","value":0}])", "-0.00e5"), "-0.00e5");
  for (const char* other : {"1", "\"10\"", "10.01", "-10", "1e2", "true", "[10]", "null", "1e99999999999999999999"}) {
    EXPECT_EQ(patched_x(R"([{"op":"test","path":"/x","value":)" + std::string(other) + "}]", "10"), "patch-test-failed")
        << other;
  }
  EXPECT_EQ(patched_x(R"([{"op":"test","path":"/x","value":[1]}])", "[1,2]"), "patch-test-failed");
  EXPECT_EQ(patched_x(R"([{"op":"test","path":"/x","value":{"a":1}}])", R"({"b":1})"), "patch-test-failed");
}

TEST(JsonPatch, is_all_or_nothing_and_names_the_operation) {
  const Outcome outcome =
      patched(R"([{"op":"add","path":"/active","value":true},{"op":"test","path":"/id","value":"q"}])");
  EXPECT_EQ(outcome.text, "patch-test-failed");
  EXPECT_EQ(outcome.place, "patch[1]");
}

TEST(JsonPatch, follows_escaped_pointers) {
  EXPECT_EQ(
      patched_x(
          R"([{"op":"test","path":"/x/a~1b","value":1},{"op":"test","path":"/x/m~0n","value":2},{"op":"test","path":"/x/","value":3},{"op":"test","path":"/x/~01","value":4}])",
          R"({"a/b":1,"m~n":2,"":3,"~1":4})"),
      R"({"a/b":1,"m~n":2,"":3,"~1":4})");
  for (const char* bad : {"x", "/~", "/~2", "/a~"}) {
    EXPECT_EQ(patched(R"([{"op":"remove","path":")" + std::string(bad) + "\"}]").text, "patch-bad-pointer") << bad;
  }
}

TEST(JsonPatch, refuses_paths_that_lead_nowhere) {
  for (const char* path : {"/nothing", "/name/1", "/name/01", "/name/-", "/name/-1", "/name/x", "/id/x", "/nothing/x",
                           "/name/0/x/y", "/name/99999999999999999999"}) {
    for (const char* op : {"remove", "replace", "test"}) {
      EXPECT_EQ(patched(R"([{"op":")" + std::string(op) + R"(","path":")" + path + R"(","value":1}])").text,
                "patch-points-nowhere")
          << op << path;
    }
    EXPECT_EQ(patched(R"([{"op":"copy","from":")" + std::string(path) + R"(","path":"/id"}])").text,
              "patch-points-nowhere");
    EXPECT_EQ(patched(R"([{"op":"move","from":")" + std::string(path) + R"(","path":"/id"}])").text,
              "patch-points-nowhere");
  }
  for (const char* path : {"/name/2", "/name/01", "/nothing/x", "/id/x", "/name/0/given/x"}) {
    EXPECT_EQ(patched(R"([{"op":"add","path":")" + std::string(path) + R"(","value":1}])").text, "patch-points-nowhere")
        << path;
  }
}

TEST(JsonPatch, refuses_malformed_patches) {
  EXPECT_EQ(patched("{}").text, "patch-not-an-array");
  EXPECT_EQ(patched("[1]").text, "patch-operation-not-an-object");
  EXPECT_EQ(patched("[{}]").text, "patch-operation-lacks");
  EXPECT_EQ(patched(R"([{"op":"add"}])").text, "patch-operation-lacks");
  EXPECT_EQ(patched(R"([{"op":5,"path":""}])").text, "patch-operation-lacks");
  EXPECT_EQ(patched(R"([{"op":"add","path":"/x"}])").text, "patch-operation-lacks-value");
  EXPECT_EQ(patched(R"([{"op":"move","path":"/x"}])").text, "patch-operation-lacks");
  EXPECT_EQ(patched(R"([{"op":"spam","path":"/x"}])").text, "patch-unknown-operation");
  EXPECT_EQ(patched(R"([{"op":"add","op":"remove","path":"/id"}])").text, "json-duplicate-key");
  EXPECT_EQ(patched("[").text, "json-truncated");
  EXPECT_EQ(patched("").text, "json-empty");
}

TEST(JsonPatch, refuses_what_would_leave_no_resource) {
  EXPECT_EQ(patched(R"([{"op":"remove","path":""}])").text, "patch-removes-root");
  EXPECT_EQ(patched(R"([{"op":"remove","path":"/resourceType"}])").text, "json-no-resource-type");
  EXPECT_EQ(patched(R"([{"op":"replace","path":"","value":5}])").text, "json-not-an-object");
  EXPECT_EQ(patched(R"([{"op":"move","from":"/name","path":"/name/0"}])").text, "patch-moves-into-itself");
  Issues issues;
  DocumentParser parser;
  EXPECT_FALSE(apply_json_patch(Document{}, "[]", parser, issues).has_root());
  EXPECT_EQ(first_issue(issues), "patch-no-document");
}

TEST(JsonPatch, bounds_its_operations_work_and_depth) {
  PatchLimits limits;
  limits.max_operations = 1;
  EXPECT_EQ(patched(R"([{"op":"test","path":"/id","value":"p"},{"op":"remove","path":"/id"}])", kPatient, limits).text,
            "patch-too-many-operations");
  // Each copies the whole into itself: 2^100 values.
  std::string doubling = "[";
  for (int i = 0; i < 100; ++i) doubling += R"({"op":"copy","from":"/name","path":"/name/-"},)";
  doubling.back() = ']';
  EXPECT_EQ(patched(doubling).text, "patch-too-costly");
  std::string deepening = R"([{"op":"add","path":"/x","value":[]})";
  for (int i = 0; i < 300; ++i)
    deepening += R"(,{"op":"add","path":"/x)" + std::string() + [i] {
      std::string path;
      for (int k = 0; k < i; ++k) path += "/0";
      return path;
    }() + R"(/-","value":[]})";
  EXPECT_EQ(patched(deepening + "]").text, "patch-too-deep");
  std::string replacing = "1";
  for (int i = 0; i < 255; ++i) replacing = "[" + replacing + "]";
  EXPECT_EQ(patched(R"([{"op":"replace","path":"/name/0/family","value":)" + replacing + "}]").text, "json-too-deep");
}

// RFC 7386, appendix A, within a member of a resource.
TEST(MergePatch, merges_as_the_examples_of_its_specification) {
  const auto merged_x = [](const std::string& x, const std::string& patch) {
    return merged(R"({"x":)" + patch + "}", R"({"resourceType":"Patient","x":)" + x + "}");
  };
  const auto result = [](const std::string& x) { return R"({"resourceType":"Patient","x":)" + x + "}"; };
  EXPECT_EQ(merged_x(R"({"a":"b"})", R"({"a":"c"})"), result(R"({"a":"c"})"));
  EXPECT_EQ(merged_x(R"({"a":"b"})", R"({"b":"c"})"), result(R"({"a":"b","b":"c"})"));
  EXPECT_EQ(merged_x(R"({"a":"b"})", R"({"a":null})"), result("{}"));
  EXPECT_EQ(merged_x(R"({"a":"b","b":"c"})", R"({"a":null})"), result(R"({"b":"c"})"));
  EXPECT_EQ(merged_x(R"({"a":["b"]})", R"({"a":"c"})"), result(R"({"a":"c"})"));
  EXPECT_EQ(merged_x(R"({"a":"c"})", R"({"a":["b"]})"), result(R"({"a":["b"]})"));
  EXPECT_EQ(merged_x(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), result(R"({"a":{"b":"d"}})"));
  EXPECT_EQ(merged_x(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), result(R"({"a":[1]})"));
  EXPECT_EQ(merged_x(R"(["a","b"])", R"(["c","d"])"), result(R"(["c","d"])"));
  EXPECT_EQ(merged_x(R"({"a":"b"})", R"(["c"])"), result(R"(["c"])"));
  EXPECT_EQ(merged_x(R"({"e":null})", R"({"a":1})"), result(R"({"e":null,"a":1})"));
  EXPECT_EQ(merged_x("[1,2]", R"({"a":"b","c":null})"), result(R"({"a":"b"})"));
  EXPECT_EQ(merged_x("{}", R"({"a":{"bb":{"ccc":null}}})"), result(R"({"a":{"bb":{}}})"));
}

TEST(MergePatch, refuses_what_leaves_no_resource_or_passes_a_bound) {
  EXPECT_EQ(merged(R"({"resourceType":null})"), "json-no-resource-type");
  EXPECT_EQ(merged("[1]"), "json-not-an-object");
  EXPECT_EQ(merged("{"), "json-truncated");
  PatchLimits limits;
  limits.max_work = 3;
  EXPECT_EQ(merged(R"({"a":1,"b":2,"c":3})", kPatient, limits), "patch-too-costly");
  Issues issues;
  DocumentParser parser;
  EXPECT_FALSE(apply_merge_patch(Document{}, "{}", parser, issues).has_root());
}

}  // namespace
}  // namespace meridian::fhir
