// That the model keeps the contract, and loses and breaks what it says it does.
#include "kv/testing/model_kv.hpp"

#include <gtest/gtest.h>

#include "kv/testing/places.hpp"

namespace meridian::testing {
namespace {

using kv::Batch;
using kv::Durability;
using kv::SpaceId;

std::unique_ptr<KvUnderTest> make_model() {
  return std::make_unique<ModelPlace>();
}
INSTANTIATE_TEST_SUITE_P(Model, KvContract, ::testing::Values(KvCase{"model", &make_model}), kv_case_name);

constexpr SpaceId kSpace{0};
constexpr kv::SpaceDefinition kSpaces[] = {{.name = "one"}};

class Model : public ::testing::Test {
 protected:
  Model() { open(); }
  void open() { kv_ = open_model(kSpaces, disk_).value(); }
  std::string put(std::string_view key, Durability durability) {
    Batch batch;
    batch.put(kSpace, key, key);
    const Result<> done = kv_->commit(batch, durability);
    return done ? "ok" : std::string(name(done.error().code()));
  }
  std::string keys() {
    std::string all;
    const auto view = kv_->view();
    for (const auto cursor = view->scan(kSpace, {}); cursor->valid(); cursor->next()) all += cursor->key();
    return all;
  }
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  std::unique_ptr<kv::Kv> kv_;
};

TEST_F(Model, forgets_what_was_not_synced) {
  put("a", Durability::written);
  put("b", Durability::synced);
  put("c", Durability::written);
  put("d", Durability::written);
  EXPECT_EQ(keys(), "abcd");
  EXPECT_EQ(disk_->unsynced(), 2u);
  disk_->crash();
  EXPECT_EQ(put("e", Durability::written), "io_failure");
  open();
  EXPECT_EQ(keys(), "ab");
}

TEST_F(Model, keeps_as_many_unsynced_writes_as_told) {
  put("a", Durability::written);
  put("b", Durability::written);
  put("c", Durability::written);
  disk_->crash(2);
  open();
  EXPECT_EQ(keys(), "ab");
}

TEST_F(Model, meets_each_fault_at_the_call_that_was_named) {
  disk_->fail_at(2, ModelFault::busy);
  EXPECT_EQ(put("a", Durability::synced), "ok");
  EXPECT_EQ(put("b", Durability::synced), "busy");
  EXPECT_EQ(put("c", Durability::synced), "ok");
  disk_->fail_at(1, ModelFault::lost);
  EXPECT_EQ(put("d", Durability::synced), "io_failure");
  EXPECT_EQ(put("e", Durability::synced), "io_failure");
  disk_->crash();
  open();
  EXPECT_EQ(keys(), "ac");
  disk_->fail_at(1, ModelFault::unknown);
  EXPECT_EQ(put("f", Durability::written), "io_failure");
  disk_->crash();
  open();
  EXPECT_EQ(keys(), "acf");
  EXPECT_EQ(disk_->calls(), 6u);
}

TEST_F(Model, asks_before_each_write) {
  std::size_t commits = 0;
  disk_->before_call([&](ModelCall call) { commits += call == ModelCall::commit ? 1 : 0; });
  put("a", Durability::written);
  ASSERT_TRUE(kv_->sync());
  put("b", Durability::written);
  EXPECT_EQ(commits, 2u);
}

}  // namespace
}  // namespace meridian::testing
