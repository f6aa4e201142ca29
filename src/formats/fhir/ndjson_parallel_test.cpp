#include "formats/fhir/ndjson_parallel.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meridian::fhir {
namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::string(static_cast<std::size_t>(i * 31 % 97), 'x') + "\n";
  return text;
}

TEST(NdjsonParallel, gives_results_in_the_order_of_the_file) {
  const std::string text = sample();
  for (const unsigned threads : {0U, 1U, 2U, 5U}) {
    auto source = memory_source(text);
    NdjsonLimits limits;
    limits.chunk_bytes = 1000;
    NdjsonChunks chunks(*source, limits);
    Issues issues;
    std::string all;
    const auto done = work_in_order<std::string>(
        chunks, threads, issues, [](const NdjsonChunk& chunk, unsigned) { return std::string(chunk.text()); },
        [&](std::string&& part) {
          all += part;
          return true;
        });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(all, text) << threads;
  }
}

TEST(NdjsonParallel, stops_when_nobody_wants_more) {
  const std::string text = sample();
  auto source = memory_source(text);
  NdjsonLimits limits;
  limits.chunk_bytes = 100;
  NdjsonChunks chunks(*source, limits);
  Issues issues;
  int consumed = 0;
  const auto done = work_in_order<int>(
      chunks, 3, issues, [](const NdjsonChunk&, unsigned) { return 1; }, [&](int) { return ++consumed < 5; });
  EXPECT_TRUE(done.has_value());
  EXPECT_EQ(consumed, 5);
  EXPECT_LT(source->consumed(), text.size());
}

class Failing final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char> into) override {
    if (++calls_ > 3) return fail(ErrorCode::io_failure, "the disk is gone");
    for (char& c : into) c = '\n';
    return into.size();
  }
  std::uint64_t consumed() const override { return 0; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  int calls_ = 0;
};

TEST(NdjsonParallel, consumes_what_was_read_before_an_error) {
  Failing source;
  NdjsonLimits limits;
  limits.chunk_bytes = 100;
  NdjsonChunks chunks(source, limits);
  Issues issues;
  std::size_t bytes = 0;
  const auto done = work_in_order<std::size_t>(
      chunks, 2, issues, [](const NdjsonChunk& chunk, unsigned) { return chunk.text().size(); },
      [&](std::size_t count) {
        bytes += count;
        return true;
      });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), ErrorCode::io_failure);
  EXPECT_EQ(bytes, 300U);
}

}  // namespace
}  // namespace meridian::fhir
