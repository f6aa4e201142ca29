#include "base/trace.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/random.hpp"

namespace meridian {
namespace {

constexpr const char* kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, is_read_and_written_as_a_traceparent) {
  const TraceContext trace = TraceContext::parse(kExample).value();
  EXPECT_EQ(trace.to_string(), kExample);
  EXPECT_EQ(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace.span_id(), "00f067aa0ba902b7");
  EXPECT_TRUE(trace.sampled());
}

TEST(TraceContext, reads_what_it_knows_of_later_versions) {
  EXPECT_TRUE(TraceContext::parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
  EXPECT_FALSE(TraceContext::parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more"));
}

TEST(TraceContext, refuses_other_text) {
  for (const char* text : {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(TraceContext::parse(text)) << text;
  }
}

TEST(TraceContext, hands_on_its_trace_with_a_new_span) {
  SeededRandom random(1);
  const TraceContext parent = TraceContext::start(random);
  const TraceContext child = parent.child(random);
  EXPECT_EQ(child.trace_id(), parent.trace_id());
  EXPECT_NE(child.span_id(), parent.span_id());
  EXPECT_TRUE(TraceContext().child(random).is_set());
}

TEST(TraceScope, holds_for_its_block_and_its_thread) {
  SeededRandom random(1);
  const TraceContext outer = TraceContext::start(random);
  EXPECT_FALSE(current_trace().is_set());
  {
    const TraceScope scope(outer);
    {
      const TraceScope inner(TraceContext::start(random));
      EXPECT_NE(current_trace(), outer);
    }
    EXPECT_EQ(current_trace(), outer);
    std::thread([] { EXPECT_FALSE(current_trace().is_set()); }).join();
  }
  EXPECT_FALSE(current_trace().is_set());
}

}  // namespace
}  // namespace meridian
