#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "search/query.hpp"
#include "store/bulk.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::document_of;
using meridian::testing::ModelStore;
using meridian::testing::update_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Pairs = std::vector<std::pair<std::string, std::string>>;

search::Query query_of(const Store& store, const std::string& type, const Pairs& request) {
  Issues issues;
  const auto parameters = store.parameters(kDefaultTenant);
  search::Query query =
      search::parse_query(*parameters, parameters->schema().find_type(type), request, {.strict = true}, issues);
  EXPECT_FALSE(issues.has_errors());
  return query;
}

std::vector<std::string> ids(Store& store, const std::string& type, const Pairs& request,
                             const ReadContext& context = local_reader()) {
  std::vector<std::string> found;
  search::Query query = query_of(store, type, request);
  while (true) {
    const auto page = store.search(context, query);
    if (!page) return {page.error().message()};
    for (const Found& entry : page->entries) found.push_back(entry.version.key.id);
    if (page->next.empty()) return found;
    query.cursor = page->next;
  }
}

std::string patient(const std::string& id, const std::string& family, const std::string& more = {}) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":")" + family + "\"}]" + more + '}';
}

TEST(StoreSearch, finds_what_is_current) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen")));
  ASSERT_TRUE(model.put(patient("2", "Chen")));
  ASSERT_TRUE(model.put(patient("3", "Wang")));
  ASSERT_TRUE(model.put(patient("2", "Li")));
  EXPECT_THAT(ids(*model, "Patient", {{"family", "chen"}}), ElementsAre("1"));
  ASSERT_TRUE(model.remove("Patient", "1"));
  EXPECT_THAT(ids(*model, "Patient", {{"family", "chen"}}), ElementsAre());
  ReadContext past = local_reader();
  past.at = CommitNumber(2);
  EXPECT_THAT(ids(*model, "Patient", {{"family", "chen"}}, past), UnorderedElementsAre("1", "2"));
}

TEST(StoreSearch, finds_the_same_after_a_crash_and_after_a_reindex) {
  ModelStore model;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(model.put(patient(std::to_string(i), i % 2 == 0 ? "Chen" : "Wang")));
  ASSERT_TRUE(model.put(patient("4", "Li")));
  model.crash();
  EXPECT_EQ(ids(*model, "Patient", {{"family", "chen"}}).size(), 9U);
  ASSERT_TRUE(model->reindex(kDefaultTenant, {}));
  EXPECT_EQ(ids(*model, "Patient", {{"family", "chen"}}).size(), 9U);
  EXPECT_THAT(*model->verify({}), ElementsAre());
  model.reopen();
  EXPECT_EQ(ids(*model, "Patient", {{"family", "chen"}}).size(), 9U);
}

TEST(StoreSearch, later_pages_see_the_snapshot_of_the_first) {
  ModelStore model;
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(model.put(patient(std::to_string(i), "Chen")));
  search::Query query = query_of(*model, "Patient", {{"family", "chen"}, {"_count", "4"}});
  const auto first = model->search(local_reader(), query);
  ASSERT_TRUE(first);
  ASSERT_TRUE(model.put(patient("0", "Li")));
  ASSERT_TRUE(model.put(patient("9", "Chen")));
  query.cursor = first->next;
  const auto second = model->search(local_reader(), query);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->snapshot, first->snapshot);
  EXPECT_EQ(first->entries.size() + second->entries.size(), 6U);
  query.cursor = "nonsense";
  EXPECT_EQ(model->search(local_reader(), query).error().code(), ErrorCode::invalid_argument);
}

TEST(StoreSearch, a_search_by_last_updated_follows_the_commits) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen")));
  const Instant time = model.put(patient("2", "Chen"))->time;
  EXPECT_EQ(ids(*model, "Patient", {{"_lastUpdated", "gt2000-01-01"}}).size(), 2U);
  EXPECT_EQ(ids(*model, "Patient", {{"_lastUpdated", "lt2000-01-01"}}).size(), 0U);
  EXPECT_THAT(ids(*model, "Patient", {{"_lastUpdated", "gt" + (time + Duration::seconds(60)).to_string()}}),
              ElementsAre());
}

Write conditional(WriteKind kind, std::string json, Pairs search) {
  Write write;
  write.kind = kind;
  write.key.type = "Patient";
  if (!json.empty()) write.document = document_of(std::move(json));
  write.condition.search = std::move(search);
  return write;
}

TEST(StoreSearch, a_conditional_create_gives_back_what_is_there) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen")));
  auto outcome = model.commit(conditional(WriteKind::create, patient("x", "Chen"), {{"family", "chen"}}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::existed);
  EXPECT_EQ(outcome->writes[0].key.id, "1");
  outcome = model.commit(conditional(WriteKind::create, patient("x", "Wang"), {{"family", "wang"}}));
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::created);
  ASSERT_TRUE(model.put(patient("2", "Chen")));
  outcome = model.commit(conditional(WriteKind::create, patient("x", "Chen"), {{"family", "chen"}}));
  EXPECT_EQ(outcome.error().error.code(), ErrorCode::precondition_failed);
  Write refusing = conditional(WriteKind::create, patient("x", "Wang"), {{"family", "wang"}});
  refusing.condition.refuses_match = true;
  EXPECT_EQ(model.commit(std::move(refusing)).error().error.code(), ErrorCode::precondition_failed);
}

TEST(StoreSearch, conditional_updates_and_deletes_find_their_target) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen")));
  auto outcome =
      model.commit(conditional(WriteKind::update, patient("x", "Chen", R"(,"active":true)"), {{"family", "chen"}}));
  ASSERT_TRUE(outcome) << outcome.error().error.message();
  EXPECT_EQ(outcome->writes[0].key.id, "1");
  EXPECT_EQ(outcome->writes[0].version, 2U);
  EXPECT_TRUE(model->read(local_reader(), {"Patient", "1"}));
  outcome = model.commit(conditional(WriteKind::update, patient("x", "Wang"), {{"family", "wang"}}));
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::created);
  outcome = model.commit(conditional(WriteKind::remove, "", {{"family", "wang"}}));
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::deleted);
  outcome = model.commit(conditional(WriteKind::remove, "", {{"family", "wang"}}));
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::absent);
  Write other = conditional(WriteKind::update, patient("x", "Chen"), {{"family", "chen"}});
  other.key.id = "other";
  EXPECT_EQ(model.commit(std::move(other)).error().error.code(), ErrorCode::invalid_argument);
  EXPECT_EQ(model.commit(conditional(WriteKind::update, patient("x", "A"), {{"nonsense", "1"}})).error().error.code(),
            ErrorCode::invalid_argument);
  EXPECT_THAT(*model->verify({}), ElementsAre());
}

TEST(StoreSearch, references_must_lead_somewhere_when_asked_to) {
  ModelStore model({.check_references = true});
  const std::string observation =
      R"({"resourceType":"Basic","id":"b","code":{"text":"x"},"subject":{"reference":"Patient/1"}})";
  EXPECT_EQ(model.put(observation).error().error.code(), ErrorCode::unprocessable);
  CommitRequest both;
  both.writes.push_back(update_of(observation));
  both.writes.push_back(update_of(patient("1", "Chen")));
  EXPECT_TRUE(model->commit(local_writer(), std::move(both)));
}

TEST(StoreSearch, identifiers_are_unique_where_the_policy_says_so) {
  ModelStore model({.unique_identifiers = {{"Patient", "urn:mrn"}}});
  const std::string mrn = R"(,"identifier":[{"system":"urn:mrn","value":"a|b"}])";
  ASSERT_TRUE(model.put(patient("1", "Chen", mrn)));
  EXPECT_EQ(model.put(patient("2", "Chen", mrn)).error().error.code(), ErrorCode::conflict);
  EXPECT_TRUE(model.put(patient("1", "Li", mrn)));
  CommitRequest both;
  const std::string other = R"(,"identifier":[{"system":"urn:mrn","value":"c"}])";
  both.writes.push_back(update_of(patient("3", "A", other)));
  both.writes.push_back(update_of(patient("4", "B", other)));
  EXPECT_EQ(model->commit(local_writer(), std::move(both)).error().error.code(), ErrorCode::conflict);
}

class ClosedPolicy final : public ReadPolicy {
 public:
  Result<Permission> permission(const ReadContext&, fhir::TypeId type) const override {
    Permission permission;
    const fhir::Schema& schema = fhir::Schema::r4();
    if (type == schema.find_type("Basic")) permission.is_denied = true;
    if (type == schema.find_type("Patient")) {
      Issues issues;
      permission.rows =
          search::parse_query(*search::Parameters::r4(), type, Pairs{{"active", "true"}}, {}, issues).filter;
      permission.masked = {"Patient.name.family", "Patient.birthDate"};
    }
    return permission;
  }
};

TEST(StoreSearch, a_policy_holds_of_every_way_to_read) {
  const ClosedPolicy policy;
  ModelStore model({.policy = &policy});
  ASSERT_TRUE(model.put(patient("1", "Chen", R"(,"active":true,"birthDate":"2000-01-01","gender":"male")")));
  ASSERT_TRUE(model.put(patient("2", "Wang", R"(,"active":false)")));
  ASSERT_TRUE(model.put(R"({"resourceType":"Basic","id":"b","code":{"text":"x"}})"));
  const auto seen = model->read(local_reader(), {"Patient", "1"});
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->json, Not(HasSubstr("Chen")));
  EXPECT_THAT(seen->json, Not(HasSubstr("2000-01-01")));
  EXPECT_THAT(seen->json, HasSubstr(R"("gender":"male")"));
  EXPECT_EQ(model->read(local_reader(), {"Patient", "2"}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(model->read(local_reader(), {"Basic", "b"}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(model->history(local_reader(), {})->versions.size(), 1U);
  EXPECT_THAT(ids(*model, "Patient", {{"_id", "1,2"}}), ElementsAre("1"));
  EXPECT_THAT(ids(*model, "Basic", {{"_id", "b"}}), ElementsAre());
  int scanned = 0;
  ASSERT_TRUE(model->scan(local_reader(), "Patient", {}, [&](Version&&) { return ++scanned > 0; }));
  EXPECT_EQ(scanned, 1);
}

TEST(StoreSearch, a_scan_of_many_gives_what_a_scan_of_few_gives) {
  ModelStore model;
  const auto observation = [](int number, const std::string& patient, const std::string& more = "") {
    return R"({"resourceType":"Observation","id":"o)" + std::to_string(number) +
           R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" + patient + "\"}" + more + "}";
  };
  for (const char* id : {"1", "10", "2"}) ASSERT_TRUE(model.put(patient(id, "Chen")));
  ASSERT_TRUE(model.put(R"({"resourceType":"Organization","id":"o1","name":"x"})"));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(model.put(observation(i, i % 3 == 0 ? "1" : i % 3 == 1 ? "10" : "2")));
  ASSERT_TRUE(model.put(observation(3, "2")));  // to another home
  ASSERT_TRUE(model.put(observation(4, "10", R"(,"note":[{"text":"second"}])")));
  ASSERT_TRUE(model.put(observation(5, "2", R"(,"note":[{"text":")" + std::string(3 << 20, 'x') + "\"}]")));
  ASSERT_TRUE(model.remove("Observation", "o6"));
  const auto scanned = [&](const ReadContext& context, std::optional<Instant> since) {
    std::map<std::string, std::string> found;
    EXPECT_TRUE(model->scan(context, "Observation", since, [&](Version&& version) {
      const std::string what = std::to_string(version.number) + ' ' + std::to_string(version.commit.value()) + ' ';
      return found.emplace(version.key.id, what + version.json).second;
    }));
    return found;
  };
  // What is many is read home by home; of the past it is not known how many there are.
  ReadContext past = local_reader();
  past.at = model->read(local_reader(), {"Observation", "o5"})->commit;
  const auto before = scanned(past, {});
  EXPECT_EQ(before.size(), 40U);
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"o6","status":"final","code":{"text":"again"}})"));
  auto now = scanned(local_reader(), {});
  EXPECT_EQ(now.size(), 40U);
  now["o6"] = before.at("o6");
  EXPECT_EQ(now, before);
  const Instant since = model->read(local_reader(), {"Observation", "o3"})->last_updated;
  EXPECT_EQ(scanned(local_reader(), since).count("o0"), 0U);
  EXPECT_EQ(scanned(local_reader(), since).count("o3"), 1U);
}

TEST(StoreSearch, everything_is_the_home_the_compartment_and_what_they_refer_to) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen", R"(,"managingOrganization":{"reference":"Organization/o"})")));
  ASSERT_TRUE(model.put(patient("2", "Wang")));
  ASSERT_TRUE(model.put(R"({"resourceType":"Organization","id":"o"})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Organization","id":"unrelated"})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"mine","subject":{"reference":"Patient/1"}})"));
  // In the compartment as its performer, in another's home.
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"did","subject":{"reference":"Patient/2"},)"
                        R"("performer":[{"reference":"Patient/1"}]})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"moved","subject":{"reference":"Patient/1"}})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"moved","subject":{"reference":"Group/g"}})"));
  ASSERT_TRUE(model.put(R"({"resourceType":"Observation","id":"deleted","subject":{"reference":"Patient/1"}})"));
  ASSERT_TRUE(model.remove("Observation", "deleted"));
  std::vector<std::string> found;
  ASSERT_TRUE(model->everything(local_reader(), "1", [&](Version&& version) {
    found.push_back(version.key.type + '/' + version.key.id);
    return true;
  }));
  EXPECT_THAT(found,
              UnorderedElementsAre("Patient/1", "Observation/mine", "Observation/did", "Organization/o", "Patient/2"));
  int visited = 0;
  ASSERT_TRUE(model->everything(local_reader(), "1", [&](Version&&) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
  EXPECT_EQ(model->everything(local_reader(), "9", [](Version&&) { return true; }).error().code(),
            ErrorCode::not_found);
}

TEST(StoreSearch, a_search_parameter_of_the_users_comes_into_force_with_a_reindex) {
  ModelStore model;
  ASSERT_TRUE(model.put(patient("1", "Chen", R"(,"multipleBirthInteger":2)")));
  ASSERT_TRUE(model.put(R"({"resourceType":"SearchParameter","id":"birth-order","url":"http://here/birth-order",)"
                        R"("name":"BirthOrder","status":"active","description":"d","code":"birth-order",)"
                        R"x("base":["Patient"],"type":"number","expression":"(Patient.multipleBirth as integer)"})x"));
  ASSERT_TRUE(model->reindex(kDefaultTenant, {}));
  EXPECT_THAT(ids(*model, "Patient", {{"birth-order", "2"}}), ElementsAre("1"));
  model.reopen();
  EXPECT_THAT(ids(*model, "Patient", {{"birth-order", "2"}}), ElementsAre("1"));
}

TEST(StoreSearch, what_a_bulk_load_brought_is_found) {
  ModelStore model;
  std::string ndjson;
  for (int i = 0; i < 2100; ++i) ndjson += patient("p" + std::to_string(i), i % 100 == 0 ? "Chen" : "Wang") + '\n';
  BulkLoader loader(*model, local_writer());
  ASSERT_TRUE(loader.write(loader.prepare(ndjson)));
  EXPECT_EQ(ids(*model, "Patient", {{"family", "chen"}}).size(), 21U);
  model.crash();
  EXPECT_EQ(ids(*model, "Patient", {{"family", "chen"}}).size(), 21U);
  EXPECT_THAT(*model->verify({}), ElementsAre());
}

}  // namespace
}  // namespace meridian::store
