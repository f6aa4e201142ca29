// Texts that are not documents: what is said, where, and at what cost.
#include <gtest/gtest.h>

#include "formats/fhir/testing/documents.hpp"

namespace meridian::fhir {
namespace {

using testing::fault_of;
using testing::parsed;

Issue first_of(std::string_view text, DocumentLimits limits = {}) {
  Issues issues;
  DocumentParser(Schema::r4(), limits).parse(std::string(text), issues);
  EXPECT_EQ(issues.size(), 1U);
  return issues.all().at(0);
}

std::string with_value(std::string_view value) {
  return R"({"resourceType":"Observation","valueQuantity":{"value":)" + std::string(value) + "}}";
}

TEST(DocumentFault, every_beginning_of_a_text_is_refused_as_cut_off_or_malformed) {
  const std::string_view text =
      R"({"resourceType":"Patient","name":[{"given":["\u00e4",null],"_given":[null,{"id":"x"}]}],"active":true,"multipleBirthInteger":-1.5e3})";
  ASSERT_EQ(fault_of(text), "");
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_NE(fault_of(text.substr(0, size)), "") << size;
}

TEST(DocumentFault, a_cut_off_text_is_said_to_be_cut_off) {
  EXPECT_EQ(fault_of(""), "json-empty");
  EXPECT_EQ(fault_of("  \n"), "json-empty");
  EXPECT_EQ(fault_of("{"), "json-truncated");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","id")"), "json-truncated");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","id":)"), "json-truncated");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","name":[{)"), "json-truncated");
  const Issue issue = first_of("{\"resourceType\":\"Patient\",\n\"id\":\"abc");
  EXPECT_EQ(issue.message->id, "json-unclosed-string");
  EXPECT_EQ(issue.position, (Position{32, 2, 6}));
  EXPECT_EQ(issue.severity, Severity::fatal);
}

TEST(DocumentFault, says_path_and_position) {
  const Issue issue = first_of("{\"resourceType\":\"Patient\",\"name\":[{},{\"given\":[\"a\",\n x]}]}");
  EXPECT_EQ(issue.message->id, "json-bad-literal");
  EXPECT_EQ(issue.path, "Patient.name[1].given");
  EXPECT_EQ(issue.position.line, 2U);
  EXPECT_EQ(issue.position.column, 2U);
}

TEST(DocumentFault, a_key_that_stands_twice_is_refused) {
  const Issue known = first_of(R"({"resourceType":"Patient","name":[{"family":"a","use":"usual","family":"b"}]})");
  EXPECT_EQ(known.message->id, "json-duplicate-key");
  EXPECT_EQ(known.path, "Patient.name[0].family");
  EXPECT_EQ(known.position.column, 63U);
  EXPECT_EQ(first_of(R"({"resourceType":"Patient","foo":1,"bar":2,"foo":3})").path, "Patient.foo");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","foo":{"x":1,"x":1}})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","resourceType":"Patient"})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"id":"x","resourceType":"Patient","resourceType":"Patient"})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","id":"x","\u0069d":"y"})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","_active":{"id":"x"},"_active":{"id":"y"}})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","foo":1,"_foo":2,"f\u006fo":3})"), "json-duplicate-key");
  EXPECT_EQ(fault_of(R"({"resourceType":"Bundle","entry":[{"foo":1},{"foo":2}],"foo":3})"), "");
}

TEST(DocumentFault, a_key_of_a_type_with_many_keys_that_stands_twice_is_refused) {
  EXPECT_EQ(
      fault_of(
          R"({"resourceType":"Patient","extension":[{"url":"u","valueTime":"a","valueTiming":{"id":"x"},"valueUuid":"x","valueTime":"b"}]})"),
      "json-duplicate-key");
  EXPECT_EQ(
      fault_of(
          R"({"resourceType":"StructureDefinition","snapshot":{"element":[{"patternUri":"a","mustSupport":true,"patternUri":"b"}]}})"),
      "json-duplicate-key");
}

TEST(DocumentFault, only_a_resource_is_a_document) {
  EXPECT_EQ(fault_of("[]"), "json-not-an-object");
  EXPECT_EQ(fault_of("\"x\""), "json-not-an-object");
  EXPECT_EQ(fault_of("1"), "json-not-an-object");
  EXPECT_EQ(fault_of("{}"), "json-no-resource-type");
  EXPECT_EQ(fault_of(R"({"id":"x"})"), "json-no-resource-type");
  EXPECT_EQ(fault_of(R"({"resourceType":5})"), "json-no-resource-type");
  EXPECT_EQ(fault_of(R"({"resourceType":"Dragon"})"), "json-unknown-resource-type");
  EXPECT_EQ(fault_of(R"({"resourceType":"HumanName"})"), "json-unknown-resource-type");
  EXPECT_EQ(fault_of(R"({"resourceType":"DomainResource"})"), "json-unknown-resource-type");
  EXPECT_EQ(fault_of(R"({"resourceType":"Dragon","id":)"), "json-truncated");
}

TEST(DocumentFault, nothing_may_follow_the_resource) {
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient"} x)"), "json-trailing");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient"}{})"), "json-trailing");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient"}])"), "json-trailing");
  EXPECT_EQ(fault_of("{\"resourceType\":\"Patient\"}\r\n\t "), "");
}

TEST(DocumentFault, numbers_must_be_jsons) {
  for (const char* good : {"0", "-0", "10", "1.5", "1E5", "1e+5", "1e-5", "-0.0e0"})
    EXPECT_EQ(fault_of(with_value(good)), "") << good;
  for (const char* bad :
       {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "1a", "1\"a\"", "--1", "1.e5", "NaN", "Infinity", "00"}) {
    EXPECT_NE(fault_of(with_value(bad)), "") << bad;
  }
}

TEST(DocumentFault, control_characters_are_no_white_space) {
  using namespace std::string_literals;
  for (const std::string& bad :
       {"1.0\0\0\0"s, "1.0\0000"s, "true\0"s, "null\x01"s, "1\x0b"s, "\"a\"\x01"s, "\x01\"a\""s})
    EXPECT_NE(fault_of(with_value(bad)), "") << ::testing::PrintToString(bad);
}

TEST(DocumentFault, literals_must_be_exact) {
  for (const char* bad : {"tru", "truex", "nul", "nulll", "fals", "True", "NULL", "t", "true1", "true\"\""}) {
    EXPECT_NE(fault_of(with_value(bad)), "") << bad;
  }
}

TEST(DocumentFault, punctuation_must_be_in_its_place) {
  for (const char* bad :
       {R"({"resourceType":"Patient",})", R"({"resourceType" "Patient"})", R"({"resourceType":"Patient" "id":"x"})",
        R"({"resourceType":"Patient","id"})", R"({"resourceType":"Patient","id":})", R"({,"resourceType":"Patient"})",
        R"({"resourceType":"Patient","name":[,]})", R"({"resourceType":"Patient","name":[1,]})",
        R"({"resourceType":"Patient","name":[1 2]})", R"({"resourceType":"Patient","name":[}]})",
        R"({"resourceType":"Patient","name":{]})", R"({"resourceType":"Patient",id:"x"})",
        R"({"resourceType":"Patient",'id':'x'})", R"({"resourceType":"Patient"/**/})",
        R"({"resourceType":"Patient","id"::"x"})", R"({"resourceType":"Patient","id":"x"y})", R"({\"resourceType\":1})",
        "{\"resourceType\":\"Patient\"\x0c}", "{\"resourceType\"\x1a\"Patient\"}"}) {
    EXPECT_NE(fault_of(bad), "") << bad;
  }
}

TEST(DocumentFault, strings_must_be_well_formed) {
  EXPECT_EQ(fault_of(with_value(R"("\q")")), "json-unknown-escape");
  EXPECT_EQ(fault_of(with_value(R"("\u12G4")")), "json-bad-hexadecimal");
  EXPECT_EQ(fault_of(with_value(R"("\u12")")), "json-bad-hexadecimal");
  EXPECT_EQ(fault_of(with_value("\"a\nb\"")), "json-control-character");
  EXPECT_EQ(fault_of(with_value(std::string_view("\"a\0b\"", 5))), "json-control-character");
  EXPECT_EQ(fault_of(with_value("\"\\\n\"")), "json-control-character");
}

TEST(DocumentFault, a_lone_surrogate_is_refused) {
  for (const char* bad : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\ud800")",
                          R"("\ud800\u0041")", R"("\udc00\ud800")"}) {
    EXPECT_EQ(fault_of(with_value(bad)), "json-lone-surrogate") << bad;
  }
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","\ud800":1})"), "json-lone-surrogate");
}

TEST(DocumentFault, a_bad_escape_below_a_key_with_escapes_tells_its_path) {
  const std::string text =
      R"({"resourceType":"Patient","un\u006bnown":{"a":")" + std::string(4000, 'x') + R"(\ud83d"}})";
  EXPECT_EQ(first_of(text).path, "Patient.unknown");
}

TEST(DocumentFault, bytes_that_are_not_utf8_are_refused_with_their_place) {
  for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8\x88\x80\x80\x80", "\xC3", "\xFF", "caf\xE9"}) {
    EXPECT_EQ(fault_of(with_value("\"" + std::string(bad) + "\"")), "json-not-utf8") << bad;
  }
  EXPECT_EQ(first_of("{\"resourceType\":\"Patient\",\n\"id\":\"\xE4\xB8\xAD \xE9\"}").position, (Position{37, 2, 11}));
}

TEST(DocumentFault, a_byte_order_mark_is_skipped) {
  const Document document = parsed("\xEF\xBB\xBF{\"resourceType\":\"Patient\",\"id\":\"x\"}");
  ASSERT_TRUE(document.has_root());
  EXPECT_EQ(document.root().child("id").text(), "x");
  EXPECT_EQ(document.root().child("id").position().offset, 34U);
  EXPECT_EQ(fault_of("\xEF\xBB\xBF"), "json-empty");
}

std::string widened(std::string_view text, std::size_t width, bool is_little) {
  std::string out;
  for (const char c : text) {
    std::string unit(width, '\0');
    unit[is_little ? 0 : width - 1] = c;
    out += unit;
  }
  return out;
}

TEST(DocumentFault, wide_encodings_are_recognised_with_and_without_their_mark) {
  using namespace std::string_literals;
  const std::string_view text = R"({"resourceType":"Patient"})";
  for (const auto& [mark, width, little] :
       {std::tuple(""s, 2U, true), std::tuple(""s, 2U, false), std::tuple(""s, 4U, true), std::tuple(""s, 4U, false),
        std::tuple("\xFF\xFE"s, 2U, true), std::tuple("\xFE\xFF"s, 2U, false), std::tuple("\xFF\xFE\0\0"s, 4U, true),
        std::tuple("\0\0\xFE\xFF"s, 4U, false)}) {
    const Issue issue = first_of(mark + widened(text, width, little));
    EXPECT_EQ(issue.message->id, "json-wide-encoding");
    EXPECT_EQ(issue.arguments.at(0), width == 2 ? "UTF-16" : "UTF-32");
  }
}

TEST(DocumentFault, depth_is_bounded) {
  const auto nested = [](std::size_t depth, std::string_view open, std::string_view close) {
    std::string text = R"({"resourceType":"Patient","x":)";
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += '1';
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text + '}';
  };
  EXPECT_EQ(fault_of(nested(255, "[", "]")), "");
  EXPECT_EQ(fault_of(nested(256, "[", "]")), "json-too-deep");
  EXPECT_EQ(fault_of(nested(1'000'000, "[", "]")), "json-too-deep");
  EXPECT_EQ(fault_of(nested(1'000'000, "{\"extension\":[", "]}")), "json-too-deep");
  EXPECT_EQ(fault_of(std::string(1'000'000, '[')), "json-not-an-object");
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient","x":)" + std::string(1'000'000, '[')), "json-too-deep");
  // Asking for more than the greatest depth changes nothing.
  EXPECT_EQ(fault_of(nested(1'000'000, "{\"x\":", "}"), {.max_depth = 4'000'000'000}), "json-too-deep");
}

TEST(DocumentFault, size_and_count_are_bounded) {
  EXPECT_EQ(fault_of(R"({"resourceType":"Patient"})", {.max_bytes = 10}), "json-too-many-bytes");
  const std::string many = R"({"resourceType":"Patient","x":[1,2,3,4,5,6,7,8,9,10]})";
  EXPECT_EQ(fault_of(many, {.max_nodes = 12}), "");
  EXPECT_EQ(fault_of(many, {.max_nodes = 11}), "json-too-many-nodes");
  EXPECT_EQ(fault_of(many, {.max_nodes = 1}), "json-too-many-nodes");
}

TEST(DocumentFault, a_huge_number_keeps_its_digits) {
  const std::string digits(1'000'000, '9');
  const Document document = parsed(with_value(digits));
  ASSERT_TRUE(document.has_root());
  EXPECT_EQ(document.root().child("value").child("value").text(), digits);
}

// The following finish in well under a second when time is linear, and in minutes when it is not.

TEST(DocumentFault, very_many_unknown_keys_are_checked_in_linear_time) {
  std::string text = R"({"resourceType":"Patient")";
  for (int i = 0; i < 200'000; ++i) text += ",\"key-that-nobody-knows-" + std::to_string(i) + "\":" + std::to_string(i);
  EXPECT_EQ(fault_of(text + "}"), "");
  EXPECT_EQ(fault_of(text + R"(,"key-that-nobody-knows-7":0})"), "json-duplicate-key");
}

TEST(DocumentFault, resources_that_tell_their_type_late_at_every_level_are_read_in_linear_time) {
  std::string text;
  const int depth = 120;
  for (int i = 0; i < depth; ++i) text += R"({"text":{"div":"x"},"contained":[)";
  for (int i = 0; i < 100'000; ++i) text += R"({"id":"x","resourceType":"Patient"},)";
  text += R"({"resourceType":"Patient"})";
  for (int i = 0; i < depth; ++i) text += R"(],"resourceType":"Patient"})";
  const Document document = parsed(text);
  ASSERT_TRUE(document.has_root());
  EXPECT_TRUE(document.form_faults().empty());
}

TEST(DocumentFault, very_many_nulls_and_companions_are_paired_in_linear_time) {
  std::string given = "null";
  std::string companions = "{\"id\":\"x\"}";
  for (int i = 0; i < 200'000; ++i) {
    given += ",null";
    companions += ",{\"id\":\"x\"}";
  }
  const Document document =
      parsed(R"({"resourceType":"Patient","name":[{"given":[)" + given + R"(],"_given":[)" + companions + "]}]}");
  ASSERT_TRUE(document.has_root());
  std::size_t count = 0;
  for (const Node node : document.root().child("name").children()) count += node.has_children() ? 1 : 0;
  EXPECT_EQ(count, 200'001U);
}

TEST(DocumentFault, faults_of_form_are_kept_to_a_thousand) {
  std::string text = R"({"resourceType":"Patient","name":[null)";
  for (int i = 0; i < 5000; ++i) text += ",null";
  EXPECT_EQ(parsed(text + "]}").form_faults().size(), 1000U);
}

}  // namespace
}  // namespace meridian::fhir
