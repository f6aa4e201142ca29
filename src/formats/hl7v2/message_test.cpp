#include "formats/hl7v2/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/hl7v2/header.hpp"

namespace meridian::hl7v2 {
namespace {

constexpr const char* kAdmission =
    "MSH|^~\\&|HIS|WARD|LAB|CENTRAL|20260101120000||ADT^A01^ADT_A01|42|P|2.5.1|||AL|NE||UNICODE UTF-8\r"
    "EVN||20260101\r"
    "PID|1||123^^^MRN&1.2.3&ISO^MR~456^^^SSA^SS||Doe^Jane^A\"\"||\"\"|F\r"
    "OBX|1|TX|a||first \\T\\ second\r"
    "ZPI|own^things\r"
    "OBX|2|TX|b||line\\.br\\line\r";

struct Parsed {
  Message message;
  Issues issues;
};

Parsed parse(std::string text, MessageLimits limits = {}) {
  Parsed out;
  out.message = MessageParser(limits).parse(std::move(text), out.issues);
  return out;
}

std::vector<std::string> ids(const Issues& issues) {
  std::vector<std::string> out;
  for (const Issue& issue : issues.all()) {
    out.push_back(std::string(issue.message->id) + (issue.path.empty() ? "" : " " + issue.path));
  }
  return out;
}

std::vector<std::string> names(const Message& message) {
  std::vector<std::string> out;
  for (const Segment segment : message.segments()) out.emplace_back(segment.name());
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Message, keeps_all_segments_in_order_unknown_ones_too) {
  const Parsed parsed = parse(kAdmission);
  EXPECT_THAT(names(parsed.message), ElementsAre("MSH", "EVN", "PID", "OBX", "ZPI", "OBX"));
  EXPECT_THAT(ids(parsed.issues), IsEmpty());
  EXPECT_EQ(parsed.message.text(), kAdmission);
}

TEST(Message, gives_fields_repetitions_components_and_subcomponents_by_number) {
  const Parsed parsed = parse(kAdmission);
  const Segment pid = parsed.message.segment("PID");
  EXPECT_EQ(pid.field(1).text(), "1");
  EXPECT_EQ(pid.field(3).repetitions().size(), 2U);
  EXPECT_EQ(pid.field(3).repetition(2).component(5).text(), "SS");
  EXPECT_EQ(pid.field(3).component(4).subcomponent(2).text(), "1.2.3");
  EXPECT_EQ(pid.field(3).component(4).raw(), "MRN&1.2.3&ISO");
  EXPECT_EQ(pid.field(5).component(1).text(), "Doe");
  EXPECT_EQ(pid.field_count(), 8U);
}

TEST(Message, takes_an_undivided_value_as_its_own_first_part) {
  const Parsed parsed = parse(kAdmission);
  EXPECT_EQ(parsed.message.segment("PID").field(8).component(1).subcomponent(1).text(), "F");
  EXPECT_EQ(parsed.message.segment("PID").field(8).component(2).presence(), Presence::absent);
  EXPECT_EQ(parsed.message.segment("PID").field(3).text(), "123");
}

TEST(Message, tells_absent_empty_and_null_apart) {
  const Parsed parsed = parse(kAdmission);
  const Segment pid = parsed.message.segment("PID");
  EXPECT_EQ(pid.field(2).presence(), Presence::empty);
  EXPECT_EQ(pid.field(7).presence(), Presence::null);
  EXPECT_EQ(pid.field(8).presence(), Presence::value);
  EXPECT_EQ(pid.field(9).presence(), Presence::absent);
  EXPECT_EQ(pid.field(5).component(3).presence(), Presence::value) << "quotes behind something are no null";
  EXPECT_EQ(pid.field(2).repetitions().size(), 0U);
  EXPECT_EQ(parsed.message.segment("PV1").field(3).presence(), Presence::absent);
}

TEST(Message, finds_a_segment_by_name_and_occurrence) {
  const Parsed parsed = parse(kAdmission);
  const Segment second = parsed.message.segment("OBX", 2);
  EXPECT_EQ(second.field(1).text(), "2");
  EXPECT_EQ(second.occurrence(), 2U);
  EXPECT_EQ(second.index(), 5U);
  EXPECT_FALSE(parsed.message.segment("OBX", 3));
  EXPECT_EQ(second.raw(), "OBX|2|TX|b||line\\.br\\line");
}

TEST(Message, unescapes_on_demand) {
  const Parsed parsed = parse(kAdmission);
  EXPECT_EQ(parsed.message.segment("OBX").field(5).text(), "first & second");
  EXPECT_EQ(parsed.message.segment("OBX").field(5).raw(), "first \\T\\ second");
  EXPECT_EQ(parsed.message.segment("OBX", 2).field(5).text(), "line\nline");
  std::string buffer;
  const std::string_view plain = parsed.message.segment("PID").field(8).text(buffer);
  EXPECT_TRUE(buffer.empty()) << "what has no escapes is a view";
  EXPECT_EQ(plain, "F");
}

TEST(Message, gives_all_of_a_text_whose_separators_were_not_escaped) {
  const Parsed parsed = parse("MSH|^~\\&|\rOBX|1|TX|||AT&T \\T\\ Co^mpany\r");
  EXPECT_EQ(parsed.message.segment("OBX").field(5).text(), "AT");
  EXPECT_EQ(parsed.message.segment("OBX").field(5).whole_text(), "AT&T & Co^mpany");
}

TEST(Message, numbers_the_separator_itself_as_msh_1) {
  const Parsed parsed = parse(kAdmission);
  const Segment msh = parsed.message.segment("MSH");
  EXPECT_EQ(msh.field(1).text(), "|");
  EXPECT_EQ(msh.field(2).text(), "^~\\&");
  EXPECT_EQ(msh.field(2).repetitions().size(), 1U);
  EXPECT_EQ(msh.field(3).text(), "HIS");
  EXPECT_EQ(msh.field(18).text(), "UNICODE UTF-8");
  EXPECT_EQ(msh.field_count(), 18U);
}

TEST(Message, says_what_the_header_says) {
  const Parsed parsed = parse(kAdmission);
  const Header header = parsed.message.header();
  EXPECT_EQ(header.type(), "ADT");
  EXPECT_EQ(header.trigger(), "A01");
  EXPECT_EQ(header.structure(), "ADT_A01");
  EXPECT_EQ(header.control_id(), "42");
  EXPECT_EQ(header.version(), "2.5.1");
  EXPECT_EQ(header.processing_id(), "P");
  EXPECT_EQ(header.character_set(), "UNICODE UTF-8");
  EXPECT_EQ(header.accept_ack(), AckWanted::always);
  EXPECT_EQ(header.application_ack(), AckWanted::never);
  EXPECT_TRUE(header.is_enhanced_mode());
  EXPECT_FALSE(parse("MSH|^~\\&|A\r").message.header().is_enhanced_mode());
  EXPECT_EQ(parse("MSH|^~\\&|A\r").message.header().type(), "");
}

TEST(Message, uses_the_separators_that_it_declares) {
  const Parsed parsed = parse("MSH$*%!+$A\rPID$$$1*2+3%4\r");
  EXPECT_THAT(ids(parsed.issues), IsEmpty());
  const Field ids_field = parsed.message.segment("PID").field(3);
  EXPECT_EQ(ids_field.component(2).subcomponent(2).text(), "3");
  EXPECT_EQ(ids_field.repetition(2).text(), "4");
  EXPECT_EQ(parsed.message.separators().encoding_characters(), "*%!+");
}

TEST(Message, knows_the_truncation_character) {
  EXPECT_EQ(parse("MSH|^~\\&#|A\r").message.separators().truncation, '#');
}

TEST(Message, assumes_the_usual_separators_where_some_are_missing) {
  const Parsed parsed = parse("MSH|^~\\|A\rPID|1&2\r");
  EXPECT_THAT(ids(parsed.issues), ElementsAre("hl7-separator-missing MSH-2"));
  EXPECT_EQ(parsed.message.segment("PID").field(1).component(1).subcomponent(2).text(), "2");
}

TEST(Message, passes_over_a_separator_that_stands_twice) {
  const Parsed parsed = parse("MSH|^~\\\\&|A\rPID|1&2\\T\\\r");
  EXPECT_THAT(ids(parsed.issues), ElementsAre("hl7-separator-unusable MSH-2"));
  EXPECT_EQ(parsed.message.segment("PID").field(1).component(1).subcomponent(2).text(), "2&");
}

TEST(Message, reads_cr_lf_and_cr_lf_and_says_which) {
  for (const char* const end : {"\n", "\r\n", "\r\r\n", "\n\n"}) {
    const Parsed parsed = parse("MSH|^~\\&|A" + std::string(end) + "EVN|x" + end + "PID|1" + end);
    EXPECT_THAT(names(parsed.message), ElementsAre("MSH", "EVN", "PID"));
    EXPECT_EQ(parsed.message.segment("EVN").raw(), "EVN|x");
  }
  EXPECT_THAT(ids(parse("MSH|^~\\&|A\nEVN|x\n").issues), ElementsAre("hl7-line-ends MSH"));
}

TEST(Message, needs_no_line_end_after_the_last_segment) {
  const Parsed parsed = parse("MSH|^~\\&|A\rPID|1|a\\T\\");
  EXPECT_EQ(parsed.message.segment("PID").field(2).text(), "a&");
}

TEST(Message, takes_a_line_that_is_no_segment_as_part_of_the_value_before) {
  const Parsed parsed = parse("MSH|^~\\&|A\rOBX|1|TX|||one\\T\\\ntwo lines\nand three|F\rNTE|1\r");
  EXPECT_THAT(ids(parsed.issues), ElementsAre("hl7-line-continues OBX-5", "hl7-line-continues OBX-5"));
  EXPECT_EQ(parsed.message.segment("OBX").field(5).text(), "one&\ntwo lines\nand three");
  EXPECT_EQ(parsed.message.segment("OBX").field(6).text(), "F");
  EXPECT_TRUE(parsed.message.segment("NTE"));
}

TEST(Message, keeps_a_segment_that_is_only_a_name) {
  const Parsed parsed = parse("MSH|^~\\&|A\rPD1\rPID|1\r");
  EXPECT_THAT(names(parsed.message), ElementsAre("MSH", "PD1", "PID"));
  EXPECT_EQ(parsed.message.segment("PD1").field_count(), 0U);
  EXPECT_EQ(parsed.message.segment("PD1").field(1).presence(), Presence::absent);
}

TEST(Message, notes_a_segment_in_small_letters) {
  EXPECT_THAT(ids(parse("MSH|^~\\&|A\rpid|1\r").issues), ElementsAre("hl7-segment-name"));
}

TEST(Message, passes_over_the_frame_of_mllp_and_a_byte_order_mark) {
  const Parsed parsed = parse("\xEF\xBB\xBF\x0BMSH|^~\\&|A\rPID|1\r\x1C\r");
  EXPECT_THAT(ids(parsed.issues), IsEmpty());
  EXPECT_THAT(names(parsed.message), ElementsAre("MSH", "PID"));
  EXPECT_EQ(parsed.message.segment("PID").field_count(), 1U);
}

TEST(Message, finds_the_header_behind_other_text) {
  const Parsed parsed = parse("/* an example */\nMSH|^~\\&|A\rPID|1\r");
  EXPECT_THAT(ids(parsed.issues), ElementsAre("hl7-text-before-header MSH"));
  EXPECT_THAT(names(parsed.message), ElementsAre("MSH", "PID"));
}

TEST(Message, says_that_a_second_header_begins_another_message) {
  const Parsed parsed = parse("MSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\rPID|2\r");
  EXPECT_THAT(ids(parsed.issues), ElementsAre("hl7-second-header MSH"));
  EXPECT_EQ(parsed.message.segment("MSH", 2).field(2).raw(), "^~\\&");
  EXPECT_EQ(parsed.message.segment("MSH", 2).field(3).text(), "B");
}

TEST(Message, has_no_tree_without_a_header) {
  for (const char* const text : {"", "PID|1\r", "MSH", "MSHA|", "<xml/>", "\r\r\n"}) {
    const Parsed parsed = parse(text);
    EXPECT_FALSE(parsed.message) << text;
    EXPECT_TRUE(parsed.issues.has_fatal()) << text;
  }
}

TEST(Message, refuses_a_letter_or_a_line_end_as_field_separator) {
  EXPECT_THAT(ids(parse("MSH \r").issues), ElementsAre("hl7-field-separator-unusable MSH-1"));
  EXPECT_THAT(ids(parse("MSH\rPID|1").issues), ElementsAre("hl7-field-separator-unusable MSH-1"));
}

TEST(Message, is_refused_beyond_its_limits_which_the_issue_names) {
  const auto only = [](const Parsed& parsed) {
    EXPECT_FALSE(parsed.message);
    EXPECT_TRUE(parsed.issues.has_fatal());
    return text(parsed.issues.all().back(), Language::english) + " at " + parsed.issues.all().back().path;
  };
  EXPECT_EQ(only(parse(kAdmission, {.max_bytes = 100})), "more bytes than the limit of 100 at MSH");
  EXPECT_EQ(only(parse(kAdmission, {.max_segments = 3})), "more segments than the limit of 3 at OBX-5");
  EXPECT_EQ(only(parse("MSH|^~\\&|\rPID||||\r", {.max_fields = 3})), "more fields than the limit of 3 at PID-4");
  EXPECT_EQ(only(parse("MSH|^~\\&|\rPID|~|~~~\r", {.max_repetitions = 3})),
            "more repetitions than the limit of 3 at PID-2");
}

TEST(Message, stays_valid_when_it_is_moved) {
  Issues issues;
  MessageParser parser;
  Message first = parser.parse(kAdmission, issues);
  const Field name = first.segment("PID").field(5);
  const Message second = std::move(first);
  EXPECT_EQ(name.text(), "Doe");
  EXPECT_EQ(second.text(), kAdmission);
}

TEST(Message, gives_its_memory_back_to_the_parser) {
  Issues issues;
  MessageParser parser;
  Message first = parser.parse_borrowed(kAdmission, issues);
  parser.recycle(std::move(first));
  const Message second = parser.parse_borrowed("MSH|^~\\&|B\r", issues);
  EXPECT_THAT(names(second), ElementsAre("MSH"));
  EXPECT_EQ(second.segment("MSH").field(3).text(), "B");
}

}  // namespace
}  // namespace meridian::hl7v2
