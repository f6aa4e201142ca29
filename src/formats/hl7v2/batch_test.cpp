#include "formats/hl7v2/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using ::testing::ElementsAre;
using testing::ids;
using ::testing::IsEmpty;

struct Read {
  std::vector<std::string> items;
  std::vector<std::string> issues;
};

Read read(std::string_view file, BatchLimits limits = {}) {
  const auto source = memory_source(file);
  BatchReader reader(*source, limits);
  Issues issues;
  Read out;
  while (const auto item = reader.next(issues).value()) {
    constexpr const char* kKinds[] = {"FHS", "BHS", "MSG", "BTS", "FTS"};
    out.items.push_back(std::string(kKinds[static_cast<std::size_t>(item->kind)]) + "@" + std::to_string(item->line) +
                        " " + std::string(item->bytes.substr(0, item->bytes.find_last_not_of("\r\n") + 1)));
  }
  out.issues = ids(issues);
  return out;
}

TEST(BatchReader, gives_the_messages_of_a_batch_file_with_its_headers_and_trailers) {
  const Read all = read("FHS|^~\\&|A\rBHS|^~\\&|A\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rBTS|2\rFTS|1\r");
  EXPECT_THAT(all.items, ElementsAre("FHS@1 FHS|^~\\&|A", "BHS@2 BHS|^~\\&|A", "MSG@3 MSH|^~\\&|1\rPID|1",
                                     "MSG@5 MSH|^~\\&|2", "BTS@6 BTS|2", "FTS@7 FTS|1"));
  EXPECT_THAT(all.issues, IsEmpty());
}

TEST(BatchReader, takes_messages_without_any_batch_however_lines_end) {
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    const Read all = read("MSH|^~\\&|1" + end + "PID|1" + end + end + "MSH|^~\\&|2" + end);
    ASSERT_EQ(all.items.size(), 2U);
    EXPECT_TRUE(all.items[1].starts_with("MSG@4 MSH|^~\\&|2")) << all.items[1];
    EXPECT_THAT(all.issues, IsEmpty());
  }
}

TEST(BatchReader, says_the_same_whatever_the_size_of_its_chunks) {
  const std::string file = "FHS|a\r\nMSH|^~\\&|1\r\nPID|MSH|x\r\n\r\nMSH|^~\\&|2\r\nOBX|||MSH\r\nBTS|2\r\nFTS|1\r\n";
  const Read whole = read(file);
  for (std::size_t size = 1; size < file.size(); ++size) {
    EXPECT_EQ(read(file, {.chunk_bytes = size}).items, whole.items) << size;
  }
}

TEST(BatchReader, says_which_counts_are_wrong_and_which_trailers_are_missing) {
  EXPECT_THAT(read("FHS|a\rBHS|a\rMSH|^~\\&|1\rBTS|2\rFTS|3\r").issues,
              ElementsAre("hl7-batch-count BTS-1", "hl7-batch-count FTS-1"));
  EXPECT_THAT(read("FHS|a\rBHS|a\rMSH|^~\\&|1\r").issues,
              ElementsAre("hl7-trailer-missing BTS", "hl7-trailer-missing FTS"));
  EXPECT_THAT(read("BHS|a\rMSH|^~\\&|1\rBHS|b\rBTS\r").issues, ElementsAre("hl7-trailer-missing BTS"));
}

TEST(BatchReader, passes_over_text_before_the_first_message) {
  const Read all = read("/* example */\n\nMSH|^~\\&|1\n");
  EXPECT_THAT(all.items, ElementsAre("MSG@3 MSH|^~\\&|1"));
  EXPECT_THAT(all.issues, ElementsAre("hl7-text-before-header MSH"));
  EXPECT_THAT(read("\n\n \n").items, IsEmpty());
  EXPECT_THAT(read("\n\n \n").issues, IsEmpty());
  EXPECT_THAT(read("").items, IsEmpty());
}

TEST(BatchReader, reads_messages_in_frames_of_mllp) {
  const Read all = read("\x0BMSH|^~\\&|1\rPID|1\r\x1C\r\x0BMSH|^~\\&|2\r\x1C\r");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_THAT(all.issues, IsEmpty());
}

TEST(BatchReader, gives_what_stands_between_frames) {
  EXPECT_EQ(without_frame("\x0BMSH|^~\\&|1\rPID|1\r\x1C\r"), "MSH|^~\\&|1\rPID|1");
  EXPECT_EQ(without_frame("\xEF\xBB\xBFMSH|^~\\&|1\r\n\r\n"), "MSH|^~\\&|1");
  EXPECT_EQ(without_frame("MSH|^~\\&|1"), "MSH|^~\\&|1");
  EXPECT_EQ(without_frame("\x1C\r"), "");
}

TEST(BatchReader, skips_a_message_that_is_too_large_and_goes_on) {
  const std::string file = "MSH|^~\\&|1\rOBX|" + std::string(5000, 'x') + "\rMSH|^~\\&|2\r";
  const Read all = read(file, {.max_message_bytes = 1000, .chunk_bytes = 256});
  EXPECT_THAT(all.items, ElementsAre("MSG@3 MSH|^~\\&|2"));
  EXPECT_THAT(all.issues, ElementsAre("hl7-too-large MSH"));
}

TEST(BatchReader, counts_messages_and_knows_where_they_lie) {
  const auto source = memory_source("MSH|^~\\&|1\rMSH|^~\\&|2\r");
  BatchReader reader(*source);
  Issues issues;
  EXPECT_EQ(reader.next(issues).value()->number, 1U);
  const auto second = reader.next(issues).value();
  EXPECT_EQ(second->number, 2U);
  EXPECT_EQ(second->offset, 11U);
  EXPECT_EQ(reader.messages(), 2U);
}

}  // namespace
}  // namespace meridian::hl7v2
