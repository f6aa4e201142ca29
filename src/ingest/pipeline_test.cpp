// Pipeline: order by key, dead letters, crashes between any two steps, stores that are busy, pauses.
#include "ingest/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "base/thread_pool.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/record_writer.hpp"
#include "ingest/testing/writes.hpp"
#include "kv/testing/model_kv.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::id_of;
using meridian::testing::ModelDisk;
using meridian::testing::ModelFault;
using meridian::testing::ModelStore;
using meridian::testing::open_model;
using meridian::testing::plain_rules;
using meridian::testing::write_of;
using ::testing::HasSubstr;

inline constexpr meridian::Message kBad{"test-bad", "the value is bad", "值有误"};
constexpr std::int64_t kLong = 60'000;

/// One Patient for each message, whose birth date counts them; "BAD" in the content is a fault.
class CountingMapper final : public Mapper {
 public:
  std::shared_ptr<const mapping::MergeRules> rules() const override { return plain_rules(); }
  Writes map(const Message& message, Issues& issues) const override {
    const std::string patient = message.header.order_keys.empty() ? "none" : message.header.order_keys[0].substr(13);
    {
      const std::lock_guard lock(mutex);
      seen[patient].push_back(message.header.control_id);
    }
    if (message.content.find("BAD") != std::string::npos) {
      issues.add({Severity::error, IssueType::value, kBad, {}, "PID-5"});
      return {};
    }
    return {write_of("Patient", patient,
                     {{"active", "true"}, {"name", R"([{"text":")" + message.header.control_id + R"("}])"}})};
  }
  mutable std::mutex mutex;
  mutable std::map<std::string, std::vector<std::string>> seen;
};

std::string adt(const std::string& control_id, const std::string& patient, const std::string& more = {}) {
  return "MSH|^~\\&|LAB|A|HIS|B|20240229||ADT^A01|" + control_id + "|P|2.5.1\rPID|1||" + patient + "^^^HOSP||" + more +
         "\r";
}

class Pipelines : public ::testing::Test {
 protected:
  Pipelines() {
    options_.feed = "lab";
    options_.retry_first_ms = 1;
    open();
  }
  ~Pipelines() override { close(); }

  void open() {
    inbox_ = *Inbox::open({}, *open_model(Inbox::spaces(), inbox_disk_));
    start();
  }
  void start() {
    PipelineServices services;
    services.inbox = inbox_.get();
    services.store = &**stores_;
    record_ = std::make_unique<RecordWriter>(**stores_);
    services.record = record_.get();
    services.pool = &pool_;
    services.reader = &reader_;
    services.mapper = &mapper_;
    pipeline_ = *Pipeline::start(options_, services);
  }
  void close() {
    pipeline_ = nullptr;
    record_ = nullptr;
    inbox_ = nullptr;
  }
  /// Everything stops where it stands; what was not synced is gone.
  void crash() {
    close();
    inbox_disk_->crash();
    stores_->crash();
    open();
  }
  MessageId put(const std::string& content) {
    NewMessage message;
    message.feed = "lab";
    message.content = content;
    message.header = reader_.read(content);
    const Receipt receipt = inbox_->put(std::move(message)).value();
    if (!receipt.is_duplicate) pipeline_->offer(*inbox_->read(receipt.id));
    return receipt.id;
  }
  void finish() { ASSERT_TRUE(pipeline_->wait_until_idle(kLong)); }
  Outcome outcome(std::uint64_t sequence) { return inbox_->entry({"lab", sequence})->outcome; }
  std::uint64_t versions(const std::string& patient) {
    const auto version = (*stores_)->read(store::local_reader(), {"Patient", id_of(patient)});
    return version ? version->number : 0;
  }

  ThreadPool pool_{{.name = "ingest", .threads = 4, .queue_limit = 64}};
  std::shared_ptr<ModelDisk> inbox_disk_ = std::make_shared<ModelDisk>();
  std::unique_ptr<ModelStore> stores_ = std::make_unique<ModelStore>();
  Hl7HeaderReader reader_;
  CountingMapper mapper_;
  PipelineOptions options_;
  std::unique_ptr<Inbox> inbox_;
  std::unique_ptr<RecordWriter> record_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(Pipelines, bring_a_message_into_the_store_and_say_so) {
  put(adt("C1", "7"));
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::done);
  EXPECT_GT(outcome(1).commit, 0U);
  EXPECT_THAT((*stores_)->read(store::local_reader(), {"Patient", id_of("7")})->json, HasSubstr(R"("text":"C1")"));
  const auto marker = (*stores_)->read(store::local_reader(), {"Provenance", marker_id({"lab", 1}, 0)});
  ASSERT_TRUE(marker);
  EXPECT_THAT(marker->json, HasSubstr(R"("value":"lab/1")"));
  EXPECT_THAT(marker->json, HasSubstr(R"("reference":"Patient/)" + id_of("7")));
}

TEST_F(Pipelines, keep_each_patients_messages_in_order) {
  for (int i = 0; i < 300; ++i) put(adt("C" + std::to_string(100 + i), std::to_string(i % 7)));
  finish();
  for (const auto& [patient, ids] : mapper_.seen) EXPECT_TRUE(std::ranges::is_sorted(ids)) << patient;
  EXPECT_EQ(mapper_.seen.size(), 7U);
  EXPECT_EQ(versions("0"), 43U);
  EXPECT_EQ(pipeline_->statistics().done, 300U);
}

TEST_F(Pipelines, make_a_faulty_message_a_dead_letter_that_holds_up_nobody) {
  put(adt("C1", "7", "BAD"));
  put(adt("C2", "7"));
  finish();
  const Outcome dead = outcome(1);
  EXPECT_EQ(dead.state, MessageState::dead);
  EXPECT_EQ(dead.stage, Stage::map);
  EXPECT_EQ(dead.code, "test-bad");
  EXPECT_EQ(dead.path, "PID-5");
  EXPECT_FALSE(dead.suggestion.empty());
  EXPECT_EQ(outcome(2).state, MessageState::done);
}

TEST_F(Pipelines, hold_the_patients_later_messages_when_told_to_stop) {
  options_.poison = PoisonPolicy::stop;
  close();
  open();
  put(adt("C1", "7", "BAD"));
  put(adt("C2", "7"));
  put(adt("C3", "8"));
  finish();
  EXPECT_EQ(outcome(2).state, MessageState::held);
  EXPECT_EQ(outcome(3).state, MessageState::done);
  crash();
  finish();
  put(adt("C4", "7"));
  finish();
  EXPECT_EQ(outcome(4).state, MessageState::held) << "after a crash too";
  const MessageId fixed = pipeline_->fix(1, adt("C1", "7")).value();
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::replaced);
  for (const std::uint64_t sequence : {fixed.sequence, std::uint64_t{2}, std::uint64_t{4}}) {
    EXPECT_EQ(outcome(sequence).state, MessageState::done) << sequence;
  }
  const std::vector<std::string>& seen = mapper_.seen["7"];
  EXPECT_EQ(std::vector<std::string>(seen.end() - 3, seen.end()), (std::vector<std::string>{"C1", "C2", "C4"}));
}

TEST_F(Pipelines, go_on_when_a_dead_letter_is_dropped) {
  options_.poison = PoisonPolicy::stop;
  close();
  open();
  put(adt("C1", "7", "BAD"));
  put(adt("C2", "7"));
  finish();
  ASSERT_TRUE(pipeline_->drop(1));
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::dropped);
  EXPECT_EQ(outcome(2).state, MessageState::done);
  EXPECT_EQ(pipeline_->drop(2).error().code(), ErrorCode::conflict);
  EXPECT_EQ(pipeline_->drop(99).error().code(), ErrorCode::not_found);
}

TEST_F(Pipelines, replay_a_message_as_a_new_one) {
  put(adt("C1", "7"));
  put(adt("C2", "7"));
  finish();
  ASSERT_TRUE(pipeline_->replay(1));
  finish();
  EXPECT_EQ(outcome(1).epoch, 1U);
  EXPECT_EQ(versions("7"), 3U);
  EXPECT_THAT((*stores_)->read(store::local_reader(), {"Patient", id_of("7")})->json, HasSubstr(R"("text":"C1")"));
}

TEST_F(Pipelines, write_nothing_twice_when_the_end_of_a_message_was_forgotten) {
  put(adt("C1", "7"));
  put(adt("C2", "7"));
  finish();
  // The marks of the end were not synced: after a crash both messages are worked on again, the older one too.
  close();
  inbox_disk_->crash();
  stores_->reopen();
  open();
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::done);
  EXPECT_EQ(outcome(2).state, MessageState::done);
  EXPECT_EQ(versions("7"), 2U);
  EXPECT_THAT((*stores_)->read(store::local_reader(), {"Patient", id_of("7")})->json, HasSubstr(R"("text":"C2")"));
}

TEST_F(Pipelines, go_on_after_a_crash_at_any_write_and_do_everything_once) {
  for (std::size_t at = 1; at <= 24; ++at) {
    auto disk = std::make_shared<ModelDisk>();
    close();
    inbox_disk_ = disk;
    stores_ = std::make_unique<ModelStore>();
    open();
    disk->fail_at(at, ModelFault::lost);
    std::vector<std::string> acknowledged;
    for (int i = 0; i < 6; ++i) {
      NewMessage message;
      message.feed = "lab";
      message.content = adt("C" + std::to_string(i), std::to_string(i % 2));
      message.header = reader_.read(message.content);
      const Result<Receipt> receipt = inbox_->put(std::move(message));
      if (!receipt) break;
      acknowledged.push_back("C" + std::to_string(i));
      pipeline_->offer(*inbox_->read(receipt->id));
    }
    crash();
    for (int i = 0; i < 6; ++i) put(adt("C" + std::to_string(i), std::to_string(i % 2)));  // the sender sends all again
    finish();
    EXPECT_EQ(versions("0"), 3U) << at;
    EXPECT_EQ(versions("1"), 3U) << at;
    EXPECT_GE(inbox_->counts("lab")->last, acknowledged.size());
    EXPECT_EQ(inbox_->counts("lab")->last, 6U) << at;
  }
}

TEST_F(Pipelines, try_again_while_the_store_is_full) {
  stores_->disk().fail_at(1, ModelFault::busy);
  put(adt("C1", "7"));
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::done);
  EXPECT_EQ(versions("7"), 1U);
  EXPECT_GE(pipeline_->statistics().retries, 1U);
}

TEST_F(Pipelines, fetch_from_the_inbox_what_memory_has_no_room_for) {
  options_.window_messages = 4;
  close();
  open();
  pipeline_->pause(Stage::map);
  for (int i = 0; i < 50; ++i) put(adt("C" + std::to_string(100 + i), std::to_string(i % 3)));
  EXPECT_LE(pipeline_->statistics().in_memory, 5U);
  pipeline_->resume(Stage::map);
  finish();
  EXPECT_EQ(pipeline_->statistics().done, 50U);
  for (const auto& [patient, ids] : mapper_.seen) EXPECT_TRUE(std::ranges::is_sorted(ids)) << patient;
}

TEST_F(Pipelines, wait_at_a_paused_stage) {
  pipeline_->pause(Stage::commit);
  put(adt("C1", "7"));
  while (pipeline_->statistics().stages[static_cast<std::size_t>(Stage::check)].count == 0) std::this_thread::yield();
  EXPECT_FALSE(pipeline_->wait_until_idle(1));
  EXPECT_EQ(versions("7"), 0U);
  pipeline_->resume(Stage::commit);
  finish();
  EXPECT_EQ(versions("7"), 1U);
}

TEST_F(Pipelines, leave_alone_what_is_not_for_the_feed) {
  options_.types = {"ORU^*", "ADT^A03"};
  close();
  open();
  put(adt("C1", "7"));
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::done);
  EXPECT_EQ(outcome(1).commit, 0U);
  EXPECT_EQ(versions("7"), 0U);
  EXPECT_TRUE(is_type_wanted({"ORU^*"}, "ORU^R01"));
  EXPECT_FALSE(is_type_wanted({"ORU^*"}, "ADT^A01"));
}

TEST_F(Pipelines, tell_whoever_waits_what_became_of_a_message) {
  pipeline_->pause(Stage::map);
  put(adt("C1", "7", "BAD"));
  std::promise<Outcome> early;
  pipeline_->when_finished(1, [&](const Outcome& outcome) { early.set_value(outcome); });
  pipeline_->resume(Stage::map);
  EXPECT_EQ(early.get_future().get().state, MessageState::dead);
  finish();
  std::promise<Outcome> late;
  pipeline_->when_finished(1, [&](const Outcome& outcome) { late.set_value(outcome); });
  EXPECT_EQ(late.get_future().get().code, "test-bad");
}

TEST_F(Pipelines, make_an_unreadable_message_a_dead_letter) {
  put("nonsense");
  finish();
  EXPECT_EQ(outcome(1).state, MessageState::dead);
  EXPECT_EQ(outcome(1).stage, Stage::parse);
}

TEST_F(Pipelines, need_what_they_stand_on) {
  EXPECT_EQ(Pipeline::start(options_, {}).error().code(), ErrorCode::invalid_argument);
}

TEST(Marker, is_a_uuid_of_version_8_for_each_place_and_epoch) {
  const std::string id = marker_id({"lab", 1}, 0);
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '8');
  EXPECT_EQ(id, marker_id({"lab", 1}, 0));
  EXPECT_NE(id, marker_id({"lab", 1}, 1));
  EXPECT_NE(id, marker_id({"lab", 2}, 0));
}

}  // namespace
}  // namespace meridian::ingest
