// MLLP's framing: whole frames, pieces, and every way in which peers get it wrong.
#include "connect/mllp_frame.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meridian::connect {
namespace {

using Deviations = std::vector<MllpDeviation>;

struct Decoded {
  std::vector<std::string> contents;
  std::vector<Deviations> deviations;
  std::vector<bool> cut;
};

void keep(Decoded& decoded, std::optional<MllpFrame> frame) {
  if (!frame) return;
  decoded.contents.push_back(frame->content);
  decoded.deviations.push_back(frame->deviations);
  decoded.cut.push_back(frame->is_cut);
}

Decoded feed(MllpDecoder& decoder, std::string_view bytes) {
  Decoded decoded;
  while (auto frame = decoder.take(bytes)) keep(decoded, std::move(frame));
  return decoded;
}

/// The frames of all of the bytes, after making sure that a byte at a time gives the same.
Decoded decode(const std::string& bytes, MllpLimits limits = {}) {
  MllpDecoder whole(limits);
  Decoded decoded = feed(whole, bytes);
  keep(decoded, whole.finish());
  MllpDecoder slow(limits);
  Decoded slowly;
  for (const char& byte : bytes) {
    std::string_view piece(&byte, 1);
    while (auto frame = slow.take(piece)) keep(slowly, std::move(frame));
  }
  keep(slowly, slow.finish());
  EXPECT_EQ(decoded.contents, slowly.contents);
  EXPECT_EQ(decoded.deviations, slowly.deviations);
  EXPECT_EQ(whole.counts(), slow.counts());
  return decoded;
}

std::string framed(const std::string& content) {
  return '\x0b' + content + "\x1c\r";
}

const std::string kMessage = "MSH|^~\\&|LAB|A\rPID|1\r";

TEST(MllpFrame, is_what_stands_between_start_and_end) {
  const Decoded decoded = decode(framed(kMessage));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{kMessage});
  EXPECT_TRUE(decoded.deviations[0].empty());
}

TEST(MllpFrame, follows_another_in_the_same_bytes) {
  EXPECT_EQ(decode(framed("MSH|1") + framed("MSH|2")).contents, (std::vector<std::string>{"MSH|1", "MSH|2"}));
}

TEST(MllpFrame, may_be_empty) {
  EXPECT_EQ(decode(framed("")).contents, std::vector<std::string>{""});
}

TEST(MllpFrame, is_found_after_line_ends_which_are_nobodys_fault) {
  const Decoded decoded = decode("\r\n" + framed("MSH|1") + "\n\r\n" + framed("MSH|2"));
  EXPECT_EQ(decoded.contents, (std::vector<std::string>{"MSH|1", "MSH|2"}));
  EXPECT_TRUE(decoded.deviations[1].empty());
}

TEST(MllpFrame, tells_of_the_bytes_dropped_before_it) {
  const Decoded decoded = decode("GET / HTTP/1.1\r\n" + framed("MSH|1"));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{"MSH|1"});
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::garbage_between, 16}}));
}

TEST(MllpFrame, may_lack_its_start_where_a_message_may_begin) {
  const Decoded decoded = decode("MSH|1\x1c\rMSH|2\x1c\r");
  EXPECT_EQ(decoded.contents, (std::vector<std::string>{"MSH|1", "MSH|2"}));
  EXPECT_EQ(decoded.deviations[1], (Deviations{{MllpFault::missing_start, 0}}));
}

TEST(MllpFrame, does_not_begin_within_garbage) {
  const Decoded decoded = decode("xxMSH|1\x1c\r" + framed("MSH|2"));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{"MSH|2"});
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::garbage_between, 9}}));
}

TEST(MllpFrame, may_lack_the_return_before_the_next_one) {
  const Decoded decoded = decode("\x0bMSH|1\x1c\x0bMSH|2\x1c\n" + framed("MSH|3"));
  EXPECT_EQ(decoded.contents, (std::vector<std::string>{"MSH|1", "MSH|2", "MSH|3"}));
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::missing_return, 0}}));
  EXPECT_EQ(decoded.deviations[1], (Deviations{{MllpFault::missing_return, 0}}));
  EXPECT_TRUE(decoded.deviations[2].empty());
}

TEST(MllpFrame, without_return_is_complete_when_the_peer_pauses) {
  MllpDecoder decoder;
  EXPECT_TRUE(feed(decoder, "\x0bMSH|1").contents.empty());
  EXPECT_FALSE(decoder.pause()) << "a pause within a frame means nothing";
  EXPECT_TRUE(feed(decoder, "\x1c").contents.empty());
  ASSERT_TRUE(decoder.awaits_return());
  const auto frame = decoder.pause();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->content, "MSH|1");
  EXPECT_TRUE(feed(decoder, "\r").contents.empty()) << "the late return belongs to nothing";
  EXPECT_TRUE(decoder.is_between());
  EXPECT_EQ(feed(decoder, framed("MSH|2")).contents, std::vector<std::string>{"MSH|2"});
}

TEST(MllpFrame, keeps_an_end_mark_within_the_content) {
  const Decoded decoded =
      decode(framed("MSH|a\x1c"
                    "b\x1c\x1c"
                    "c"));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{"MSH|a\x1c"
                                                       "b\x1c\x1c"
                                                       "c"});
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::separator_inside, 3}}));
}

TEST(MllpFrame, keeps_a_start_mark_within_the_content) {
  const Decoded decoded =
      decode(framed("MSH|a\x0b"
                    "MSb\x0b\x0b"));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{"MSH|a\x0b"
                                                       "MSb\x0b\x0b"});
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::separator_inside, 3}}));
}

TEST(MllpFrame, that_was_cut_off_gives_way_to_the_next) {
  const Decoded decoded = decode("\x0bMSH|cut" + framed("MSH|whole"));
  EXPECT_EQ(decoded.contents, std::vector<std::string>{"MSH|whole"});
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::restarted, 7}}));
}

TEST(MllpFrame, too_large_is_cut_and_the_next_one_is_whole) {
  const MllpLimits limits{.content_bytes = 100, .kept_of_too_large = 10};
  const Decoded decoded =
      decode(framed("MSH|" + std::string(997, 'x')) + framed("MSH|2") + framed(std::string(100, 'y')), limits);
  ASSERT_EQ(decoded.contents.size(), 3U);
  EXPECT_EQ(decoded.contents[0], "MSH|xxxxxx");
  EXPECT_EQ(decoded.cut, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(decoded.deviations[0], (Deviations{{MllpFault::too_large, 1001}}));
}

TEST(MllpFrame, too_large_is_not_held_in_memory) {
  MllpDecoder decoder({.content_bytes = 1000, .kept_of_too_large = 100});
  feed(decoder, "\x0bMSH|");
  for (int i = 0; i < 1000; ++i) feed(decoder, std::string(1000, 'x'));
  EXPECT_LE(decoder.held_bytes(), 1000U);
}

TEST(MllpFrame, cut_off_by_the_end_of_the_stream_is_counted) {
  MllpDecoder decoder;
  feed(decoder, "\x0bMSH|1");
  EXPECT_FALSE(decoder.is_between());
  EXPECT_FALSE(decoder.finish());
  EXPECT_EQ(decoder.counts()[static_cast<std::size_t>(MllpFault::truncated)], 1U);
}

TEST(MllpFrame, is_made_of_any_content_that_can_be_told_from_it) {
  EXPECT_EQ(mllp_frame(kMessage).value(), framed(kMessage));
  EXPECT_EQ(decode(mllp_frame("a\x1c").value()).contents, std::vector<std::string>{"a\x1c"});
  for (const char* bad : {"a\x1c\rb", "a\x1c\x0b", "a\x1c\n", "MSH|\x0bMSH|"}) {
    EXPECT_FALSE(mllp_frame(bad)) << bad;
  }
}

TEST(MllpFrame, faults_are_issues_in_both_languages) {
  const Issue issue = issue_of({MllpFault::garbage_between, 16});
  EXPECT_EQ(text(issue, Language::english), "16 bytes outside of any MLLP frame were dropped");
  EXPECT_EQ(text(issue, Language::chinese), "丢弃了 MLLP 帧之外的 16 个字节");
  EXPECT_EQ(issue_of({MllpFault::too_large, 1}).severity, Severity::error);
  EXPECT_EQ(name(MllpFault::truncated), "truncated");
}

}  // namespace
}  // namespace meridian::connect
