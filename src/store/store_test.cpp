#include "store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "base/testing/manual_clock.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::document_of;
using meridian::testing::ManualClock;
using meridian::testing::ModelStore;
using meridian::testing::update_of;
using ::testing::HasSubstr;

std::string patient(const std::string& id, const std::string& more = {}) {
  return R"({"resourceType":"Patient","id":")" + id + '"' + more + '}';
}

ErrorCode code_of(const ModelStore::Outcome& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().error.code();
}

TEST(Store, gives_back_what_was_written_with_its_version_and_time) {
  const ManualClock clock;
  ModelStore model({.clock = &clock});
  const auto outcome = model.put(R"({"resourceType": "Patient", "id": "7", "active": true, "extra": 1.00})");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->commit, CommitNumber(1));
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::created);
  const auto version = model->read(local_reader(), {"Patient", "7"});
  ASSERT_TRUE(version);
  EXPECT_EQ(version->json, R"({"resourceType":"Patient","id":"7","meta":{"versionId":"1","lastUpdated":)"
                           R"("2024-02-29T12:00:00Z"},"active":true,"extra":1.00})");
  EXPECT_EQ(version->number, 1U);
  EXPECT_EQ(version->commit, CommitNumber(1));
}

TEST(Store, makes_an_id_for_a_created_resource) {
  ModelStore model;
  Write write;
  write.document = document_of(R"({"resourceType":"Patient","id":"mine"})");
  const auto outcome = model.commit(std::move(write));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->writes[0].key.id.size(), 36U);
  EXPECT_TRUE(model->read(local_reader(), outcome->writes[0].key));
  EXPECT_EQ(model->read(local_reader(), {"Patient", "mine"}).error().code(), ErrorCode::not_found);
}

TEST(Store, keeps_versions_and_shows_each_of_them) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7")));
  const auto second = model.put(patient("7", R"(,"active":true)"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->writes[0].status, WriteStatus::updated);
  EXPECT_EQ(second->writes[0].version, 2U);
  EXPECT_THAT(model->read(local_reader(), {"Patient", "7"})->json, HasSubstr(R"("active":true)"));
  EXPECT_EQ(model->read_version(local_reader(), {"Patient", "7"}, 1)->number, 1U);
  EXPECT_EQ(model->read_version(local_reader(), {"Patient", "7"}, 3).error().code(), ErrorCode::not_found);
}

TEST(Store, writes_nothing_when_nothing_changes) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7", R"(,"active":true)")));
  const auto again = model.put(R"({"resourceType":"Patient","id":"7","meta":{"versionId":"1"}, "active":true})");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->writes[0].status, WriteStatus::unchanged);
  EXPECT_EQ(again->writes[0].version, 1U);
  EXPECT_EQ(again->commit, CommitNumber(0));
  EXPECT_EQ(model->last_commit(kDefaultTenant), CommitNumber(1));
}

TEST(Store, a_deleted_resource_is_gone_and_can_come_back) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7")));
  EXPECT_EQ(model.remove("Patient", "7")->writes[0].status, WriteStatus::deleted);
  EXPECT_EQ(model->read(local_reader(), {"Patient", "7"}).error().code(), ErrorCode::gone);
  EXPECT_EQ(model->read_version(local_reader(), {"Patient", "7"}, 2).error().code(), ErrorCode::gone);
  EXPECT_EQ(model.remove("Patient", "7")->writes[0].status, WriteStatus::absent);
  const auto back = model.put(patient("7"));
  EXPECT_EQ(back->writes[0].status, WriteStatus::created);
  EXPECT_EQ(back->writes[0].version, 3U);
}

TEST(Store, a_version_condition_must_hold) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7")));
  Write stale = update_of(patient("7", R"(,"active":true)"));
  stale.condition.version = 2;
  EXPECT_EQ(code_of(model.commit(std::move(stale))), ErrorCode::precondition_failed);
  Write fresh = update_of(patient("7", R"(,"active":true)"));
  fresh.condition.version = 1;
  EXPECT_TRUE(model.commit(std::move(fresh)));
  Write absent = update_of(patient("7"));
  absent.condition.must_be_absent = true;
  EXPECT_EQ(code_of(model.commit(std::move(absent))), ErrorCode::precondition_failed);
}

TEST(Store, a_commit_happens_whole_or_not_at_all) {
  ModelStore model;
  CommitRequest request;
  request.writes.push_back(update_of(patient("1")));
  request.writes.push_back(update_of(patient("2")));
  request.writes.back().condition.version = 5;
  const auto outcome = model->commit(local_writer(), std::move(request));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().write, 1U);
  EXPECT_EQ(model->read(local_reader(), {"Patient", "1"}).error().code(), ErrorCode::not_found);
}

TEST(Store, a_resource_stands_in_a_commit_once) {
  ModelStore model;
  CommitRequest request;
  request.writes.push_back(update_of(patient("1")));
  request.writes.push_back(update_of(patient("1")));
  EXPECT_EQ(code_of(model->commit(local_writer(), std::move(request))), ErrorCode::invalid_argument);
}

TEST(Store, refuses_ids_types_and_documents_that_are_none) {
  ModelStore model;
  Write write = update_of(patient("1"));
  write.key.id = "a/b";
  EXPECT_EQ(code_of(model.commit(std::move(write))), ErrorCode::invalid_argument);
  write = update_of(patient("1"));
  write.key.type = "Observation";
  EXPECT_EQ(code_of(model.commit(std::move(write))), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(model.commit({.kind = WriteKind::update, .key = {"Patient", "1"}})), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(model.remove("HumanName", "1")), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(model.put(R"({"resourceType":"Patient","id":"1","meta":"x"})")), ErrorCode::unprocessable);
}

TEST(Store, a_reader_of_a_past_commit_sees_the_past) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7")));
  ASSERT_TRUE(model.put(patient("7", R"(,"active":true)")));
  ASSERT_TRUE(model.put(patient("8")));
  ReadContext past = local_reader();
  past.at = CommitNumber(1);
  EXPECT_EQ(model->read(past, {"Patient", "7"})->number, 1U);
  EXPECT_EQ(model->read(past, {"Patient", "8"}).error().code(), ErrorCode::not_found);
  past.at = CommitNumber(9);
  EXPECT_EQ(model->read(past, {"Patient", "7"}).error().code(), ErrorCode::not_found);
}

TEST(Store, tenants_see_nothing_of_each_other) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("7")));
  ReadContext other = local_reader();
  other.tenant = TenantId(2);
  EXPECT_EQ(model->read(other, {"Patient", "7"}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(model->last_commit(TenantId(2)), CommitNumber(0));
}

TEST(Store, times_never_go_back) {
  ManualClock clock;
  ModelStore model({.clock = &clock});
  const Instant first = model.put(patient("1"))->time;
  clock.set(first - Duration::hours(1));
  EXPECT_EQ(model.put(patient("2"))->time, first);
  model.reopen();
  EXPECT_EQ(model.put(patient("3"))->time, first);
}

TEST(Store, history_of_a_resource_is_newest_first_in_pages) {
  ModelStore model;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(model.put(patient("7", ",\"multipleBirthInteger\":" + std::to_string(i))));
  HistoryRequest request{.type = "Patient", .id = "7", .count = 2};
  auto page = model->history(local_reader(), request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->total, 5U);
  std::vector<std::uint64_t> numbers;
  while (true) {
    for (const Version& version : page->versions) numbers.push_back(version.number);
    if (page->next.empty()) break;
    // A write in between shifts nothing.
    ASSERT_TRUE(model.put(patient("7", ",\"multipleBirthInteger\":" + std::to_string(10 + numbers.size()))));
    request.cursor = page->next;
    page = model->history(local_reader(), request);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->total, 5U);
  }
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(model->history(local_reader(), {.type = "Patient", .id = "8"}).error().code(), ErrorCode::not_found);
}

TEST(Store, history_of_a_type_and_of_all_follow_the_commits) {
  ManualClock clock;
  ModelStore model({.clock = &clock});
  ASSERT_TRUE(model.put(patient("1")));
  ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"b"})"));
  clock.advance(Duration::seconds(10));
  ASSERT_TRUE(model.put(patient("1", R"(,"active":true)")));
  ASSERT_TRUE(model.remove("Patient", "1"));

  const auto all = model->history(local_reader(), {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->total, 4U);
  ASSERT_EQ(all->versions.size(), 4U);
  EXPECT_EQ(all->versions[0].change, Change::deleted);
  EXPECT_EQ(all->versions[0].json, "");
  EXPECT_EQ(all->versions[2].key.type, "Basic");
  const auto patients = model->history(local_reader(), {.type = "Patient"});
  EXPECT_EQ(patients->total, 3U);
  EXPECT_EQ(patients->versions.size(), 3U);
  const auto late = model->history(local_reader(), {.since = clock.now() - Duration::seconds(5)});
  EXPECT_EQ(late->total, 2U);
  EXPECT_EQ(late->versions.size(), 2U);
  const auto late_patients =
      model->history(local_reader(), {.type = "Basic", .since = clock.now() - Duration::seconds(5)});
  EXPECT_EQ(late_patients->total, 0U);

  HistoryRequest paged{.count = 3};
  const auto first = model->history(local_reader(), paged);
  paged.cursor = first->next;
  const auto second = model->history(local_reader(), paged);
  ASSERT_EQ(second->versions.size(), 1U);
  EXPECT_EQ(second->versions[0].commit, CommitNumber(1));
  paged.cursor = "nonsense";
  EXPECT_EQ(model->history(local_reader(), paged).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(model->history(local_reader(), {.id = "7"}).error().code(), ErrorCode::invalid_argument);
}

TEST(Store, the_feed_tells_every_change_once_in_order) {
  ModelStore model;
  CommitRequest request;
  request.writes.push_back(update_of(patient("1")));
  request.writes.push_back(update_of(patient("2")));
  ASSERT_TRUE(model->commit(local_writer(), std::move(request)));
  ASSERT_TRUE(model.remove("Patient", "1"));
  auto page = model->feed(local_reader(), CommitNumber(0), 1);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->entries.size(), 2U);  // a commit is not cut
  EXPECT_EQ(page->through, CommitNumber(1));
  EXPECT_FALSE(page->is_current);
  page = model->feed(local_reader(), page->through, 100);
  ASSERT_EQ(page->entries.size(), 1U);
  EXPECT_EQ(page->entries[0].change, Change::deleted);
  EXPECT_EQ(page->entries[0].version, 2U);
  EXPECT_TRUE(page->is_current);
  EXPECT_EQ(model->feed(local_reader(), CommitNumber(7), 1).error().code(), ErrorCode::not_found);
}

TEST(Store, tells_when_a_commit_became_visible) {
  ModelStore model;
  std::promise<CommitNumber> told;
  auto handle = model->on_commit([&](TenantId, CommitNumber commit) { told.set_value(commit); });
  ASSERT_TRUE(model.put(patient("1")));
  EXPECT_EQ(told.get_future().get(), CommitNumber(1));
  handle.reset();
  ASSERT_TRUE(model.put(patient("2")));
}

TEST(Store, counts_what_is_there) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1")));
  ASSERT_TRUE(model.put(patient("1", R"(,"active":true)")));
  ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"b"})"));
  ASSERT_TRUE(model.remove("Basic", "b"));
  for (int round = 0; round < 2; ++round) {
    const auto statistics = model->statistics(local_reader());
    ASSERT_TRUE(statistics);
    EXPECT_EQ(statistics->resources, 1U);
    EXPECT_EQ(statistics->versions, 4U);
    EXPECT_EQ(statistics->by_type, (std::vector<std::pair<std::string, std::uint64_t>>{{"Patient", 1}}));
    model.reopen();
  }
}

TEST(Store, what_was_acknowledged_survives_a_loss_of_power) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1")));
  model.crash();
  EXPECT_TRUE(model->read(local_reader(), {"Patient", "1"}));
  EXPECT_EQ(model.put(patient("2"))->commit, CommitNumber(2));
}

TEST(Store, after_a_failed_write_it_refuses_to_write_until_it_is_opened_again) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1")));
  model.disk().fail_at(1, meridian::testing::ModelFault::unknown);
  EXPECT_EQ(code_of(model.put(patient("2"))), ErrorCode::io_failure);
  EXPECT_EQ(code_of(model.put(patient("3"))), ErrorCode::io_failure);
  EXPECT_TRUE(model->read(local_reader(), {"Patient", "1"}));
  model.crash();
  EXPECT_TRUE(model.put(patient("3")));
}

TEST(Store, a_full_disk_is_busy_and_passes) {
  ModelStore model;
  model.disk().fail_at(1, meridian::testing::ModelFault::busy);
  EXPECT_EQ(code_of(model.put(patient("1"))), ErrorCode::busy);
  EXPECT_EQ(model.put(patient("1"))->commit, CommitNumber(1));
}

TEST(Store, a_write_that_nobody_waits_for_any_more_is_not_made) {
  ModelStore model;
  WriteContext context = local_writer();
  StopSource stop;
  stop.request_stop();
  context.stop = stop.token();
  CommitRequest request;
  request.writes.push_back(update_of(patient("1")));
  EXPECT_EQ(code_of(model->commit(context, std::move(request))), ErrorCode::cancelled);
}

class RefusingCheck final : public WriteCheck {
 public:
  void check(const WriteContext&, const fhir::Document&, Issues& issues) const override {
    static constexpr Message kNo{"no", "no", "不"};
    issues.add({Severity::error, IssueType::business_rule, kNo});
  }
};

TEST(Store, a_write_check_refuses_with_its_issues) {
  const RefusingCheck check;
  ModelStore model({.check = &check});
  const auto outcome = model.put(patient("1"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(code_of(outcome), ErrorCode::unprocessable);
  EXPECT_EQ(outcome.error().issues.size(), 1U);
}

}  // namespace
}  // namespace meridian::store
