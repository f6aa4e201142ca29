#include "formats/astm/link.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meridian::astm {
namespace {

constexpr const char* kMessage = "H|\\^&|||AU-1\rP|1|88\rO|1|S-1||^^^GLU\rR|1|^^^GLU|5.5|mmol/L\rL|1|N\r";

struct Heard {
  std::string replies;
  std::vector<std::string> messages;
  std::vector<std::string> broken_off;
};

Heard hear(LinkReceiver& link, std::string_view bytes, std::size_t step, bool is_safe = true) {
  Heard heard;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (!piece.empty()) {
      LinkEvent event = link.take(piece);
      heard.replies += event.reply;
      if (!event.message) continue;
      (event.is_broken_off ? heard.broken_off : heard.messages).push_back(*std::move(event.message));
      if (event.is_terminated) heard.replies += link.settle(is_safe);
    }
  }
  return heard;
}

TEST(LinkReceiver, gives_a_message_however_its_bytes_are_cut_and_acknowledges_each_frame) {
  for (const std::size_t step : {1U, 3U, 7U, 1000U}) {
    for (const std::size_t text : {1U, 10U, 240U}) {
      LinkReceiver link;
      const std::string bytes = frames_of(kMessage, text);
      const Heard heard = hear(link, bytes, step);
      ASSERT_EQ(heard.messages.size(), 1U);
      EXPECT_EQ(heard.messages.front(), kMessage);
      EXPECT_EQ(heard.replies, std::string(1 + link.counts().frames, '\x06'));
      EXPECT_TRUE(link.is_idle());
    }
  }
}

TEST(LinkReceiver, refuses_a_damaged_frame_and_takes_it_when_it_comes_again) {
  std::string bytes = frames_of(kMessage);
  const std::size_t at = bytes.find("5.5");
  std::string damaged = bytes;
  damaged[at] = '6';
  const std::size_t begin = damaged.rfind('\x02', at);
  const std::size_t end = damaged.find('\x02', at);
  damaged.insert(end, bytes.substr(begin, end - begin));
  LinkReceiver link;
  const Heard heard = hear(link, damaged, 5);
  EXPECT_EQ(heard.replies, "\x06\x06\x06\x06\x15\x06\x06");
  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.messages.front(), kMessage);
  EXPECT_EQ(link.counts().damaged, 1U);
}

TEST(LinkReceiver, acknowledges_a_frame_that_comes_again_and_takes_it_once) {
  std::string bytes = frames_of(kMessage);
  const std::size_t second = bytes.find('\x02', 2);
  const std::size_t third = bytes.find('\x02', second + 1);
  bytes.insert(third, bytes.substr(second, third - second));
  LinkReceiver link;
  const Heard heard = hear(link, bytes, 1000);
  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.messages.front(), kMessage);
  EXPECT_EQ(link.counts().repeated, 1U);
}

TEST(LinkReceiver, asks_for_the_last_frame_again_while_the_message_is_not_safe) {
  const std::string bytes = frames_of(kMessage);
  const std::string last = bytes.substr(bytes.rfind('\x02'));
  LinkReceiver link;
  EXPECT_EQ(hear(link, std::string_view(bytes).substr(0, bytes.size() - 1), 1000, false).replies.back(), '\x15');
  const Heard again = hear(link, last, 1000);
  ASSERT_EQ(again.messages.size(), 1U);
  EXPECT_EQ(again.messages.front(), kMessage);
  EXPECT_EQ(again.replies, "\x06");
}

TEST(LinkReceiver, gives_what_ends_without_an_end_record) {
  LinkReceiver link;
  const Heard heard = hear(link, frames_of("H|\\^&\rR|1|^^^GLU|5\r"), 4);
  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.messages.front(), "H|\\^&\rR|1|^^^GLU|5\r");
}

/// A frame with its checksum.
std::string frame(const std::string& text) {
  return '\x02' + text + checksum(text) + "\r\n";
}

TEST(LinkReceiver, does_not_take_half_a_message_for_a_whole_one) {
  const std::string begun = "\x05" + frame("1H|\\^&\r\x03") + frame("2R|1|^^^GLU|15.\x17");
  std::string damaged = frame("35|mmol/L\x03");
  damaged[3] = '6';
  struct Case {
    std::string what;
    std::string bytes;
    std::string whole;
    std::string broken_off;
  };
  const std::string head = "H|\\^&\r";
  const std::string half = head + "R|1|^^^GLU|15.";
  const Case cases[] = {
      {"EOT within a record", begun + "\x04", {}, half},
      {"EOT behind a NAK", begun + damaged + "\x04", {}, half},
      {"EOT behind a NAK, between records", "\x05" + frame("1H|\\^&\r\x03") + damaged + "\x04", {}, head},
      {"EOT within a frame",
       begun + "\x02"
               "35|mm\x04",
       {},
       half},
      {"EOT within a checksum",
       begun + "\x02"
               "35|mm\x03"
               "4\x04",
       {},
       half},
      {"ENQ within a record", begun + "\x05", {}, half},
      {"ENQ within a frame",
       begun + "\x02"
               "35|mm\x05",
       {},
       half},
      {"EOT between records", "\x05" + frame("1H|\\^&\r\x03") + "\x04", head, {}},
      {"EOT in the first frame",
       "\x05\x02"
       "1H|\\^&\x04",
       {},
       {}},
  };
  for (const Case& one : cases) {
    for (const std::size_t step : {1U, 1000U}) {
      LinkReceiver link;
      const Heard heard = hear(link, one.bytes, step);
      EXPECT_EQ(heard.messages, one.whole.empty() ? std::vector<std::string>() : std::vector{one.whole}) << one.what;
      EXPECT_EQ(heard.broken_off, one.broken_off.empty() ? std::vector<std::string>() : std::vector{one.broken_off})
          << one.what;
      EXPECT_EQ(link.counts().broken_off, heard.broken_off.size()) << one.what;
      const Heard next = hear(link, frames_of(kMessage), step);  // and the link goes on
      ASSERT_EQ(next.messages.size(), 1U) << one.what;
      EXPECT_EQ(next.messages.front(), kMessage) << one.what;
      EXPECT_TRUE(next.broken_off.empty()) << one.what;
    }
  }
}

TEST(LinkReceiver, does_not_take_for_whole_what_nobody_could_keep) {
  const std::string bytes = frames_of(kMessage);
  LinkReceiver link;
  const Heard heard = hear(link, bytes, 1000, false);
  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.broken_off.size(), 1U);
}

TEST(LinkReceiver, finds_the_end_record_in_whatever_frames_it_comes) {
  const std::string bytes = "\x05" + frame("1H|\\^&\rR|1|L\x17") + frame("2L|x\rL\x17") + frame("3|1|N\r\x03");
  LinkReceiver link;
  const Heard heard = hear(link, bytes, 7);
  EXPECT_EQ(heard.messages, std::vector<std::string>{"H|\\^&\rR|1|LL|x\rL|1|N\r"});
}

TEST(LinkReceiver, refuses_what_is_too_large) {
  LinkReceiver link({.frame_bytes = 20, .message_bytes = 30});
  const Heard heard = hear(link, frames_of(std::string(25, 'x') + '\r'), 1000);
  EXPECT_EQ(heard.replies, "\x06\x15");
  EXPECT_TRUE(heard.messages.empty());
  EXPECT_GE(link.counts().too_large, 1U);
  EXPECT_LE(link.held_bytes(), 50U);
}

}  // namespace
}  // namespace meridian::astm
