// RecordWriter: writes of many threads over the same resources, and of others in between.
#include "ingest/record_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "ingest/testing/writes.hpp"
#include "mapping/merge.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::id_of;
using meridian::testing::ModelFault;
using meridian::testing::ModelStore;
using meridian::testing::plain_rules;
using meridian::testing::update_of;
using meridian::testing::write_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Answer = tl::expected<store::CommitOutcome, store::CommitFailure>;

class RecordWriters : public ::testing::Test {
 protected:
  /// Commits with a Basic beside, as a message's marker is.
  std::future<Answer> begin(std::vector<mapping::Write> writes) {
    auto promise = std::make_shared<std::promise<Answer>>();
    std::future<Answer> future = promise->get_future();
    store::Write also =
        update_of(R"({"resourceType":"Basic","id":"b)" + std::to_string(++markers_) + R"(","code":{"text":"marker"}})");
    writer_.commit(store::local_writer(), plain_rules(), writes, std::move(also),
                   [promise](Answer answer) { promise->set_value(std::move(answer)); });
    return future;
  }
  Answer commit(std::vector<mapping::Write> writes) { return begin(std::move(writes)).get(); }
  static mapping::Write active(bool is_active, std::int64_t time, std::string_view name = "7") {
    return write_of("Patient", name, {{"active", is_active ? "true" : "false"}},
                    {.time = time, .control_id = "C" + std::to_string(time)});
  }
  store::Noted noted(std::string_view name = "7") {
    return store_->read_noted(store::local_reader(), {"Patient", id_of(name)}).value();
  }
  std::int64_t stamp(const store::Noted& of) { return mapping::read_origins(of.note)->at(0).stamp.time; }

  ModelStore store_;
  RecordWriter writer_{*store_};
  std::atomic<int> markers_ = 0;
};

TEST_F(RecordWriters, lay_what_is_said_over_what_is_there) {
  ASSERT_TRUE(commit({active(true, 1)}));
  ASSERT_TRUE(commit({write_of("Patient", "7", {{"gender", R"("male")"}}, {.time = 2, .control_id = "C2"})}));
  EXPECT_THAT(noted().version.json, HasSubstr(R"("active":true,"gender":"male")"));
  EXPECT_EQ(noted().version.number, 2U);
  EXPECT_THAT(*store_->verify({}), IsEmpty());
}

TEST_F(RecordWriters, make_no_version_of_what_changes_nothing_and_remember_who_said_it) {
  ASSERT_TRUE(commit({active(true, 1)}));
  ASSERT_TRUE(commit({active(true, 9)}));
  EXPECT_EQ(noted().version.number, 1U);
  EXPECT_EQ(stamp(noted()), 9);
  ASSERT_TRUE(commit({active(false, 5)})) << "came late";
  EXPECT_THAT(noted().version.json, HasSubstr(R"("active":true)"));
  EXPECT_EQ(noted().version.number, 1U);
}

TEST_F(RecordWriters, do_not_wait_for_each_others_commits) {
  std::vector<std::future<Answer>> answers;
  for (int i = 1; i <= 100; ++i) answers.push_back(begin({active(i % 2 == 0, i)}));
  for (std::future<Answer>& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_EQ(noted().version.number, 100U);
  EXPECT_EQ(stamp(noted()), 100);
}

TEST_F(RecordWriters, leave_the_same_whichever_thread_is_first) {
  constexpr int kThreads = 4;
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  std::atomic<int> refused = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const int time = i * kThreads + t + 1;
        // In opposite orders, as messages name what they speak of.
        std::vector<mapping::Write> writes;
        writes.push_back(active(time % 3 == 0, time, t % 2 == 0 ? "ward" : "7"));
        writes.push_back(active(time % 2 == 0, time, t % 2 == 0 ? "7" : "ward"));
        writes.push_back(active(true, time, "mine" + std::to_string(t)));
        if (!commit(std::move(writes))) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(stamp(noted()), kThreads * kEach);
  EXPECT_EQ(stamp(noted("ward")), kThreads * kEach);
  EXPECT_EQ(noted("mine0").version.number, 1U);
  EXPECT_THAT(*store_->verify({}), IsEmpty());
}

TEST_F(RecordWriters, notice_that_somebody_else_has_written) {
  ASSERT_TRUE(commit({active(true, 1)}));
  ASSERT_TRUE(store_.put(R"({"resourceType":"Patient","id":")" + id_of("7") + R"(","active":true,"gender":"female"})"));
  EXPECT_EQ(commit({active(false, 2)}).error().error.code(), ErrorCode::precondition_failed);
  ASSERT_TRUE(commit({active(false, 2)})) << "read anew";
  EXPECT_THAT(noted().version.json, HasSubstr(R"("active":false,"gender":"female")"));
  ASSERT_TRUE(store_.remove("Patient", id_of("7")));
  EXPECT_FALSE(commit({active(true, 3)}));
  ASSERT_TRUE(commit({active(true, 3)}));
  ASSERT_TRUE(commit({active(false, 4)}));
  EXPECT_EQ(noted().version.number, 6U);
}

TEST_F(RecordWriters, end_what_was_laid_over_a_commit_that_failed) {
  ASSERT_TRUE(commit({active(false, 1)}));
  store_.disk().fail_at(1, ModelFault::busy);
  std::vector<std::future<Answer>> answers;
  for (int i = 2; i <= 6; ++i) answers.push_back(begin({active(i % 2 == 0, i)}));
  int failed = 0;
  for (std::future<Answer>& answer : answers) failed += answer.get() ? 0 : 1;
  EXPECT_GE(failed, 1);
  for (int i = 2; i <= 6; ++i) {
    while (!commit({active(i % 2 == 0, i)})) std::this_thread::yield();
  }
  EXPECT_THAT(noted().version.json, HasSubstr(R"("active":true)"));
  EXPECT_EQ(stamp(noted()), 6);
  EXPECT_THAT(*store_->verify({}), IsEmpty());
}

TEST_F(RecordWriters, refuse_two_writes_of_one_resource) {
  EXPECT_EQ(commit({active(true, 1), active(false, 2)}).error().error.code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(store_->read(store::local_reader(), {"Patient", id_of("7")}));
}

TEST(RecordWriterMemory, is_bounded) {
  ModelStore store;
  RecordWriter writer(*store, 2'000);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 50; ++i) {
      std::promise<Answer> answer;
      writer.commit(store::local_writer(), plain_rules(),
                    {write_of("Patient", std::to_string(i), {{"active", round == 0 ? "true" : "false"}})},
                    update_of(R"({"resourceType":"Basic","id":"b","code":{"text":")" + std::to_string(round) +
                              std::to_string(i) + "\"}}"),
                    [&answer](Answer given) { answer.set_value(std::move(given)); });
      ASSERT_TRUE(answer.get_future().get()) << "what was forgotten is read again";
    }
  }
  EXPECT_EQ(store->statistics(store::local_reader())->versions, 200U);
}

}  // namespace
}  // namespace meridian::ingest
