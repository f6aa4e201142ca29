#include "formats/fhir/json_writer.hpp"

#include <gtest/gtest.h>

namespace meridian::fhir {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, puts_commas_and_colons_by_itself) {
  JsonWriter json;
  json.begin_object();
  json.key("a").string("x");
  json.key("_", "a").begin_object().end_object();
  json.key("b").begin_array().number("1.00").number(std::int64_t{-7}).null().boolean(false).end_array();
  json.key("c").begin_array().begin_array().end_array().begin_object().end_object().end_array();
  json.key("d").raw(R"({"e":1})");
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a":"x","_a":{},"b":[1.00,-7,null,false],"c":[[],{}],"d":{"e":1}})");
}

TEST(JsonWriter, writes_a_line_for_each_member_and_item_when_pretty) {
  JsonWriter json(JsonStyle::pretty);
  json.begin_object().key("a").begin_array().number("1").number("2").end_array();
  json.key("b").begin_object().end_object().end_object();
  EXPECT_EQ(std::move(json).take(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

TEST(JsonWriter, escapes_what_must_be_and_nothing_else) {
  EXPECT_EQ(written("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(written("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(written("中文 😀"), "\"中文 😀\"");
}

TEST(JsonWriter, finds_the_character_to_escape_at_every_place) {
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'"', '\\', '\n', '\x1f', '\0'}) {
        std::string text(size, '\x80');
        text[at] = c;
        std::string escape;
        append_json_string(escape, std::string_view(&c, 1));
        EXPECT_EQ(JsonWriter().string(text).text(), written(text));
        EXPECT_EQ(written(text), "\"" + std::string(at, '\x80') + escape.substr(1, escape.size() - 2) +
                                     std::string(size - at - 1, '\x80') + "\"");
      }
    }
  }
}

TEST(JsonWriter, writes_long_texts_whole) {
  const std::string text(100'000, '\n');
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) escaped += "\\n";
  EXPECT_EQ(written(text), '"' + escaped + '"');
  JsonWriter json;
  json.begin_object().key(text).string(text).end_object();
  EXPECT_EQ(json.text(), "{\"" + escaped + "\":\"" + escaped + "\"}");
}

TEST(JsonWriter, writes_behind_what_the_string_holds) {
  JsonWriter json(JsonStyle::compact, "data: ");
  json.begin_array().end_array();
  EXPECT_EQ(json.text(), "data: []");
  json.clear();
  json.string("x");
  EXPECT_EQ(json.text(), "\"x\"");
}

}  // namespace
}  // namespace meridian::fhir
