// Inbox: what is safe when, what is known again, how messages are found, what a crash leaves.
#include "ingest/inbox.hpp"

#include <gtest/gtest.h>

#include <future>
#include <set>

#include "base/testing/manual_clock.hpp"
#include "ingest/hl7_header.hpp"
#include "kv/testing/model_kv.hpp"
#include "store/ports.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::ManualClock;
using meridian::testing::ModelDisk;
using meridian::testing::ModelFault;
using meridian::testing::open_model;

std::string adt(const std::string& control_id, const std::string& patient = "1", const std::string& more = {}) {
  return "MSH|^~\\&|LAB|A|HIS|B|20240229||ADT^A01|" + control_id + "|P|2.5.1\rPID|1||" + patient + "^^^HOSP\r" + more;
}

/// Turns every byte round, so that a test sees whether something lies there as it came.
class Mirror final : public store::Sealer {
 public:
  Result<std::string> seal(store::TenantId, std::string_view home, std::string_view plain) const override {
    homes.insert(std::string(home));
    return turned(plain);
  }
  Result<std::string> open(store::TenantId, std::string_view, std::string_view sealed) const override {
    return turned(sealed);
  }
  Result<> destroy(store::TenantId, std::string_view) override { return {}; }
  static std::string turned(std::string_view bytes) {
    std::string out(bytes);
    for (char& c : out) c = static_cast<char>(~c);
    return out;
  }
  mutable std::set<std::string> homes;
};

class Inboxes : public ::testing::Test {
 protected:
  Inboxes() { reopen(); }
  void reopen() {
    inbox_ = nullptr;
    InboxOptions options;
    options.clock = &clock_;
    options.sealer = &sealer_;
    inbox_ = *Inbox::open(options, *open_model(Inbox::spaces(), disk_));
  }
  void crash() {
    inbox_ = nullptr;
    disk_->crash();
    reopen();
  }
  NewMessage message(const std::string& content, const std::string& feed = "lab") {
    NewMessage made;
    made.feed = feed;
    made.content = content;
    made.header = Hl7HeaderReader().read(content);
    made.source = "192.0.2.7";
    return made;
  }
  Receipt put(const std::string& content, const std::string& feed = "lab") {
    clock_.advance(Duration::seconds(1));
    return inbox_->put(message(content, feed)).value();
  }
  std::vector<std::uint64_t> found(InboxQuery query) {
    query.feed = "lab";
    std::vector<std::uint64_t> sequences;
    const std::vector<InboxEntry> entries = inbox_->search(query).value();
    for (const InboxEntry& entry : entries) sequences.push_back(entry.id.sequence);
    return sequences;
  }
  static Outcome outcome(MessageState state) {
    Outcome made;
    made.state = state;
    return made;
  }

  ManualClock clock_;
  Mirror sealer_;
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  std::unique_ptr<Inbox> inbox_;
};

using Sequences = std::vector<std::uint64_t>;

TEST_F(Inboxes, give_back_what_was_put_byte_for_byte_with_what_is_known_of_it) {
  const std::string content = adt("C1", "4711");
  const Receipt receipt = put(content);
  EXPECT_EQ(receipt.id, (MessageId{"lab", 1}));
  const Message message = inbox_->read(receipt.id).value();
  EXPECT_EQ(message.content, content);
  EXPECT_EQ(message.header.type, "ADT^A01");
  EXPECT_EQ(message.header.order_keys, std::vector<std::string>{"patient|HOSP|4711"});
  EXPECT_EQ(message.source, "192.0.2.7");
  EXPECT_EQ(message.arrived, clock_.now());
  EXPECT_EQ(inbox_->entry(receipt.id)->outcome.state, MessageState::received);
  EXPECT_EQ(inbox_->read({"lab", 2}).error().code(), ErrorCode::not_found);
}

TEST_F(Inboxes, are_safe_when_they_say_so) {
  put(adt("C1"));
  crash();
  EXPECT_EQ(inbox_->read({"lab", 1})->content, adt("C1"));
  EXPECT_EQ(inbox_->counts("lab")->received, 1U);
  EXPECT_EQ(put(adt("C2")).id.sequence, 2U) << "sequences go on";
}

TEST_F(Inboxes, keep_messages_of_many_megabytes) {
  const std::string large = adt("C1", "1", "OBX|1|ED|" + std::string(5'500'000, 'x') + '\r');
  put(large);
  crash();
  EXPECT_EQ(inbox_->read({"lab", 1})->content, large);
}

TEST_F(Inboxes, seal_each_message_under_its_own_home) {
  put(adt("C1"));
  EXPECT_EQ(sealer_.homes, std::set<std::string>{"inbox/lab/1"});
}

TEST_F(Inboxes, know_a_message_that_is_sent_again) {
  put(adt("C1"));
  const Receipt again = put(adt("C1"));
  EXPECT_TRUE(again.is_duplicate);
  EXPECT_EQ(again.id.sequence, 1U);
  crash();
  EXPECT_TRUE(put(adt("C1")).is_duplicate) << "after a crash too";
  EXPECT_EQ(inbox_->counts("lab")->last, 1U);
  EXPECT_FALSE(put(adt("C1"), "other").is_duplicate) << "another feed has its own control ids";
}

TEST_F(Inboxes, tell_a_control_id_that_is_used_for_other_content) {
  put(adt("C1", "1"));
  const Receipt other = put(adt("C1", "2"));
  EXPECT_FALSE(other.is_duplicate);
  EXPECT_TRUE(other.reuses_control_id);
  EXPECT_TRUE(inbox_->entry(other.id)->reuses_control_id);
  EXPECT_TRUE(put(adt("C1", "1")).is_duplicate);
  EXPECT_EQ(put(adt("C1", "2")).id.sequence, 2U);
}

TEST_F(Inboxes, take_messages_without_control_id_each_for_itself) {
  EXPECT_EQ(put(adt("")).id.sequence, 1U);
  EXPECT_EQ(put(adt("")).id.sequence, 2U);
}

TEST_F(Inboxes, know_again_what_came_twice_at_the_same_time) {
  std::vector<std::future<Receipt>> receipts;
  for (int i = 0; i < 200; ++i) {
    auto promise = std::make_shared<std::promise<Receipt>>();
    receipts.push_back(promise->get_future());
    inbox_->put(message(adt("C" + std::to_string(i / 2))),
                [promise](Result<Receipt> receipt) { promise->set_value(receipt.value()); });
  }
  for (std::size_t i = 0; i < 200; ++i) {
    const Receipt receipt = receipts[i].get();
    EXPECT_EQ(receipt.id.sequence, i / 2 + 1);
    EXPECT_EQ(receipt.is_duplicate, i % 2 == 1);
  }
  EXPECT_LT(disk_->calls(), 100U) << "many share a commit";
}

TEST_F(Inboxes, find_messages_by_all_that_is_known_of_them) {
  const Instant start = clock_.now();
  put(adt("C1", "1"));
  put(adt("C2", "2"));
  put("MSH|^~\\&|||||||ORU^R01|C3|P|2.5\rPID|||1^^^HOSP\r");
  EXPECT_EQ(found({}), (Sequences{3, 2, 1}));
  EXPECT_EQ(found({.type = "ADT^A01"}), (Sequences{2, 1}));
  EXPECT_EQ(found({.control_id = "C2"}), Sequences{2});
  EXPECT_EQ(found({.order_key = "patient|HOSP|1"}), (Sequences{3, 1}));
  EXPECT_EQ(found({.type = "ADT^A01", .order_key = "patient|HOSP|1"}), Sequences{1});
  EXPECT_EQ(found({.from = start + Duration::seconds(2)}), (Sequences{3, 2}));
  EXPECT_EQ(found({.until = start + Duration::seconds(2)}), Sequences{1});
  EXPECT_EQ(found({.before = 3, .limit = 1}), Sequences{2});
  EXPECT_EQ(found({.control_id = "C9"}), Sequences{});
}

TEST_F(Inboxes, find_messages_by_what_became_of_them) {
  for (const char* id : {"C1", "C2", "C3"}) put(adt(id));
  inbox_->mark({"lab", 1}, outcome(MessageState::done));
  Outcome dead = outcome(MessageState::dead);
  dead.stage = Stage::map;
  dead.code = "required";
  dead.path = "PID-3";
  dead.text = "no identifier";
  ASSERT_TRUE(inbox_->mark_and_wait({"lab", 2}, dead));
  EXPECT_EQ(found({.state = MessageState::received}), Sequences{3});
  EXPECT_EQ(found({.state = MessageState::dead}), Sequences{2});
  EXPECT_EQ(found({.state = MessageState::done}), Sequences{1});
  EXPECT_EQ(inbox_->in_state("lab", MessageState::received, 0, 10).value(), Sequences{3});
  crash();
  const Outcome kept = inbox_->entry({"lab", 2})->outcome;
  EXPECT_EQ(kept.stage, Stage::map);
  EXPECT_EQ(kept.path, "PID-3");
  EXPECT_EQ(kept.text, "no identifier");
  const FeedCounts counts = inbox_->counts("lab").value();
  EXPECT_EQ(counts.dead, 1U);
  EXPECT_EQ(counts.received, 1U);
}

TEST_F(Inboxes, replace_a_dead_letter_by_its_correction_in_one_step) {
  put(adt("C1"));
  ASSERT_TRUE(inbox_->mark_and_wait({"lab", 1}, outcome(MessageState::dead)));
  NewMessage better = message(adt("C1", "2"));
  better.replaces = 1;
  EXPECT_EQ(inbox_->put(std::move(better))->id.sequence, 2U);
  EXPECT_EQ(inbox_->entry({"lab", 1})->outcome.state, MessageState::replaced);
  EXPECT_EQ(inbox_->entry({"lab", 1})->outcome.replaced_by, 2U);
  EXPECT_EQ(inbox_->entry({"lab", 2})->replaces, 1U);
  EXPECT_EQ(inbox_->counts("lab")->dead, 0U);
}

TEST_F(Inboxes, forget_what_is_old_and_done_and_nothing_else) {
  for (const char* id : {"C1", "C2", "C3", "C4"}) put(adt(id));
  inbox_->mark({"lab", 1}, outcome(MessageState::done));
  inbox_->mark({"lab", 2}, outcome(MessageState::dead));
  inbox_->mark({"lab", 3}, outcome(MessageState::done));
  ASSERT_TRUE(inbox_->mark_and_wait({"lab", 4}, outcome(MessageState::done)));
  EXPECT_EQ(inbox_->forget("lab", clock_.now() + Duration::hours(1), 100).value(), 2U);
  EXPECT_EQ(found({}), (Sequences{4, 2}));
  EXPECT_EQ(found({.order_key = "patient|HOSP|1"}), (Sequences{4, 2}));
  EXPECT_FALSE(put(adt("C1")).is_duplicate);
  EXPECT_EQ(inbox_->read({"lab", 5})->content, adt("C1"));
}

TEST_F(Inboxes, remember_a_control_id_for_the_message_that_stays) {
  put(adt("C1", "1"));
  ASSERT_TRUE(inbox_->mark_and_wait({"lab", 1}, outcome(MessageState::done)));
  put(adt("C1", "2"));
  put(adt("C2"));
  EXPECT_EQ(inbox_->forget("lab", clock_.now() + Duration::hours(1), 100).value(), 1U);
  EXPECT_TRUE(put(adt("C1", "2")).is_duplicate);
  EXPECT_FALSE(put(adt("C1", "1")).is_duplicate);
}

TEST_F(Inboxes, tell_whoever_waits_when_the_disk_fails_and_go_on_when_it_was_only_full) {
  disk_->fail_at(1, ModelFault::busy);
  EXPECT_EQ(inbox_->put(message(adt("C1"))).error().code(), ErrorCode::busy);
  EXPECT_FALSE(put(adt("C1")).is_duplicate);
  disk_->fail_at(1, ModelFault::lost);
  EXPECT_EQ(inbox_->put(message(adt("C2"))).error().code(), ErrorCode::io_failure);
  crash();
  EXPECT_EQ(inbox_->counts("lab")->last, 1U);
}

TEST_F(Inboxes, keep_the_order_of_arrival_when_the_clock_goes_back) {
  put(adt("C1"));
  const Instant first = inbox_->read({"lab", 1})->arrived;
  clock_.set(first - Duration::hours(1));
  put(adt("C2"));
  EXPECT_GE(inbox_->read({"lab", 2})->arrived, first);
}

TEST_F(Inboxes, refuse_feeds_with_other_names) {
  for (const std::string name : {"", "Lab", "a/b", "a b"}) {
    EXPECT_EQ(inbox_->put(message(adt("C1"), name)).error().code(), ErrorCode::invalid_argument) << name;
  }
}

}  // namespace
}  // namespace meridian::ingest
