#include "base/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace meridian {
namespace {

TEST(Metrics, are_written_as_open_metrics) {
  Metrics metrics;
  metrics.counter({"meridian_requests", "Requests \"served\""}, {{"method", "GET"}, {"status", "2xx"}}).add(3);
  metrics.counter({"meridian_requests", "Requests \"served\""}, {{"method", "P\"\\\n"}, {"status", "2xx"}}).add();
  metrics.gauge({"meridian_queue", "Waiting"}).set(-2);
  const double bounds[] = {0.1, 1};
  Histogram& seconds = metrics.histogram({"meridian_wait_seconds", "Waited", "seconds"}, bounds, {{"pool", "a"}});
  for (const double value : {0.05, 0.1, 0.5, 7.0}) seconds.observe(value);
  metrics.read_gauge({"meridian_read", "Read when looked at"}, [] { return 1.5; });
  EXPECT_EQ(metrics.expose(),
            "# TYPE meridian_requests counter\n"
            "# HELP meridian_requests Requests \\\"served\\\"\n"
            "meridian_requests_total{method=\"GET\",status=\"2xx\"} 3\n"
            "meridian_requests_total{method=\"P\\\"\\\\\\n\",status=\"2xx\"} 1\n"
            "# TYPE meridian_queue gauge\n"
            "# HELP meridian_queue Waiting\n"
            "meridian_queue -2\n"
            "# TYPE meridian_wait_seconds histogram\n"
            "# UNIT meridian_wait_seconds seconds\n"
            "# HELP meridian_wait_seconds Waited\n"
            "meridian_wait_seconds_bucket{pool=\"a\",le=\"0.1\"} 2\n"
            "meridian_wait_seconds_bucket{pool=\"a\",le=\"1.0\"} 3\n"
            "meridian_wait_seconds_bucket{pool=\"a\",le=\"+Inf\"} 4\n"
            "meridian_wait_seconds_count{pool=\"a\"} 4\n"
            "meridian_wait_seconds_sum{pool=\"a\"} 7.65\n"
            "# TYPE meridian_read gauge\n"
            "# HELP meridian_read Read when looked at\n"
            "meridian_read 1.5\n"
            "# EOF\n");
}

TEST(Metrics, find_the_same_metric_again) {
  Metrics metrics;
  Counter& first = metrics.counter({"meridian_a", "A"}, {{"x", "1"}});
  EXPECT_EQ(&metrics.counter({"meridian_a", "A"}, {{"x", "1"}}), &first);
  EXPECT_NE(&metrics.counter({"meridian_a", "A"}, {{"x", "2"}}), &first);
}

TEST(Metrics, gather_too_many_labels_under_other) {
  Metrics metrics;
  for (int i = 0; i < 1000; ++i) metrics.counter({"meridian_a", "A"}, {{"x", std::to_string(i)}}).add();
  EXPECT_EQ(metrics.counter({"meridian_a", "A"}, {{"x", "other"}}).value(), 800u);
}

TEST(Metrics, lose_nothing_under_threads) {
  Metrics metrics;
  const double bounds[] = {1.0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        metrics.counter({"meridian_a", "A"}).add();
        metrics.histogram({"meridian_h", "H"}, bounds).observe(0.5);
        if (i % 1000 == 0) {
          EXPECT_TRUE(metrics.expose().ends_with("# EOF\n"));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter({"meridian_a", "A"}).value(), 20'000u);
  EXPECT_EQ(metrics.histogram({"meridian_h", "H"}, bounds).sum(), 10'000);
}

TEST(Metrics, tell_of_the_process) {
  const std::string text = metrics().expose();
  EXPECT_NE(text.find("# UNIT meridian_resident_memory_bytes bytes\n"), std::string::npos);
  EXPECT_NE(text.find("meridian_bugs_total "), std::string::npos);
}

TEST(MetricsDeathTest, stop_on_names_that_break_the_rules) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Metrics metrics;
  metrics.counter({"meridian_a", "A"});
  EXPECT_DEATH(metrics.gauge({"meridian_a", "A"}), "does not hold");
  EXPECT_DEATH(metrics.counter({"meridian_a_total", "A"}), "does not hold");
  EXPECT_DEATH(metrics.counter({"meridian_time", "A", "seconds"}), "does not hold");
  EXPECT_DEATH(metrics.counter({"meridian-a", "A"}), "does not hold");
}

}  // namespace
}  // namespace meridian
