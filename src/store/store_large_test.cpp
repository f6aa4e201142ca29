#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::ModelCall;
using meridian::testing::ModelFault;
using meridian::testing::ModelStore;
using meridian::testing::update_of;
using ::testing::IsEmpty;

/// So many patients that the commit is a large one.
CommitRequest large(int count = 2'001, const std::string& more = {}) {
  CommitRequest request;
  for (int i = 0; i < count; ++i) {
    request.writes.push_back(update_of(R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + '"' + more + '}'));
  }
  return request;
}

TEST(LargeCommit, becomes_visible_at_once_and_survives) {
  ModelStore model;
  ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"before"})"));
  const auto outcome = model->commit(local_writer(), large());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->commit, CommitNumber(2));
  EXPECT_EQ(outcome->writes.size(), 2'001U);
  const auto version = model->read(local_reader(), {"Patient", "p2000"});
  ASSERT_TRUE(version);
  EXPECT_EQ(version->commit, CommitNumber(2));
  EXPECT_EQ(version->last_updated, outcome->time);
  ReadContext past = local_reader();
  past.at = CommitNumber(1);
  EXPECT_EQ(model->read(past, {"Patient", "p0"}).error().code(), ErrorCode::not_found);
  model.crash();
  EXPECT_EQ(model->read(local_reader(), {"Patient", "p0"})->last_updated, outcome->time);
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

TEST(LargeCommit, small_ones_go_on_and_its_resources_wait_for_it) {
  ModelStore model;
  std::promise<void> staged;
  std::promise<void> go_on;
  std::atomic<int> calls = 0;
  // The first call reserves the rows, the second is the first of its pieces.
  model.disk().before_call([&](ModelCall) {
    if (++calls == 2) {
      staged.set_value();
      go_on.get_future().wait();
    }
  });
  std::promise<ModelStore::Outcome> big;
  model->commit(local_writer(), large(), [&](ModelStore::Outcome outcome) { big.set_value(std::move(outcome)); });
  staged.get_future().wait();
  const auto small = model.put(R"({"resourceType":"Basic","id":"small"})");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->commit, CommitNumber(1));
  EXPECT_EQ(model->read(local_reader(), {"Patient", "p0"}).error().code(), ErrorCode::not_found);
  std::promise<ModelStore::Outcome> same;
  CommitRequest request;
  request.writes.push_back(update_of(R"({"resourceType":"Patient","id":"p0","active":true})"));
  model->commit(local_writer(), std::move(request),
                [&](ModelStore::Outcome outcome) { same.set_value(std::move(outcome)); });
  go_on.set_value();
  EXPECT_EQ(big.get_future().get()->commit, CommitNumber(2));
  const auto after = same.get_future().get();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->writes[0].version, 2U);
  model.disk().before_call({});
  EXPECT_THAT(*model->verify({}), IsEmpty());
  ReadContext between = local_reader();
  between.at = CommitNumber(1);
  EXPECT_TRUE(model->read(between, {"Basic", "small"}));
  EXPECT_EQ(model->read(between, {"Patient", "p0"}).error().code(), ErrorCode::not_found);
}

TEST(LargeCommit, leaves_nothing_behind_when_the_disk_is_full) {
  for (const int call : {1, 2, 4, 6}) {
    ModelStore model;
    ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"before"})"));
    model.disk().fail_at(call, ModelFault::busy);
    const auto outcome = model->commit(local_writer(), large());
    if (outcome) continue;
    EXPECT_EQ(outcome.error().error.code(), ErrorCode::busy);
    EXPECT_EQ(model->read(local_reader(), {"Patient", "p0"}).error().code(), ErrorCode::not_found);
    EXPECT_TRUE(model->commit(local_writer(), large(3)));
    EXPECT_THAT(*model->verify({}), IsEmpty()) << call;
    model.crash();
    EXPECT_THAT(*model->verify({}), IsEmpty()) << call;
    EXPECT_EQ(model->statistics(local_reader())->resources, 4U);
  }
}

TEST(LargeCommit, is_swept_when_the_power_goes_before_its_record) {
  for (const int call : {2, 3, 5}) {
    ModelStore model;
    ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"before"})"));
    model.disk().fail_at(call, ModelFault::lost);
    const auto outcome = model->commit(local_writer(), large());
    if (outcome) continue;
    model.disk().crash(model.disk().unsynced());
    model.reopen();
    EXPECT_EQ(model->statistics(local_reader())->resources, 1U);
    EXPECT_THAT(*model->verify({}), IsEmpty()) << call;
    EXPECT_TRUE(model->commit(local_writer(), large()));
  }
}

TEST(LargeCommit, one_huge_resource_is_kept_in_pieces) {
  ModelStore model;
  std::string data;
  std::uint64_t x = 1;
  while (data.size() < (std::size_t{3} << 20))
    data += std::to_string(x = x * 6364136223846793005U + 1442695040888963407U);
  const auto outcome =
      model.put(R"({"resourceType":"Binary","id":"b","contentType":"text/plain","data":")" + data + "\"}");
  ASSERT_TRUE(outcome) << outcome.error().error.message();
  model.crash();
  const auto version = model->read(local_reader(), {"Binary", "b"});
  ASSERT_TRUE(version);
  EXPECT_GT(version->json.size(), data.size());
  EXPECT_THAT(*model->verify({}), IsEmpty());
  ASSERT_TRUE(model->purge(local_writer(), {"Binary", "b"}, true));
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

}  // namespace
}  // namespace meridian::store
