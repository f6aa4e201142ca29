// Feeds as people write them, and as they get them wrong.
#include "ingest/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/testing/paths.hpp"

namespace meridian::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kWhole = R"(feed: lab
title: { en: Laboratory, zh: 检验科 }
connector:
  kind: mllp
  listen: 127.0.0.1:2575
  tls: { certificate: lab.pem, key: lab.key, client_authorities: hospital.pem }
acknowledge: commit
types: [ADT^*, ORU^R01]
mapping: hl7v2
poison: stop
zone: Asia/Shanghai
keep: 30d
)";

std::vector<std::string> faults_of(const std::string& yaml) {
  std::vector<std::string> faults;
  EXPECT_FALSE(parse_feed(yaml, "x.yaml", faults));
  return faults;
}

TEST(Feed, says_where_messages_come_from_and_what_is_done_with_them) {
  std::vector<std::string> faults;
  const std::optional<Feed> feed = parse_feed(kWhole, "lab.yaml", faults);
  EXPECT_THAT(faults, IsEmpty());
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->name, "lab");
  EXPECT_EQ(feed->title_chinese, "检验科");
  EXPECT_EQ(feed->mllp.host, "127.0.0.1");
  EXPECT_EQ(feed->mllp.port, 2575);
  EXPECT_TRUE(feed->mllp.tls);
  EXPECT_EQ(feed->mllp.certificates.client_certificate, net::ClientCertificate::required);
  EXPECT_EQ(feed->acknowledge, AcknowledgeWhen::commit);
  EXPECT_THAT(feed->types, ElementsAre("ADT^*", "ORU^R01"));
  EXPECT_EQ(feed->poison, PoisonPolicy::stop);
  EXPECT_EQ(feed->keep, Duration::days(30));
  EXPECT_TRUE(feed->is_enabled);
}

TEST(Feed, tells_every_fault_with_its_line) {
  EXPECT_THAT(
      faults_of("feed: Lab\nconnector:\n  kind: ftp\n  listen: here\nmapping: hl7v2\npoison: drink\nkeep: ever\n"
                "zone: Mars/Olympus\nacknowlege: inbox\n"),
      ElementsAre(HasSubstr("x.yaml:9: \"acknowlege\" is no setting here"), HasSubstr("x.yaml:1: a feed is named by"),
                  HasSubstr("x.yaml:3: the kind of connector"),
                  HasSubstr("x.yaml:4: \"listen\" is an address and a port"),
                  HasSubstr("x.yaml:6: \"poison\" is one of skip, stop, not \"drink\""),
                  HasSubstr("x.yaml:8: \"Mars/Olympus\" is no time zone"),
                  HasSubstr("x.yaml:7: \"keep\" is a number of days or hours")));
}

TEST(Feed, tells_what_is_missing) {
  EXPECT_THAT(faults_of("title: { en: x }\n"),
              ElementsAre(HasSubstr("\"feed\" is missing"), HasSubstr("\"connector\" must be a map"),
                          HasSubstr("\"kind\" is missing"), HasSubstr("\"listen\" is missing"),
                          HasSubstr("\"mapping\" is missing")));
}

TEST(Feed, that_asks_for_certificates_says_who_signs_them) {
  EXPECT_THAT(faults_of("feed: a\nmapping: m\nconnector:\n  kind: mllp\n  listen: \"[::1]:1\"\n"
                        "  tls: { certificate: c, key: k, client_certificate: required }\n"),
              ElementsAre(HasSubstr("x.yaml:6: who may sign")));
}

TEST(Feed, is_yaml_and_a_map) {
  EXPECT_THAT(faults_of("a: [b\n"), ElementsAre(HasSubstr("this is not YAML")));
  EXPECT_THAT(faults_of("- a\n"), ElementsAre(HasSubstr("x.yaml:1: a declaration is a map")));
}

TEST(Feeds, have_an_example_that_is_right) {
  const std::vector<Feed> feeds = read_feeds(meridian::testing::source_path("catalog/feeds")).value();
  ASSERT_EQ(feeds.size(), 2U);
  EXPECT_TRUE(feeds[0].destination);
  for (const Feed& feed : feeds) EXPECT_FALSE(feed.is_enabled) << feed.name;
}

TEST(Feeds, are_the_yaml_files_of_a_folder) {
  std::string pattern = ::testing::TempDir() + "meridian-feeds-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  EXPECT_THAT(read_feeds(folder / "none").value(), IsEmpty());
  std::ofstream(folder / "lab.yaml") << kWhole;
  std::ofstream(folder / "notes.txt") << "not a feed";
  const std::vector<Feed> feeds = read_feeds(folder).value();
  ASSERT_EQ(feeds.size(), 1U);
  EXPECT_EQ(feeds[0].mllp.certificates.certificate_chain, folder / "lab.pem");
  std::ofstream(folder / "other.yaml") << kWhole;
  const Result<std::vector<Feed>> twice = read_feeds(folder);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(twice.error().message(), HasSubstr("other.yaml: the feed \"lab\" is also in lab.yaml"));
  EXPECT_THAT(twice.error().message(), HasSubstr("127.0.0.1:2575 is also where lab.yaml listens"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace meridian::ingest
