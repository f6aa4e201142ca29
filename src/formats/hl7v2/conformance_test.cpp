// Every HL7 v2 message of the outside data: parsed without a fatal fault, byte for byte, as splitting has it; grouped,
// validated, answered.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/testing/paths.hpp"
#include "formats/hl7v2/ack.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/charset.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/path.hpp"
#include "formats/hl7v2/profile.hpp"
#include "formats/hl7v2/structure.hpp"
#include "formats/hl7v2/testing/naive.hpp"
#include "formats/hl7v2/validate.hpp"

namespace meridian::hl7v2 {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Files below a folder that hold an MSH at the start of a line.
std::vector<std::filesystem::path> message_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".hl7" && extension != ".txt" && extension != ".out") continue;
    const std::string text = read(entry.path());
    if (text.starts_with("MSH") || text.find("\nMSH|") != std::string::npos ||
        text.find("\rMSH|") != std::string::npos) {
      out.push_back(entry.path());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

struct Tally {
  std::size_t files = 0;
  std::size_t messages = 0;
  std::size_t grouped = 0;
  std::size_t unplaced = 0;  // segments without a place that are no Z segments
  std::size_t segments = 0;
};

void check(std::string_view bytes, const std::string& name, Tally& tally) {
  SCOPED_TRACE(name);
  Issues issues;
  const Decoded decoded = decode(bytes, {}, issues);
  MessageParser parser;
  const Message message = parser.parse_borrowed(decoded.text(bytes), issues);
  ASSERT_TRUE(message) << text(issues.all().back(), Language::english);
  ++tally.messages;
  EXPECT_EQ(message.text(), decoded.text(bytes));
  EXPECT_TRUE(testing::covers_text(message));
  EXPECT_TRUE(testing::agrees_with_splitting(message));
  const Structure structure(message);
  tally.grouped += structure.definition() != nullptr ? 1U : 0U;
  for (const Structure::Node& node : structure.nodes()) {
    if (node.is_group()) continue;
    ++tally.segments;
    tally.unplaced += structure.definition() != nullptr && node.fit == Fit::unknown && node.name[0] != 'Z' ? 1U : 0U;
  }
  validate(message, {}, issues);
  for (const Issue& issue : issues.all()) {
    EXPECT_TRUE(issue.path.empty() || Path::parse(issue.path)) << issue.path;
  }
  const std::string answer = make_ack(message, AckCode::AE, issues, {.time = "20260101", .control_id = "1"});
  Issues of_answer;
  EXPECT_EQ(MessageParser().parse(answer, of_answer).header().type(), "ACK");
  EXPECT_FALSE(of_answer.has_errors());
}

TEST(Conformance, parses_every_message_of_the_outside_data) {
  const auto folder = meridian::testing::shared_data("hl7v2");
  if (!folder) GTEST_SKIP() << "the outside data is not on this machine";
  Tally tally;
  for (const auto& path : message_files(*folder)) {
    ++tally.files;
    const std::string bytes = read(path);
    const auto source = memory_source(bytes);
    BatchReader reader(*source);
    Issues issues;
    for (;;) {
      const auto item = reader.next(issues);
      ASSERT_TRUE(item.has_value());
      if (!*item) break;
      if ((*item)->kind == BatchItem::Kind::message) {
        check((*item)->bytes, path.filename().string() + " message " + std::to_string((*item)->number), tally);
      }
    }
    EXPECT_GT(reader.messages(), 0U) << path;
  }
  RecordProperty("files", static_cast<int>(tally.files));
  RecordProperty("messages", static_cast<int>(tally.messages));
  RecordProperty("grouped", static_cast<int>(tally.grouped));
  RecordProperty("unplaced_segments", static_cast<int>(tally.unplaced));
  EXPECT_GE(tally.messages, 1'150U);
  EXPECT_GE(tally.grouped, tally.messages * 95 / 100);
  EXPECT_LE(tally.unplaced, tally.segments / 50);
}

TEST(Conformance, reads_the_simulated_stream_of_1013_messages) {
  const auto path = meridian::testing::shared_data("hl7v2/simhospital/docs/artifacts/messages.out");
  if (!path) GTEST_SKIP() << "the outside data is not on this machine";
  const std::string bytes = read(*path);
  const auto source = memory_source(bytes);
  BatchReader reader(*source, {.chunk_bytes = 4096});
  Issues issues;
  while (reader.next(issues).value()) {
  }
  EXPECT_EQ(reader.messages(), 1'013U);
}

TEST(Conformance, reads_every_conformance_profile) {
  const auto folder = meridian::testing::shared_data("hl7v2/hapi-hl7v2/conf/parser");
  if (!folder) GTEST_SKIP() << "the outside data is not on this machine";
  std::size_t profiles = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const std::string xml = read(entry.path());
    if (xml.find("HL7v2xStaticDef") == std::string::npos) continue;
    const auto profile = Profile::parse(xml);
    ASSERT_TRUE(profile) << entry.path() << ": " << profile.error().message();
    EXPECT_FALSE(profile->structure().empty());
    ++profiles;
  }
  EXPECT_GE(profiles, 5U);
}

}  // namespace
}  // namespace meridian::hl7v2
