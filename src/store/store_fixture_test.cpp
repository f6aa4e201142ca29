// A store of each format lies in testdata/format_N, and every later release must open it as it is: a part in tables, a
// part still in the log, as a loss of power leaves it. When the format changes, a folder is added and an upgrade
// (internal/opening.cpp); the old folders stay.
//
//   MERIDIAN_WRITE_FIXTURE=src/store/testdata/format_N build/dev/bin/store_test --gtest_filter='StoreFixture.*'
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/testing/temporary_folder.hpp"
#include "kv/rocks.hpp"
#include "search/query.hpp"
#include "store/bulk.hpp"
#include "store/internal/layout.hpp"
#include "store/internal/tuple.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

namespace fs = std::filesystem;
using meridian::testing::TemporaryFolder;
using meridian::testing::update_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kNote = "of the fixture";  // since format 2
constexpr int kLoaded = 2'100;                   // more than a small commit takes

Result<std::unique_ptr<Store>> open(const std::string& folder) {
  StoreOptions options;
  options.folder = folder;
  options.memory_bytes = std::uint64_t{16} << 20;
  return Store::open(std::move(options));
}

void put(Store& store, std::string json) {
  CommitRequest request;
  request.writes.push_back(update_of(std::move(json)));
  ASSERT_TRUE(store.commit(local_writer(), std::move(request)));
}

void remove(Store& store, const std::string& type, const std::string& id) {
  Write write;
  write.kind = WriteKind::remove;
  write.key = {type, id};
  CommitRequest request;
  request.writes.push_back(std::move(write));
  ASSERT_TRUE(store.commit(local_writer(), std::move(request)));
}

std::string patient(const std::string& id, const std::string& family) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":")" + family +
         R"(","given":["Ming"]}],"gender":"female","birthDate":"1980-02-03","text":{"status":"generated","div":)"
         R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">made up</div>"}})";
}

std::string observation(int n) {
  return R"({"resourceType":"Observation","id":"o)" + std::to_string(n) +
         R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":)"
         R"("Patient/)" +
         (n % 2 == 0 ? "p1" : "p3") + R"("},"effectiveDateTime":"20)" + std::to_string(10 + n % 15) +
         R"(-01-02","valueQuantity":{"value":)" + std::to_string(n) +
         R"(,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}})";
}

/// What the fixture's tables hold, then what its log holds.
void write_tables(Store& store) {
  put(store, patient("p1", "Chen"));
  put(store, patient("p2", "Li"));
  put(store, patient("p1", "Wang"));
  BulkLoader loader(store, local_writer());
  std::string lines;
  for (int n = 0; n < kLoaded; ++n) lines += observation(n) + '\n';
  ASSERT_TRUE(loader.write(loader.prepare(lines)));
  remove(store, "Patient", "p2");
}
void write_log(Store& store) {
  CommitRequest request;
  request.writes.push_back(update_of(patient("p3", "Zhao")));
  request.writes[0].note = kNote;
  ASSERT_TRUE(store.commit(local_writer(), std::move(request)));
  put(store, observation(7).replace(observation(7).find("8867-4"), 6, "8310-5"));
  remove(store, "Observation", "o9");
}

std::uint64_t count(const Store& store, const std::string& type,
                    const std::vector<std::pair<std::string, std::string>>& request) {
  Issues issues;
  const auto parameters = store.parameters(kDefaultTenant);
  search::Query query =
      search::parse_query(*parameters, parameters->schema().find_type(type), request, {.strict = true}, issues);
  EXPECT_FALSE(issues.has_errors());
  query.total = search::Total::accurate;
  const auto page = store.search(local_reader(), query);
  return page ? page->total.value_or(0) : UINT64_MAX;
}

void expect_all(const Store& store) {
  const auto p1 = store.read(local_reader(), {"Patient", "p1"});
  ASSERT_TRUE(p1) << p1.error().message();
  EXPECT_EQ(p1->number, 2U);
  EXPECT_THAT(p1->json, HasSubstr("Wang"));
  EXPECT_THAT(store.read_version(local_reader(), {"Patient", "p1"}, 1)->json, HasSubstr("Chen"));
  EXPECT_EQ(store.read(local_reader(), {"Patient", "p2"}).error().code(), ErrorCode::gone);
  EXPECT_EQ(store.history(local_reader(), {.type = "Patient"})->versions.size(), 5U);
  EXPECT_EQ(count(store, "Observation", {{"code", "http://loinc.org|8867-4"}}), kLoaded - 2U);
  EXPECT_EQ(count(store, "Observation", {{"code", "8310-5"}}), 1U);
  EXPECT_EQ(count(store, "Observation", {{"date", "ge2020"}, {"subject", "Patient/p1"}}), 350U);
  EXPECT_EQ(count(store, "Observation", {{"value-quantity", "lt100"}}), 99U);
  EXPECT_EQ(count(store, "Observation", {{"patient.family", "zhao"}}), kLoaded / 2 - 1U);
  EXPECT_EQ(store.last_commit(kDefaultTenant), CommitNumber(8));
  const auto feed = store.feed(local_reader(), CommitNumber(5), 100);
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->entries.size(), 3U);
  const auto faults = store.verify([](std::string_view) {});
  ASSERT_TRUE(faults);
  EXPECT_THAT(*faults, IsEmpty());
}

/// Without what is made anew at every start.
void copy_store(const fs::path& from, const fs::path& to) {
  fs::create_directories(to / "kv");
  for (const fs::directory_entry& entry : fs::directory_iterator(from / "kv")) {
    const std::string name = entry.path().filename().string();
    const bool is_wanted = name != "RESERVE" && name != "IN-USE" && name != "LOCK" && !name.starts_with("OPTIONS");
    if (entry.is_regular_file() && is_wanted) fs::copy_file(entry.path(), to / "kv" / name);
  }
}

TEST(StoreFixture, is_written_when_asked_for) {
  const char* const wanted = std::getenv("MERIDIAN_WRITE_FIXTURE");
  if (wanted == nullptr) GTEST_SKIP() << "MERIDIAN_WRITE_FIXTURE names no folder";
  const TemporaryFolder folder;
  write_tables(**open(folder.path() + "/store"));
  const auto store = open(folder.path() + "/store");
  ASSERT_TRUE(store);
  write_log(**store);
  copy_store(folder.path() + "/store", wanted);
}

TEST(StoreFixture, of_every_format_that_was_released_opens) {
  int formats = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(MERIDIAN_SOURCE_DIR) / "src/store/testdata")) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("format_")) continue;
    SCOPED_TRACE(name);
    ++formats;
    const TemporaryFolder folder;
    const std::string copy = folder.path() + "/store";
    copy_store(entry.path(), copy);
    {
      const auto store = open(copy);
      ASSERT_TRUE(store) << store.error().message();
      expect_all(**store);
      EXPECT_EQ((*store)->read_noted(local_reader(), {"Patient", "p3"})->note, name == "format_1" ? "" : kNote);
      put(**store, patient("p4", "Sun"));
    }
    const auto again = open(copy);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(count(**again, "Patient", {{"family", "sun"}}), 1U);
  }
  EXPECT_EQ(formats, static_cast<int>(kFormat));
}

void set_format(const std::string& folder, std::uint64_t format) {
  const auto kv = kv::open_rocks(kSpaces, {.folder = folder + "/kv", .memory_bytes = std::uint64_t{8} << 20});
  ASSERT_TRUE(kv);
  kv::Batch batch;
  std::string value;
  put_varint(value, format);
  batch.put(space::kMeta, "format", value);
  ASSERT_TRUE((*kv)->commit(batch, kv::Durability::synced));
}

TEST(StoreFixture, of_a_later_format_is_refused_in_words_and_stays_as_it_is) {
  const TemporaryFolder folder;
  const std::string copy = folder.path() + "/store";
  ASSERT_TRUE(open(copy));
  set_format(copy, kFormat + 1);
  const auto refused = open(copy);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_THAT(refused.error().message(), HasSubstr("later release"));
  set_format(copy, 0);
  const auto unknown = open(copy);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), ErrorCode::unsupported);
  set_format(copy, kFormat);
  EXPECT_TRUE(open(copy));
}

}  // namespace
}  // namespace meridian::store
