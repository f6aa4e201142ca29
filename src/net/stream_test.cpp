// Stream: reading, writing, waiting, deadlines and endings of plain streams.
#include "net/stream.hpp"

#include <gtest/gtest.h>

#include <string>

#include "net/testing/run.hpp"

namespace meridian::net {
namespace {

using testing::begin;
using testing::on;
using testing::run;
using testing::StreamPair;

Task<std::string> read_all(Stream& stream) {
  std::string all;
  char piece[4096];
  while (true) {
    const IoResult got = co_await stream.read_some(piece, sizeof piece);
    if (!got) break;
    all.append(piece, got.bytes);
  }
  co_return std::move(all);
}

Task<IoStatus> read_once(Stream& stream, std::string& out, std::size_t size) {
  out.resize(size);
  const IoResult got = co_await stream.read_some(out.data(), size);
  out.resize(got.bytes);
  co_return got.status;
}

Task<IoStatus> write(Stream& stream, std::string_view first, std::string_view second = {}) {
  co_return co_await stream.write_all(first, second);
}

Task<IoStatus> wait_readable(Stream& stream) {
  co_return co_await stream.readable();
}

// The same text for each size, so that a byte that is lost, doubled or moved is seen.
std::string numbered(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

class Streams : public ::testing::Test {
 protected:
  Io io_{{.threads = 1, .tick_milliseconds = 5}};
  Loop& loop_ = io_.at(0);
  StreamPair pair_{loop_};
};

TEST_F(Streams, carry_bytes_both_ways) {
  std::string got;
  EXPECT_EQ(run(loop_, write(*pair_.first, "to the second", " and on")), IoStatus::ok);
  EXPECT_EQ(run(loop_, read_once(*pair_.second, got, 100)), IoStatus::ok);
  EXPECT_EQ(got, "to the second and on");
  EXPECT_EQ(run(loop_, write(*pair_.second, {}, "and back")), IoStatus::ok);
  EXPECT_EQ(run(loop_, read_once(*pair_.first, got, 100)), IoStatus::ok);
  EXPECT_EQ(got, "and back");
}

TEST_F(Streams, give_what_came_before_the_end) {
  auto reading = begin(loop_, read_all(*pair_.second));
  EXPECT_EQ(run(loop_, write(*pair_.first, "the last words")), IoStatus::ok);
  on(loop_, [&] { pair_.first->shutdown_write(); });
  EXPECT_EQ(reading->get(), "the last words");
  std::string got;
  EXPECT_EQ(run(loop_, read_once(*pair_.second, got, 10)), IoStatus::end) << "the end is the end every time";
}

TEST_F(Streams, wait_without_a_buffer_and_lose_nothing) {
  for (const std::size_t size : {1U, 511U, 512U, 513U, 5000U}) {
    const std::string sent = numbered(size);
    auto waiting = begin(loop_, wait_readable(*pair_.second));
    EXPECT_EQ(run(loop_, write(*pair_.first, sent)), IoStatus::ok);
    EXPECT_EQ(waiting->get(), IoStatus::ok);
    EXPECT_EQ(run(loop_, wait_readable(*pair_.second)), IoStatus::ok) << "what is there already needs no waiting";
    std::string all;
    std::string piece;
    while (all.size() < size) {
      ASSERT_EQ(run(loop_, read_once(*pair_.second, piece, 300)), IoStatus::ok);
      all += piece;
    }
    EXPECT_EQ(all, sent) << size << " bytes";
  }
}

TEST_F(Streams, hold_the_writer_back_until_the_reader_takes) {
  const std::string sent = numbered(8 << 20);
  auto writing = begin(loop_, write(*pair_.first, sent));
  on(loop_, [] {});  // the write has begun, and cannot have ended: no socket holds 8 MB
  auto reading = begin(loop_, read_all(*pair_.second));
  EXPECT_EQ(writing->get(), IoStatus::ok);
  on(loop_, [&] { pair_.first->shutdown_write(); });
  EXPECT_EQ(reading->get(), sent);
}

TEST_F(Streams, read_and_write_at_the_same_time) {
  const std::string sent = numbered(1 << 20);
  auto reading = begin(loop_, read_all(*pair_.first));
  auto echo_of_it = begin(loop_, read_all(*pair_.second));
  auto there = begin(loop_, write(*pair_.first, sent));
  auto back = begin(loop_, write(*pair_.second, sent));
  EXPECT_EQ(there->get(), IoStatus::ok);
  EXPECT_EQ(back->get(), IoStatus::ok);
  on(loop_, [&] {
    pair_.first->shutdown_write();
    pair_.second->shutdown_write();
  });
  EXPECT_EQ(reading->get(), sent);
  EXPECT_EQ(echo_of_it->get(), sent);
}

TEST_F(Streams, end_a_wait_that_is_cancelled) {
  std::string got;
  auto reading = begin(loop_, read_once(*pair_.second, got, 10));
  on(loop_, [&] { pair_.second->cancel(); });
  EXPECT_EQ(reading->get(), IoStatus::cancelled);
  EXPECT_EQ(run(loop_, write(*pair_.second, "x")), IoStatus::cancelled) << "and everything after it";
}

TEST_F(Streams, end_a_wait_whose_deadline_passes_and_go_on_with_a_new_one) {
  std::string got;
  on(loop_, [&] { pair_.second->set_deadline(Deadline::after_milliseconds(1)); });
  EXPECT_EQ(run(loop_, read_once(*pair_.second, got, 10)), IoStatus::timed_out);
  EXPECT_EQ(run(loop_, wait_readable(*pair_.second)), IoStatus::timed_out);
  on(loop_, [&] { pair_.second->set_deadline(Deadline{}); });
  auto reading = begin(loop_, read_once(*pair_.second, got, 10));
  EXPECT_EQ(run(loop_, write(*pair_.first, "late")), IoStatus::ok);
  EXPECT_EQ(reading->get(), IoStatus::ok);
  EXPECT_EQ(got, "late");
}

TEST_F(Streams, end_a_write_that_nobody_takes) {
  on(loop_, [&] { pair_.first->set_deadline(Deadline::after_milliseconds(1)); });
  const std::string much(8 << 20, 'x');
  EXPECT_EQ(run(loop_, write(*pair_.first, much)), IoStatus::timed_out);
}

TEST_F(Streams, fail_to_write_to_a_peer_that_has_gone) {
  bool had_gone = true;
  on(loop_, [&] {
    had_gone = pair_.first->peer_has_gone();
    pair_.second->close();
  });
  EXPECT_FALSE(had_gone);
  on(loop_, [&] { had_gone = pair_.first->peer_has_gone(); });
  EXPECT_TRUE(had_gone);
  EXPECT_EQ(run(loop_, write(*pair_.first, "anybody there?")), IoStatus::failed);
}

TEST_F(Streams, let_others_have_their_turn_between_many_operations) {
  const std::string sent = numbered(1000);
  ASSERT_EQ(run(loop_, write(*pair_.first, sent)), IoStatus::ok);
  on(loop_, [&] { pair_.first->shutdown_write(); });
  bool other_ran = false;
  bool ran_in_between = false;
  const auto byte_by_byte = [&]() -> Task<void> {
    loop_.post([&] { other_ran = true; });
    char byte = 0;
    for (int i = 0; i < 500; ++i) {
      const IoResult got = co_await pair_.second->read_some(&byte, 1);
      if (!got) break;
    }
    ran_in_between = other_ran;
  };
  run(loop_, byte_by_byte());
  EXPECT_TRUE(ran_in_between);
}

}  // namespace
}  // namespace meridian::net
