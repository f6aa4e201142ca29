#include "ingest/destination.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "net/io.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Said {
  Forwarded forwarded;
  std::string reason;
};

Said read(const std::string& segments, std::string_view control_id = "C1") {
  Issues issues;
  const Forwarded said = read_acknowledgement("MSH|^~\\&|B|B|A|A|2024||ACK|9|P|2.5.1\r" + segments, control_id, issues);
  return {said, issues.all().empty() ? std::string() : text(issues.all()[0], Language::english)};
}

TEST(Acknowledgements, accept_refuse_or_are_none) {
  EXPECT_EQ(read("MSA|AA|C1\r").forwarded, Forwarded::done);
  EXPECT_EQ(read("MSA|CA|C1\r").forwarded, Forwarded::done);
  EXPECT_EQ(read("MSA|AA|C2\r").forwarded, Forwarded::failed) << "of another message";
  EXPECT_EQ(read("PID|1\r").forwarded, Forwarded::failed);
  Issues issues;
  EXPECT_EQ(read_acknowledgement("nonsense", "C1", issues), Forwarded::failed);
  const Said old = read("MSA|AR|C1|no such event\r");
  EXPECT_EQ(old.forwarded, Forwarded::refused);
  EXPECT_THAT(old.reason, HasSubstr("AR: no such event"));
  const Said modern = read("MSA|AE|C1\rERR||PID^1^3|101^Required field missing|E||||the number is missing\r");
  EXPECT_EQ(modern.forwarded, Forwarded::refused);
  EXPECT_THAT(modern.reason, HasSubstr("AE: the number is missing"));
}

TEST(FileDestinations, write_each_message_into_a_file_of_its_own) {
  const TemporaryFolder folder;
  net::Io io;
  Feed feed;
  feed.name = "out";
  feed.destination = Destination();
  feed.destination->kind = DestinationKind::file;
  feed.destination->folder = folder.path() + "/outgoing";
  const auto delivery = make_delivery(feed, io, nullptr);
  ASSERT_TRUE(delivery);
  Message message;
  message.id = {"out", 7};
  message.content = "MSH|...";
  int told = 0;
  for (int round = 0; round < 2; ++round) {
    (*delivery)->forward(message, [&](Forwarded said, const Issues&) { told += said == Forwarded::done ? 1 : 0; });
  }
  EXPECT_EQ(told, 2);
  EXPECT_THAT(system_files().list(feed.destination->folder).value(), SizeIs(1));
  EXPECT_EQ(read_whole_file(system_files(), feed.destination->folder + "/out-000000000007.hl7", 100).value(),
            "MSH|...");
  message.id = {"out", 8};
  message.content = R"({"patient_no":"7"})";
  (*delivery)->forward(message, [](Forwarded, const Issues&) {});
  EXPECT_TRUE(system_files().exists(feed.destination->folder + "/out-000000000008.json").value());
}

TEST(FhirDestinations, need_a_mapping_and_a_url) {
  net::Io io;
  Feed feed;
  feed.destination = Destination();
  feed.destination->kind = DestinationKind::fhir;
  feed.destination->url = "nowhere";
  EXPECT_EQ(make_delivery(feed, io, nullptr).error().code(), ErrorCode::invalid_argument);
}

TEST(OutboundFeeds, are_declared_with_a_destination_and_where_from) {
  std::vector<std::string> faults;
  const auto feed = parse_feed(
      "feed: relay\nfrom: [lab]\ndestination: { kind: mllp, to: \"10.1.2.3:6661\", tls: { authorities: a.pem } }\n",
      "relay.yaml", faults);
  ASSERT_TRUE(feed) << faults[0];
  EXPECT_EQ(feed->destination->to(), "10.1.2.3:6661");
  EXPECT_TRUE(feed->destination->tls);
  EXPECT_FALSE(parse_feed("feed: relay\nfrom: []\ndestination: { kind: pigeon }\n", "relay.yaml", faults));
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_THAT(faults[0], HasSubstr("\"kind\" is one of mllp, fhir, file, not \"pigeon\""));
  EXPECT_THAT(faults[2], HasSubstr("\"from\" must be a list of feeds"));
  faults.clear();
  check_feeds({*feed}, faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0], HasSubstr("\"lab\" is no feed that takes messages in"));
}

}  // namespace
}  // namespace meridian::ingest
