#include "formats/fhir/ndjson.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meridian::fhir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
  std::vector<std::string> lines;
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> offsets;
  Issues issues;
};

Read read(std::string_view text, NdjsonLimits limits = {}) {
  Read out;
  auto source = memory_source(text);
  NdjsonReader reader(*source, limits);
  for (;;) {
    auto line = reader.next(out.issues);
    EXPECT_TRUE(line.has_value());
    if (!line || !*line) return out;
    EXPECT_EQ(text.substr((*line)->offset, (*line)->text.size()), (*line)->text);
    out.lines.emplace_back((*line)->text);
    out.numbers.push_back((*line)->number);
    out.offsets.push_back((*line)->offset);
  }
}

TEST(Ndjson, gives_each_line_with_its_number_and_offset) {
  const Read got = read("{\"a\":1}\n{\"b\":2}\n");
  EXPECT_THAT(got.lines, ElementsAre("{\"a\":1}", "{\"b\":2}"));
  EXPECT_THAT(got.numbers, ElementsAre(1, 2));
  EXPECT_THAT(got.offsets, ElementsAre(0, 8));
}

TEST(Ndjson, reads_a_last_line_that_has_no_end) {
  EXPECT_THAT(read("{}\n{\"b\":2}").lines, ElementsAre("{}", "{\"b\":2}"));
}

TEST(Ndjson, accepts_windows_line_ends_and_blank_lines) {
  const Read got = read("\r\n{}\r\n\n  \t\r\n{\"x\":1}\r\n\r\n");
  EXPECT_THAT(got.lines, ElementsAre("{}", "{\"x\":1}"));
  EXPECT_THAT(got.numbers, ElementsAre(2, 5));
}

TEST(Ndjson, passes_over_a_byte_order_mark) {
  const Read got = read("\xEF\xBB\xBF{}\n{}\n");
  EXPECT_THAT(got.lines, ElementsAre("{}", "{}"));
  EXPECT_THAT(got.offsets, ElementsAre(3, 6));
}

TEST(Ndjson, finds_nothing_in_an_empty_file) {
  EXPECT_THAT(read("").lines, IsEmpty());
  EXPECT_THAT(read("\n\n").lines, IsEmpty());
  EXPECT_THAT(read("\xEF\xBB\xBF").lines, IsEmpty());
}

TEST(Ndjson, gives_the_same_whatever_the_size_of_its_chunks) {
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 200; ++i)
    text += std::string(static_cast<std::size_t>(i * 7 % 41), 'x') + (i % 3 == 0 ? "\r\n" : "\n");
  text += "the last";
  NdjsonLimits limits;
  limits.max_line_bytes = 30;
  const Read whole = read(text, limits);
  EXPECT_GT(whole.issues.size(), 10U);
  for (std::size_t size = 1; size < 100; ++size) {
    limits.chunk_bytes = size;
    const Read got = read(text, limits);
    EXPECT_EQ(got.lines, whole.lines) << size;
    EXPECT_EQ(got.numbers, whole.numbers) << size;
    EXPECT_EQ(got.offsets, whole.offsets) << size;
    EXPECT_EQ(got.issues.size(), whole.issues.size()) << size;
  }
}

TEST(Ndjson, reports_a_line_that_is_too_long_and_goes_on_after_it) {
  NdjsonLimits limits;
  limits.max_line_bytes = 10;
  limits.chunk_bytes = 4;
  const Read got = read("{}\n" + std::string(5000, 'x') + "\n{\"a\":1}\n" + std::string(11, 'y'), limits);
  EXPECT_THAT(got.lines, ElementsAre("{}", "{\"a\":1}"));
  EXPECT_THAT(got.numbers, ElementsAre(1, 3));
  ASSERT_EQ(got.issues.size(), 2U);
  EXPECT_EQ(got.issues.all()[0].message->id, "ndjson-line-too-long");
  EXPECT_EQ(got.issues.all()[0].position, (Position{3, 2, 1}));
  EXPECT_EQ(got.issues.all()[1].position.line, 4U);
}

TEST(Ndjson, says_where_in_the_file_a_place_in_a_line_is) {
  NdjsonLine line;
  line.number = 7;
  line.offset = 1000;
  EXPECT_EQ(line.in_file({3, 1, 4}), (Position{1003, 7, 4}));
  EXPECT_EQ(line.in_file({3, 0, 0}), (Position{1003, 0, 0}));
}

/// Fails after its bytes.
class Broken final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char> into) override {
    if (is_done_ || into.size() < 4) return fail(ErrorCode::io_failure, "the disk is gone");
    is_done_ = true;
    into[0] = 'x';
    into[1] = '\n';
    into[2] = 'y';
    return std::size_t{3};
  }
  std::uint64_t consumed() const override { return 0; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  bool is_done_ = false;
};

TEST(Ndjson, hands_on_the_errors_of_its_source) {
  Broken source;
  NdjsonReader reader(source);
  Issues issues;
  auto line = reader.next(issues);
  while (line && *line) line = reader.next(issues);
  ASSERT_FALSE(line.has_value());
  EXPECT_EQ(line.error().code(), ErrorCode::io_failure);
}

}  // namespace
}  // namespace meridian::fhir
