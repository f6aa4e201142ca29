#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/query.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::ModelStore;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string patient(const std::string& more = {}) {
  return R"({"resourceType":"Patient","id":"1")" + more + '}';
}

std::size_t found(Store& store, const std::string& type) {
  search::Query query;
  query.type = fhir::Schema::r4().find_type(type);
  const auto page = store.search(local_reader(), query);
  return page ? page->entries.size() : 999;
}

TEST(Purge, takes_old_versions_out_and_keeps_the_current_one) {
  ModelStore model;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(model.put(patient(",\"multipleBirthInteger\":" + std::to_string(i))));
  ASSERT_TRUE(model->purge(local_writer(), {"Patient", "1"}, false));
  EXPECT_EQ(model->read(local_reader(), {"Patient", "1"})->number, 3U);
  EXPECT_EQ(model->read_version(local_reader(), {"Patient", "1"}, 1).error().code(), ErrorCode::not_found);
  EXPECT_EQ(model->history(local_reader(), {})->versions.size(), 1U);
  EXPECT_EQ(model->statistics(local_reader())->versions, 1U);
  EXPECT_EQ(found(*model, "Patient"), 1U);
  const auto feed = model->feed(local_reader(), CommitNumber(0), 100);
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->entries.size(), 4U);
  EXPECT_TRUE(feed->entries[0].is_erased);
  EXPECT_FALSE(feed->entries[2].is_erased);
  EXPECT_TRUE(feed->entries[3].is_erased);
  EXPECT_EQ(feed->entries[3].commit, CommitNumber(4));
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

TEST(Purge, takes_every_trace_out) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient()));
  ASSERT_TRUE(model.put(patient(R"(,"active":true)")));
  ASSERT_TRUE(model->purge(local_writer(), {"Patient", "1"}, true));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(model->read(local_reader(), {"Patient", "1"}).error().code(), ErrorCode::not_found);
    EXPECT_EQ(found(*model, "Patient"), 0U);
    EXPECT_EQ(model->statistics(local_reader())->resources, 0U);
    EXPECT_THAT(*model->verify({}), IsEmpty());
    model.crash();
  }
  EXPECT_EQ(model->purge(local_writer(), {"Patient", "1"}, true).error().code(), ErrorCode::not_found);
  EXPECT_EQ(model.put(patient())->writes[0].version, 1U);
}

class KeySealer final : public Sealer {
 public:
  Result<std::string> seal(TenantId, std::string_view, std::string_view plain) const override {
    std::string sealed(plain);
    for (char& c : sealed) c = static_cast<char>(c ^ 0x55);
    return sealed;
  }
  Result<std::string> open(TenantId tenant, std::string_view home, std::string_view sealed) const override {
    if (destroyed.contains(std::string(home))) return fail(ErrorCode::gone, "the key was destroyed");
    return seal(tenant, home, sealed);
  }
  Result<> destroy(TenantId, std::string_view home) override {
    destroyed.insert(std::string(home));
    return {};
  }
  std::set<std::string> destroyed;
};

TEST(Erase, takes_a_home_out_and_writes_the_ledger) {
  KeySealer sealer;
  ModelStore model({.sealer = &sealer});
  ASSERT_TRUE(model.put(patient()));
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/1"}})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Organization","id":"org"})"));
  ASSERT_TRUE(model->erase(local_writer(), "Patient/1"));
  EXPECT_EQ(model->read(local_reader(), {"Observation", "o"}).error().code(), ErrorCode::not_found);
  EXPECT_TRUE(model->read(local_reader(), {"Organization", "org"}));
  EXPECT_EQ(found(*model, "Observation"), 0U);
  EXPECT_THAT(sealer.destroyed, ElementsAre("Patient/1"));
  EXPECT_THAT(*model->verify({}), IsEmpty());
  // A key that came back with a restored copy is destroyed again.
  sealer.destroyed.clear();
  model.reopen();
  EXPECT_THAT(sealer.destroyed, ElementsAre("Patient/1"));
}

TEST(Verify, names_what_is_wrong) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient()));
  auto kv = meridian::testing::open_model(Store::spaces(), model.shared_disk());
  ASSERT_TRUE(kv);
  kv::Batch batch;
  const auto view = (*kv)->view();
  const auto values = view->scan(kv::SpaceId{6}, {});
  ASSERT_TRUE(values->valid());
  batch.put(kv::SpaceId{6}, values->key(), "\x03\x01\x01\x01x");
  ASSERT_TRUE((*kv)->commit(batch, kv::Durability::synced));
  const auto faults = model->verify({});
  ASSERT_TRUE(faults) << faults.error().message();
  EXPECT_THAT(*faults, ElementsAre("tenant 1: row 0: the value is not what was written"));
}

}  // namespace
}  // namespace meridian::store
