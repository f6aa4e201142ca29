// A simulated hospital's stream of 1,013 messages: sent in order, sent twice, and shuffled as a network can shuffle, it
// must leave the same record. The outside data may be absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "mapping/testing/record.hpp"
#include "mapping/testing/stream.hpp"

namespace meridian::mapping {
namespace {

using testing::find;
using testing::Record;
using testing::shuffled;
using testing::stream;

TEST(Stream, leaves_the_same_record_in_order_twice_and_shuffled) {
  const std::vector<std::string> messages = stream();
  if (messages.empty()) GTEST_SKIP() << "the outside data is not here";
  ASSERT_EQ(messages.size(), 1013U);
  Record in_order;
  for (const std::string& message : messages) {
    const Mapped mapped = in_order.take(message);
    ASSERT_FALSE(mapped.map.empty());
  }
  const auto resources = in_order.resources();
  const auto origins = in_order.origins();
  const std::size_t versions = in_order.versions();
  for (const std::string& message : messages) in_order.take(message);
  EXPECT_EQ(in_order.resources(), resources);
  EXPECT_EQ(in_order.origins(), origins);
  EXPECT_EQ(in_order.versions(), versions) << "a message that comes again makes no version";
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Record record;
    for (const std::string& message : shuffled(messages, 50, seed)) record.take(message);
    EXPECT_EQ(record.resources(), resources);
    EXPECT_EQ(record.origins(), origins);
  }
  Record all_over;
  for (const std::string& message : shuffled(messages, messages.size(), 4)) all_over.take(message);
  EXPECT_EQ(all_over.resources(), resources);
}

TEST(Stream, has_the_encounters_results_and_merges_that_the_messages_speak_of) {
  const std::vector<std::string> messages = stream();
  if (messages.empty()) GTEST_SKIP() << "the outside data is not here";
  Record record;
  std::size_t merges = 0;
  std::size_t results = 0;
  std::vector<std::string> patients;
  std::vector<std::string> visits;
  for (const std::string& text : messages) {
    const hl7v2::Message message = testing::message(text);
    record.take(message);
    for (const hl7v2::Segment segment : message.segments()) {
      results += segment.is("OBX") && text.find("|ORU^") != std::string::npos ? 1U : 0U;
      if (segment.is("PID")) patients.push_back(segment.field(3).component(1).text());
      if (segment.is("MRG")) patients.push_back(segment.field(1).component(1).text());
      merges += segment.is("MRG") ? 1U : 0U;
      if (segment.is("PV1") && segment.field(19).has_value()) visits.push_back(segment.field(19).component(1).text());
    }
  }
  const auto distinct = [](std::vector<std::string>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list.size();
  };
  EXPECT_EQ(record.all("Patient").size(), distinct(patients));
  std::size_t numbered = 0;
  for (const std::string& encounter : record.all("Encounter"))
    numbered += find(encounter, "identifier.exists()") == "true" ? 1U : 0U;
  EXPECT_EQ(numbered, distinct(visits));
  std::size_t linked = 0;
  for (const std::string& patient : record.all("Patient"))
    linked += find(patient, "link.type") == "replaced-by" ? 1U : 0U;
  EXPECT_EQ(linked, merges);
  EXPECT_EQ(record.all("Observation").size(), results);
  EXPECT_EQ(record.all("DiagnosticReport").size(), 610U);
}

}  // namespace
}  // namespace meridian::mapping
