#include "base/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <thread>
#include <vector>

#include "base/testing/log_capture.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/trace.hpp"

namespace meridian {
namespace {

TEST(Log, writes_json_with_typed_values) {
  const testing::ManualClock clock;
  testing::LogCapture capture(LogLevel::info, LogFormat::json, &clock);
  log_warning("package skipped", {{"name", "a\"b\n\x01"}, {"files", 3u}, {"share", 0.5}, {"again", true}});
  EXPECT_EQ(capture.text(),
            "{\"time\":\"2024-02-29T12:00:00Z\",\"level\":\"warning\",\"event\":\"package skipped\","
            "\"name\":\"a\\\"b\\n\\u0001\",\"files\":3,\"share\":0.5,\"again\":true}\n");
}

TEST(Log, writes_plain_lines_for_people) {
  const testing::ManualClock clock;
  testing::LogCapture capture(LogLevel::info, LogFormat::human, &clock);
  log_info("server started", {{"port", 8080}, {"address", "127.0.0.1"}, {"note", "two words"}});
  EXPECT_EQ(capture.text(),
            "2024-02-29T12:00:00Z info    server started port=8080 address=127.0.0.1 note=\"two words\"\n");
}

TEST(Log, leaves_out_what_is_below_its_level) {
  testing::LogCapture capture(LogLevel::warning);
  log_info("quiet");
  EXPECT_FALSE(log_enabled(LogLevel::info));
  EXPECT_TRUE(log_enabled(LogLevel::error));
  EXPECT_EQ(capture.text(), "");
}

TEST(Log, names_the_trace_of_its_thread) {
  testing::LogCapture capture;
  const TraceScope scope(TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").value());
  log_info("traced");
  EXPECT_NE(capture.text().find("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\""), std::string::npos);
}

TEST(Log, stays_one_line_of_valid_text_whatever_it_is_given) {
  testing::LogCapture capture;
  log_info("odd", {{"bytes", "\xFF\xC3("},
                   {"long", std::string(5000, 'x')},
                   {"infinite", std::numeric_limits<double>::infinity()}});
  const std::string text = capture.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_NE(text.find("\"bytes\":\"\uFFFD\uFFFD(\""), std::string::npos);
  EXPECT_NE(text.find("x…\""), std::string::npos);
  EXPECT_NE(text.find("\"infinite\":null"), std::string::npos);
  EXPECT_LT(text.size(), 1300u);
}

TEST(Log, lets_only_so_many_of_a_kind_pass_a_second) {
  testing::ManualClock clock;
  testing::LogCapture capture(LogLevel::info, LogFormat::json, &clock);
  LogLimit limit(2);
  for (int i = 0; i < 5; ++i) log(LogLevel::warning, "storm", {{"i", i}}, &limit);
  clock.advance(Duration::seconds(1));
  log(LogLevel::warning, "storm", {{"i", 5}}, &limit);
  const std::string text = capture.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_NE(text.find("\"held_back\":3,\"i\":5"), std::string::npos);
}

TEST(Log, takes_lines_of_many_threads_whole) {
  testing::LogCapture capture;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) log_info("line", {{"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = capture.text();
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    ASSERT_EQ(text.compare(at, 9, "{\"time\":\""), 0);
    at = text.find('\n', at) + 1;
  }
  EXPECT_EQ(lines, 2000u);
}

/// Takes nothing until it is let go.
class Stuck final : public LogSink {
 public:
  void write(std::string_view lines) override {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return is_free_; });
    text_ += lines;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    is_free_ = true;
    free_.notify_all();
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool is_free_ = false;
  std::string text_;
};

TEST(Log, drops_and_counts_lines_rather_than_wait_for_a_slow_reader) {
  Stuck sink;
  configure_log({LogLevel::info, LogFormat::json, &sink, nullptr});
  const std::uint64_t before = dropped_log_lines();
  const std::string value(1000, 'x');
  for (int i = 0; i < 10'000; ++i) log_info("flood", {{"value", value}});
  const std::uint64_t dropped = dropped_log_lines() - before;
  EXPECT_GT(dropped, 100u);
  EXPECT_FALSE(flush_log(Duration::milliseconds(1)));
  sink.let_go();
  EXPECT_TRUE(flush_log(Duration::seconds(60)));
  configure_log({});
  EXPECT_NE(sink.text().find("\"event\":\"log lines dropped\",\"count\":" + std::to_string(dropped)),
            std::string::npos);
}

}  // namespace
}  // namespace meridian
