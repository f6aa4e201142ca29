// Notes: what a writer keeps beside versions for itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/bulk.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::ModelStore;
using meridian::testing::update_of;
using ::testing::IsEmpty;

Write noted(std::string json, std::string note) {
  Write write = update_of(std::move(json));
  write.note = std::move(note);
  return write;
}

Write only_note(std::string note, std::optional<std::uint64_t> version = {}) {
  Write write;
  write.kind = WriteKind::note;
  write.key = {"Patient", "1"};
  write.note = std::move(note);
  write.condition.version = version;
  return write;
}

constexpr const char* kPlain = R"({"resourceType":"Patient","id":"1"})";
constexpr const char* kActive = R"({"resourceType":"Patient","id":"1","active":true})";

std::string note_of(ModelStore& model, const ResourceKey& key = {"Patient", "1"}) {
  const auto found = model->read_noted(local_reader(), key);
  return found ? found->note : std::string(name(found.error().code()));
}

TEST(Notes, lie_beside_the_version_and_are_not_shown_with_it) {
  ModelStore model;
  ASSERT_TRUE(model.commit(noted(kPlain, "from A01")));
  for (int round = 0; round < 2; ++round) {
    const auto found = model->read_noted(local_reader(), {"Patient", "1"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->note, "from A01");
    EXPECT_EQ(found->version.number, 1U);
    EXPECT_EQ(found->version.json.find("A01"), std::string::npos);
    EXPECT_THAT(*model->verify({}), IsEmpty());
    model.crash();
  }
  EXPECT_EQ(note_of(model, {"Patient", "2"}), "not_found");
}

TEST(Notes, change_without_a_version_when_nothing_else_does) {
  ModelStore model;
  ASSERT_TRUE(model.commit(noted(kPlain, "first")));
  const auto same = model.commit(noted(kPlain, "second"));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->writes[0].status, WriteStatus::unchanged);
  EXPECT_EQ(note_of(model), "second");
  ASSERT_TRUE(model.commit(only_note("third", 1)));
  EXPECT_EQ(note_of(model), "third");
  EXPECT_EQ(model.commit(only_note("fourth", 2)).error().error.code(), ErrorCode::precondition_failed);
  model.crash();
  EXPECT_EQ(note_of(model), "third");
  EXPECT_EQ(model->history(local_reader(), {})->versions.size(), 1U);
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

TEST(Notes, of_what_is_not_there_are_not_written) {
  ModelStore model;
  const auto outcome = model.commit(only_note("of nothing"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->writes[0].status, WriteStatus::absent);
  EXPECT_EQ(note_of(model), "not_found");
}

TEST(Notes, stay_in_force_until_another_is_written) {
  ModelStore model;
  ASSERT_TRUE(model.commit(noted(kPlain, "first")));
  ASSERT_TRUE(model.put(kActive));  // by somebody who keeps none
  EXPECT_EQ(note_of(model), "first");
  ASSERT_TRUE(model.commit(noted(kPlain, "third")));
  EXPECT_EQ(note_of(model), "third");
}

TEST(Notes, go_with_what_they_lie_beside) {
  ModelStore model;
  ASSERT_TRUE(model.commit(noted(kPlain, "first")));
  ASSERT_TRUE(model.commit(noted(kActive, "second")));
  ASSERT_TRUE(model->purge(local_writer(), {"Patient", "1"}, false));
  EXPECT_EQ(note_of(model), "second");
  EXPECT_THAT(*model->verify({}), IsEmpty());
  ASSERT_TRUE(model->purge(local_writer(), {"Patient", "1"}, true));
  ASSERT_TRUE(model.put(kPlain));
  EXPECT_EQ(note_of(model), "");
  ASSERT_TRUE(model.commit(only_note("again")));
  ASSERT_TRUE(model->erase(local_writer(), "Patient/1"));
  EXPECT_EQ(note_of(model), "not_found");
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

TEST(Notes, are_written_by_large_commits_too) {
  ModelStore model;
  constexpr int kMany = 2'100;
  for (const char* round : {"first", "second"}) {
    CommitRequest request;
    for (int i = 0; i < kMany; ++i) {
      request.writes.push_back(noted(R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + "\"}", round));
    }
    ASSERT_TRUE(model->commit(local_writer(), std::move(request)));
    EXPECT_EQ(note_of(model, {"Patient", "p7"}), round);
    EXPECT_EQ(note_of(model, {"Patient", "p2099"}), round);
  }
  EXPECT_EQ(model->statistics(local_reader())->versions, static_cast<std::uint64_t>(kMany));
  EXPECT_THAT(*model->verify({}), IsEmpty());
}

class MaskingPolicy final : public ReadPolicy {
 public:
  Result<Permission> permission(const ReadContext& /*context*/, fhir::TypeId /*type*/) const override {
    Permission permission;
    permission.masked = {"Patient.identifier"};
    return permission;
  }
};

TEST(Notes, are_not_told_to_who_may_not_see_all_of_a_resource) {
  const MaskingPolicy policy;
  StoreOptions options;
  options.policy = &policy;
  ModelStore model(options);
  ASSERT_TRUE(model.commit(noted(kPlain, "identifier[urn:x|123]")));
  EXPECT_EQ(note_of(model), "not_found");
}

TEST(Secrets, are_made_once_a_tenant_and_kept) {
  ModelStore model;
  const std::string secret = *model->secret(kDefaultTenant);
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(*model->secret(kDefaultTenant), secret);
  EXPECT_NE(*model->secret(TenantId(7)), secret);
  model.crash();
  EXPECT_EQ(*model->secret(kDefaultTenant), secret);
}

}  // namespace
}  // namespace meridian::store
