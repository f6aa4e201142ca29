#include "store/bulk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/query.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::ModelStore;

std::string lines(int count) {
  std::string ndjson;
  for (int i = 0; i < count; ++i) {
    ndjson += R"({"resourceType":"Observation","id":"o)" + std::to_string(i) +
              R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},)"
              R"("subject":{"reference":"Patient/p)" +
              std::to_string(i % 7) + "\"}}\n";
  }
  return ndjson;
}

TEST(BulkLoader, loads_a_piece_as_one_commit) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  BulkLoader::Prepared prepared = loader.prepare(lines(3000));
  EXPECT_EQ(prepared.resources, 3000U);
  EXPECT_TRUE(prepared.faults.empty());
  ASSERT_TRUE(loader.write(std::move(prepared)));
  EXPECT_EQ(model->last_commit(kDefaultTenant), CommitNumber(1));
  EXPECT_EQ(model->statistics(local_reader())->resources, 3000U);
  const auto version = model->read(local_reader(), {"Observation", "o2999"});
  ASSERT_TRUE(version);
  EXPECT_EQ(version->number, 1U);
  EXPECT_EQ(version->commit, CommitNumber(1));
  model.crash();
  EXPECT_TRUE(model->read(local_reader(), {"Observation", "o0"}));
  EXPECT_EQ(model->feed(local_reader(), CommitNumber(0), 10)->entries.size(), 3000U);
}

TEST(BulkLoader, leaves_bad_lines_out_and_says_which) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  BulkLoader::Prepared prepared = loader.prepare(
      "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n"
      "not json\n"
      "\r\n"
      "{\"resourceType\":\"Nothing\",\"id\":\"2\"}\n"
      "{\"resourceType\":\"Patient\",\"id\":\"a/b\"}\n"
      "{\"resourceType\":\"Patient\"}");
  std::vector<std::size_t> at;
  at.reserve(prepared.faults.size());
  for (const BulkLoader::Fault& fault : prepared.faults) at.push_back(fault.line);
  EXPECT_THAT(at, ::testing::ElementsAre(1, 3, 4));
  EXPECT_EQ(prepared.resources, 2U);
  ASSERT_TRUE(loader.write(std::move(prepared)));
  EXPECT_EQ(model->statistics(local_reader())->resources, 2U);
}

TEST(BulkLoader, makes_new_versions_of_what_changed_and_none_of_what_did_not) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  ASSERT_TRUE(loader.write(loader.prepare(lines(2500))));
  ASSERT_TRUE(loader.write(loader.prepare(lines(2500))));
  EXPECT_EQ(model->last_commit(kDefaultTenant), CommitNumber(1));
  std::string changed = lines(2500);
  changed.replace(changed.find("8867-4"), 6, "8310-5");
  ASSERT_TRUE(loader.write(loader.prepare(changed)));
  EXPECT_EQ(model->statistics(local_reader())->versions, 2501U);
  EXPECT_EQ(model->read(local_reader(), {"Observation", "o0"})->number, 2U);
}

TEST(BulkLoader, writes_behind_in_the_order_of_the_calls) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  constexpr int kPieces = 9;
  for (int piece = 1; piece <= kPieces; ++piece) {
    // All pieces write o0, and every third one is small enough to overtake those before it.
    std::string ndjson = lines(piece % 3 == 0 ? 1 : 2500);
    ndjson.replace(ndjson.find("8867-4"), 6, "code-" + std::to_string(piece));
    ASSERT_TRUE(loader.write_behind(loader.prepare(ndjson)));
  }
  ASSERT_TRUE(loader.finish());
  const auto last = model->read(local_reader(), {"Observation", "o0"});
  ASSERT_TRUE(last);
  EXPECT_EQ(last->number, static_cast<std::uint64_t>(kPieces));
  EXPECT_THAT(last->json, ::testing::HasSubstr("code-9"));
}

TEST(BulkLoader, tells_later_what_failed_behind_and_writes_no_more) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  ASSERT_TRUE(loader.write(loader.prepare(lines(1))));
  model.disk().fail_at(1, meridian::testing::ModelFault::lost);
  ASSERT_TRUE(loader.write_behind(loader.prepare("{\"resourceType\":\"Patient\",\"id\":\"1\"}")));
  const Result<> finished = loader.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code(), ErrorCode::io_failure);
  EXPECT_FALSE(loader.write_behind(loader.prepare("{\"resourceType\":\"Patient\",\"id\":\"2\"}")));
}

TEST(BulkLoader, a_resource_that_stands_twice_becomes_two_versions) {
  ModelStore model;
  BulkLoader loader(*model, local_writer());
  ASSERT_TRUE(
      loader.write(loader.prepare("{\"resourceType\":\"Patient\",\"id\":\"1\"}\n"
                                  "{\"resourceType\":\"Patient\",\"id\":\"1\",\"active\":true}\n")));
  EXPECT_EQ(model->read(local_reader(), {"Patient", "1"})->number, 2U);
}

}  // namespace
}  // namespace meridian::store
