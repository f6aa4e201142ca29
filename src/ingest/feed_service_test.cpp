// FeedService: what senders are told, and what a kill -9 leaves.
#include "ingest/feed_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "base/thread_pool.hpp"
#include "connect/testing/raw_peer.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/record_writer.hpp"
#include "ingest/testing/writes.hpp"
#include "kv/testing/model_kv.hpp"
#include "net/io.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::ingest {
namespace {

using connect::testing::framed;
using connect::testing::RawPeer;
using meridian::testing::id_of;
using meridian::testing::ModelDisk;
using meridian::testing::ModelFault;
using meridian::testing::ModelStore;
using meridian::testing::open_model;
using meridian::testing::plain_rules;
using meridian::testing::write_of;
using ::testing::HasSubstr;

inline constexpr meridian::Message kBad{"test-bad", "the name is bad", "姓名有误"};

/// A Patient for each message, and an Encounter under an id of the control id.
class SmallMapper final : public Mapper {
 public:
  std::shared_ptr<const mapping::MergeRules> rules() const override { return plain_rules(); }
  Writes map(const Message& message, Issues& issues) const override {
    if (message.content.find("BAD") != std::string::npos) {
      issues.add({Severity::error, IssueType::value, kBad, {}, "PID-5"});
      return {};
    }
    const std::string patient = message.header.order_keys.at(0).substr(13);
    return {write_of("Patient", patient, {{"name", R"([{"text":")" + message.header.control_id + R"("}])"}}),
            write_of("Encounter", message.header.control_id,
                     {{"status", R"("finished")"}, {"class", R"({"code":"AMB"})"}})};
  }
};

std::string adt(const std::string& control_id, const std::string& patient, const std::string& name = "A",
                const std::string& accept = {}) {
  return "MSH|^~\\&|LAB|A|HIS|B|20240229||ADT^A01|" + control_id + "|P|2.5.1" + accept + "\rPID|1||" + patient +
         "^^^HOSP||" + name + "\r";
}

Feed small_feed() {
  Feed feed;
  feed.name = "lab";
  feed.mllp.name = "lab";
  feed.mapping = "small";
  return feed;
}

class FeedServices : public ::testing::Test {
 protected:
  void start() {
    PipelineServices services;
    services.inbox = inbox_.get();
    services.store = &*store_;
    services.record = &record_;
    services.pool = &pool_;
    services.reader = &reader_;
    services.mapper = &mapper_;
    service_ = *FeedService::start(feed_, services);
    ASSERT_TRUE(service_->listen(io_));
  }
  std::string ask(RawPeer& peer, const std::string& message) {
    EXPECT_TRUE(peer.send(framed(message)));
    return peer.frame();
  }
  void finish() { ASSERT_TRUE(service_->pipeline().wait_until_idle(60'000)); }

  net::Io io_{{.threads = 1, .tick_milliseconds = 5}};
  ThreadPool pool_{{.name = "ingest", .threads = 2, .queue_limit = 64}};
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  ModelStore store_;
  RecordWriter record_{*store_};
  Hl7HeaderReader reader_;
  SmallMapper mapper_;
  Feed feed_ = small_feed();
  std::unique_ptr<Inbox> inbox_ = *Inbox::open({}, *open_model(Inbox::spaces(), disk_));
  std::unique_ptr<FeedService> service_;
};

TEST_F(FeedServices, say_aa_once_a_message_is_safe) {
  start();
  RawPeer peer(service_->port());
  service_->pipeline().pause(Stage::map);
  EXPECT_THAT(ask(peer, adt("C1", "7")), HasSubstr("\rMSA|AA|C1\r"));
  EXPECT_EQ(inbox_->read({"lab", 1})->content, adt("C1", "7"));
  service_->pipeline().resume(Stage::map);
  finish();
  EXPECT_TRUE(store_->read(store::local_reader(), {"Encounter", id_of("C1")}));
}

TEST_F(FeedServices, say_aa_or_ae_once_it_is_known_what_became_of_it_when_told_so) {
  feed_.acknowledge = AcknowledgeWhen::commit;
  start();
  RawPeer peer(service_->port());
  EXPECT_THAT(ask(peer, adt("C1", "7")), HasSubstr("\rMSA|AA|C1\r"));
  EXPECT_TRUE(store_->read(store::local_reader(), {"Encounter", id_of("C1")}));
  const std::string refused = ask(peer, adt("C2", "7", "BAD"));
  EXPECT_THAT(refused, HasSubstr("\rMSA|AE|C2\r"));
  EXPECT_THAT(refused, HasSubstr("\rERR||PID^1^5^1|207|E||||the name is bad\r"));
  EXPECT_THAT(ask(peer, adt("C2", "7", "BAD")), HasSubstr("\rMSA|AE|C2\r")) << "again the same";
  EXPECT_EQ(service_->statistics().duplicates, 1U);
  EXPECT_EQ(service_->statistics().inbox.last, 2U);
}

TEST_F(FeedServices, answer_twice_in_enhanced_mode) {
  start();
  RawPeer peer(service_->port());
  EXPECT_THAT(ask(peer, adt("C1", "7", "A", "|||AL|AL")), HasSubstr("\rMSA|CA|C1\r"));
  EXPECT_THAT(peer.frame(), HasSubstr("\rMSA|AA|C1\r"));
  EXPECT_THAT(ask(peer, adt("C2", "7", "BAD", "|||AL|ER")), HasSubstr("\rMSA|CA|C2\r"));
  EXPECT_THAT(peer.frame(), HasSubstr("\rMSA|AE|C2\r"));
  ASSERT_TRUE(peer.send(framed(adt("C3", "7", "A", "|||NE|NE")))) << "wants no answer at all";
  EXPECT_THAT(ask(peer, adt("C4", "7")), HasSubstr("\rMSA|AA|C4\r"));
}

TEST_F(FeedServices, say_ar_to_what_nobody_can_read_and_keep_it) {
  feed_.mllp.frame.content_bytes = 1000;
  start();
  RawPeer peer(service_->port());
  EXPECT_THAT(ask(peer, "nonsense"), HasSubstr("\rMSA|AR|\r"));
  EXPECT_THAT(ask(peer, adt("C1", "7", std::string(5000, 'x'))), HasSubstr("\rMSA|AR|C1\r"));
  EXPECT_EQ(inbox_->entry({"lab", 1})->outcome.state, MessageState::dead);
  EXPECT_EQ(inbox_->entry({"lab", 2})->outcome.code, "mllp-too-large");
  EXPECT_EQ(service_->statistics().unreadable, 2U);
}

TEST_F(FeedServices, change_nothing_for_a_message_that_comes_again) {
  start();
  RawPeer peer(service_->port());
  ask(peer, adt("C1", "7"));
  finish();
  EXPECT_THAT(ask(peer, adt("C1", "7")), HasSubstr("\rMSA|AA|C1\r"));
  finish();
  EXPECT_EQ(store_->read(store::local_reader(), {"Patient", id_of("7")})->number, 1U);
}

TEST_F(FeedServices, cut_the_connection_when_the_inbox_cannot_take_a_message) {
  start();
  disk_->fail_at(1, ModelFault::busy);
  RawPeer peer(service_->port());
  ASSERT_TRUE(peer.send(framed(adt("C1", "7"))));
  EXPECT_TRUE(peer.is_closed());
  RawPeer again(service_->port());
  EXPECT_THAT(ask(again, adt("C1", "7")), HasSubstr("\rMSA|AA|C1\r"));
}

/// What a feed stands on, in a folder.
struct Place {
  explicit Place(const std::filesystem::path& folder)
      : store(*store::Store::open({.folder = folder / "store", .memory_bytes = 64 << 20})),
        inbox(*Inbox::open({.folder = folder / "inbox"})) {
    services.inbox = inbox.get();
    services.store = store.get();
    services.record = &record;
    services.pool = &pool;
    services.reader = &reader;
    services.mapper = &mapper;
  }
  ThreadPool pool{{.name = "ingest", .threads = 2, .queue_limit = 64}};
  Hl7HeaderReader reader;
  SmallMapper mapper;
  std::unique_ptr<store::Store> store;
  RecordWriter record{*store};
  std::unique_ptr<Inbox> inbox;
  PipelineServices services;
};

// A process of its own receives messages until it is killed in the middle; then another goes on with its folder. What
// was acknowledged is there, and nothing twice, however often that happens.
TEST(FeedCrash, loses_and_doubles_nothing_when_killed) {
  std::string pattern = ::testing::TempDir() + "meridian-crash-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  constexpr int kRounds = 4;
  constexpr int kMessages = 60;
  constexpr int kPatients = 5;
  std::set<std::string> acknowledged;
  const auto serve = [&](int port_out) {
    net::Io io;
    Place place(folder);
    const auto service = *FeedService::start(small_feed(), place.services);
    if (!service->listen(io)) ::_exit(1);
    const std::uint16_t port = service->port();
    (void)!::write(port_out, &port, sizeof port);
    while (true) ::pause();
  };
  for (int round = 0; round < kRounds; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) serve(ends[1]);
    ::close(ends[1]);
    std::uint16_t port = 0;
    ASSERT_EQ(::read(ends[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
    ::close(ends[0]);
    {
      RawPeer peer(port);
      // All that was sent before is sent again, as a sender does that has lost its answers.
      for (int i = 0; i < (round + 1) * kMessages; ++i) {
        const std::string control_id = "C" + std::to_string(i);
        if (!peer.send(framed(adt(control_id, std::to_string(i % kPatients))))) break;
        if (peer.frame().find("MSA|AA|" + control_id + "\r") == std::string::npos) break;
        acknowledged.insert(control_id);
      }
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  ASSERT_EQ(acknowledged.size(), static_cast<std::size_t>(kRounds * kMessages));

  {
    Place place(folder);
    const auto service = *FeedService::start(small_feed(), place.services);
    ASSERT_TRUE(service->pipeline().wait_until_idle(60'000));
    EXPECT_EQ(place.inbox->counts("lab")->last, acknowledged.size());
    for (const std::string& control_id : acknowledged) {
      const auto encounter = place.store->read(store::local_reader(), {"Encounter", id_of(control_id)});
      ASSERT_TRUE(encounter) << control_id;
      EXPECT_EQ(encounter->number, 1U) << control_id;
    }
    for (int i = 0; i < kPatients; ++i) {
      EXPECT_EQ(place.store->read(store::local_reader(), {"Patient", id_of(std::to_string(i))})->number,
                acknowledged.size() / kPatients)
          << "each message of the patient made one version";
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace meridian::ingest
