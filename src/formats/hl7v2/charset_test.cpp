#include "formats/hl7v2/charset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {
namespace {

std::string message(std::string_view set, std::string_view family) {
  return "MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5||||||" + std::string(set) + "\rPID|||1||" + std::string(family) + "^X\r";
}

struct Read {
  std::string family;
  Charset charset;
  bool converted;
  std::vector<std::string> issues;
};

Read read(const std::string& bytes, CharsetOptions options = {}) {
  Issues issues;
  const Decoded decoded = decode(bytes, options, issues);
  Read out{{}, decoded.charset, decoded.converted.has_value(), {}};
  for (const Issue& issue : issues.all()) out.issues.emplace_back(issue.message->id);
  Issues rest;
  const Message parsed = MessageParser().parse_borrowed(decoded.text(bytes), rest);
  out.family = parsed.segment("PID").field(5).component(1).text();
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Charset, copies_nothing_that_is_utf8_or_ascii) {
  const Read ascii = read(message("ASCII", "Doe"));
  EXPECT_FALSE(ascii.converted);
  EXPECT_EQ(ascii.charset, Charset::ascii);
  const Read utf8 = read(message("UNICODE UTF-8", "张"));
  EXPECT_FALSE(utf8.converted);
  EXPECT_EQ(utf8.charset, Charset::utf_8);
  EXPECT_THAT(utf8.issues, IsEmpty());
  EXPECT_EQ(utf8.family, "张");
}

TEST(Charset, reads_iso_8859) {
  EXPECT_EQ(read(message("8859/1", "M\xFCller")).family, "Müller");
  EXPECT_EQ(read(message("8859/2", "\xA3uk")).family, "Łuk");
  EXPECT_EQ(read(message("8859/5", "\xB8\xD2\xD0\xDD")).family, "Иван");
  EXPECT_EQ(read(message("8859/9", "\xDE")).family, "Ş");
  EXPECT_THAT(read(message("8859/1", "M\xFCller")).issues, IsEmpty());
}

TEST(Charset, reads_gb18030_whose_second_bytes_look_like_separators) {
  // 倈 is 82 7C: its second byte is "|".
  const Read gb = read(message("GB 18030-2000", "\xD5\xC5\x82\x7C"));
  EXPECT_EQ(gb.family, "张倈");
  EXPECT_EQ(gb.charset, Charset::gb18030);
  EXPECT_THAT(gb.issues, IsEmpty());
}

TEST(Charset, finds_msh_18_behind_a_field_whose_bytes_hold_separators) {
  const std::string bytes = "MSH|^~\\&|A|\x82\x7C|C|D|||ADT^A01|1|P|2.5||||||GB18030\rPID|||1||\xD5\xC5^X\r";
  const Read gb = read(bytes);
  EXPECT_EQ(gb.family, "张");
  EXPECT_THAT(gb.issues, IsEmpty());
}

TEST(Charset, reads_utf_16_by_its_byte_order_mark) {
  std::string bytes = "\xFF\xFE";
  for (const char c : message("UNICODE UTF-16", "Doe")) (bytes += c) += '\0';
  EXPECT_EQ(read(bytes).family, "Doe");
}

TEST(Charset, takes_valid_utf8_as_such_whatever_msh_18_says) {
  const Read lies = read(message("8859/1", "张三"));
  EXPECT_EQ(lies.family, "张三");
  EXPECT_THAT(lies.issues, ElementsAre("hl7-charset-not-as-said"));
  const Read silent = read(message("", "张三"));
  EXPECT_EQ(silent.family, "张三");
  EXPECT_THAT(silent.issues, ElementsAre("hl7-charset-not-said"));
}

TEST(Charset, believes_msh_18_where_valid_utf8_may_be_chance) {
  EXPECT_EQ(read(message("8859/1", "\xC3\xA9")).family, "Ã©");
}

TEST(Charset, guesses_as_configured_where_msh_18_is_silent_or_wrong) {
  const Read silent = read(message("", "\xD5\xC5"));
  EXPECT_EQ(silent.family, "张");
  EXPECT_THAT(silent.issues, ElementsAre("hl7-charset-not-said"));
  const Read lies = read(message("UNICODE UTF-8", "M\xFCller"), {.otherwise = Charset::iso_8859_1});
  EXPECT_EQ(lies.family, "Müller");
  EXPECT_THAT(lies.issues, ElementsAre("hl7-charset-not-as-said"));
  EXPECT_EQ(read(message("", "M\xFCller")).family, "Müller") << "a high byte alone is no GB 18030";
  EXPECT_EQ(read(message("", "M\xFC")).family, "Mü") << "even where a separator could be its second byte";
}

TEST(Charset, is_what_a_feed_is_known_to_send) {
  const Read forced = read(message("8859/1", "\xD5\xC5"), {.always = Charset::gb18030});
  EXPECT_EQ(forced.family, "张");
  EXPECT_THAT(forced.issues, IsEmpty());
}

TEST(Charset, says_how_many_places_are_no_characters) {
  const Read broken = read(message("GB18030", "\xD5\xC5\xFF"));
  EXPECT_EQ(broken.family, "张\xEF\xBF\xBD");
  EXPECT_THAT(broken.issues, ElementsAre("hl7-not-of-charset"));
}

TEST(Charset, says_which_set_it_does_not_know) {
  EXPECT_THAT(read(message("KLINGON", "Doe")).issues, ElementsAre("hl7-charset-unknown"));
}

TEST(Charset, follows_switches_within_a_value_to_the_end_of_its_field) {
  const Read latin2 = read(message("ASCII", "\\C2D42\\\xA3uk\\C2842\\asz"));
  EXPECT_EQ(latin2.family, "Łukasz");
  EXPECT_THAT(latin2.issues, IsEmpty());
  const std::string two = "MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5||||||8859/1\rPID|\\C2D42\\\xA3|\xA3||\xFC^X\r";
  Issues issues;
  const Decoded decoded = decode(two, {}, issues);
  EXPECT_NE(decoded.text(two).find("Ł|£"), std::string_view::npos);
}

TEST(Charset, follows_japanese_switches_whose_bytes_look_like_separators) {
  // 山 is 3B 33, 田 45 44, 緯 30 5E: its second byte is "^".
  const Read kanji = read(message("ASCII~ISO IR87", "\\M2442\\;3ED\\C2842\\"));
  EXPECT_EQ(kanji.family, "山田");
  const Read hat = read(message("ASCII~ISO IR87", "\\M2442\\0^\\C2842\\"));
  EXPECT_EQ(hat.family, "緯");
  const Read kana = read(message("ASCII~ISO IR13", "\\C2949\\\xD4\xCF\\C2842\\"));
  EXPECT_EQ(kana.family, "ﾔﾏ");
}

TEST(Charset, knows_the_codes_of_table_0211_and_common_names) {
  EXPECT_EQ(charset_of_code("UNICODE UTF-8"), Charset::utf_8);
  EXPECT_EQ(charset_of_code("utf-8"), Charset::utf_8);
  EXPECT_EQ(charset_of_code("ISO8859-1"), Charset::iso_8859_1);
  EXPECT_EQ(charset_of_code("GB 18030-2000"), Charset::gb18030);
  EXPECT_EQ(charset_of_code(""), std::nullopt);
  EXPECT_EQ(charset_of_code(code(Charset::iso_8859_9)), Charset::iso_8859_9);
}

}  // namespace
}  // namespace meridian::hl7v2
