#include "terminology/follower.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "kv/testing/model_kv.hpp"
#include "store/store.hpp"
#include "terminology/library.hpp"
#include "terminology/testing/shelf.hpp"

namespace meridian::terminology {
namespace {

constexpr std::string_view kInfections = "http://example.org/infections";

struct House {
  std::unique_ptr<store::Store> store;
  Service service;
  Library library{service};

  House() {
    auto kv = meridian::testing::open_model(store::Store::spaces(), std::make_shared<meridian::testing::ModelDisk>());
    auto opened = store::Store::open(store::StoreOptions{}, *std::move(kv));
    EXPECT_TRUE(opened.has_value());
    store = *std::move(opened);
  }
  void write(store::WriteKind kind, std::string type, std::string id, std::string_view json = {}) {
    store::CommitRequest request;
    Issues issues;
    fhir::Document document;
    if (!json.empty()) document = fhir::DocumentParser().parse(std::string(json), issues);
    request.writes.push_back({kind, {std::move(type), std::move(id)}, std::move(document), {}});
    const auto done = store->commit(store::local_writer(), std::move(request));
    ASSERT_TRUE(done.has_value()) << done.error().error.message();
  }
  void put(std::string type, std::string id, std::string_view json) {
    write(store::WriteKind::update, std::move(type), std::move(id), json);
  }
  bool has_infections() const { return service.snapshot()->code_set(kInfections).has_value(); }
};

std::string with_id(std::string_view json, std::string_view id) {
  std::string text(json);
  text.insert(text.find(',') + 1, "\"id\":\"" + std::string(id) + "\",");
  return text;
}

TEST(Follower, begins_with_what_is_stored) {
  House house;
  house.put("ValueSet", "i", with_id(testing::value_set_json(), "i"));
  house.put("CodeSystem", "d", with_id(testing::diseases_json(), "d"));
  const auto follower = Follower::start(*house.store, house.library);
  ASSERT_TRUE(follower.has_value());
  const CodeSetPtr set = *house.service.snapshot()->code_set(kInfections);
  EXPECT_EQ(set->contains("http://example.org/diseases", "sepsis"), fhir::Membership::in);
}

TEST(Follower, takes_what_is_stored_and_drops_what_is_deleted) {
  House house;
  const auto follower = *Follower::start(*house.store, house.library);
  EXPECT_FALSE(house.has_infections());
  house.put("ValueSet", "i", with_id(testing::value_set_json(), "i"));
  house.put("Patient", "p", R"({"resourceType":"Patient","id":"p"})");
  ASSERT_TRUE(follower->catch_up().has_value());
  EXPECT_TRUE(house.has_infections());
  house.write(store::WriteKind::remove, "ValueSet", "i");
  ASSERT_TRUE(follower->catch_up().has_value());
  EXPECT_FALSE(house.has_infections());
}

TEST(Follower, leaves_out_what_cannot_be_used) {
  House house;
  const auto follower = *Follower::start(*house.store, house.library);
  house.put("CodeSystem", "d", R"({"resourceType":"CodeSystem","id":"d","status":"active","content":"complete"})");
  house.put("ValueSet", "i", with_id(testing::value_set_json(), "i"));
  ASSERT_TRUE(follower->catch_up().has_value());
  EXPECT_TRUE(house.has_infections());
}

}  // namespace
}  // namespace meridian::terminology
