#include "mapping/merge.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "mapping/catalogue.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

const fhir::Schema& schema() {
  return fhir::Schema::r4();
}

Write write(const char* type, std::int64_t time) {
  Write out(schema().find_type(type), Uuid());
  out.set_stamp({time, std::to_string(time)});
  return out;
}

void say(Write& write, SlotKind kind, const char* element, const char* key, const char* json, std::uint32_t items = 1,
         Rank rank = Rank::owner) {
  Slot slot;
  slot.kind = kind;
  slot.rank = rank;
  slot.element = schema().find_name(element);
  slot.key = key;
  slot.json = json;
  slot.items = items;
  write.add(slot);
}

std::string body(const std::string& json) {
  return json.substr(json.find("0000\"") + 5);
}

class Merging : public ::testing::Test {
 protected:
  Merger merger{testing::catalogue()->merge_rules()};
  std::string json;
  std::string origins;
  void merge(const Write& write) {
    Result<Merged> merged = merger.merge(json, origins, write);
    ASSERT_TRUE(merged) << merged.error().message();
    json = merged->json;
    origins = merged->origins;
  }
};

TEST_F(Merging, puts_elements_in_the_order_of_the_schema) {
  Write first = write("Patient", 1);
  say(first, SlotKind::element, "birthDate", "birthDate", R"("birthDate":"1980")");
  say(first, SlotKind::element, "active", "active", R"("active":true)");
  merge(first);
  EXPECT_EQ(body(json), R"(,"active":true,"birthDate":"1980"})");
}

TEST_F(Merging, lets_the_later_word_stand_whatever_comes_last) {
  Write late = write("Patient", 2);
  say(late, SlotKind::element, "gender", "gender", R"("gender":"male")");
  Write early = write("Patient", 1);
  say(early, SlotKind::element, "gender", "gender", R"("gender":"female")");
  merge(late);
  merge(early);
  EXPECT_EQ(body(json), R"(,"gender":"male"})");
}

TEST_F(Merging, lets_the_owner_outweigh_a_later_copy_and_anything_a_fallback) {
  Write copy = write("Encounter", 5);
  say(copy, SlotKind::element, "status", "status", R"("status":"planned")", 1, Rank::copy);
  Write owner = write("Encounter", 1);
  say(owner, SlotKind::element, "status", "status", R"("status":"finished")");
  Write fallback = write("Encounter", 9);
  say(fallback, SlotKind::element, "status", "status", R"("status":"unknown")", 1, Rank::fallback);
  merge(fallback);
  merge(owner);
  merge(copy);
  merge(fallback);
  EXPECT_EQ(body(json), R"(,"status":"finished"})");
}

TEST_F(Merging, keeps_apart_what_different_fields_gave_to_a_list) {
  Write both = write("Patient", 1);
  say(both, SlotKind::source, "telecom", "telecom@PID-13", R"({"value":"1"},{"value":"2"})", 2);
  say(both, SlotKind::source, "telecom", "telecom@PID-14", R"({"value":"3"})");
  merge(both);
  Write one = write("Patient", 2);
  say(one, SlotKind::source, "telecom", "telecom@PID-13", R"({"value":"9"})");
  merge(one);
  EXPECT_NE(json.find(R"({"value":"9"})"), std::string::npos);
  EXPECT_NE(json.find(R"({"value":"3"})"), std::string::npos);
  EXPECT_EQ(json.find(R"({"value":"1"})"), std::string::npos);
}

TEST_F(Merging, keeps_what_somebody_else_wrote_between_two_messages) {
  Write first = write("Patient", 1);
  say(first, SlotKind::element, "gender", "gender", R"("gender":"male")");
  say(first, SlotKind::item, "identifier", "identifier[urn:a|1]", R"({"system":"urn:a","value":"1"})");
  merge(first);
  // A clinician adds a birth date with an extension, an identifier and a photo by REST.
  json = R"({"resourceType":"Patient","id":"00000000-0000-0000-0000-000000000000","meta":{"versionId":"2"},)"
         R"("identifier":[{"system":"urn:b","value":"2"},{"system":"urn:a","value":"1"}],"gender":"male",)"
         R"("birthDate":"1980","_birthDate":{"id":"x"},"photo":[{"title":"p"}]})";
  Write second = write("Patient", 2);
  say(second, SlotKind::element, "gender", "gender", R"("gender":"female")");
  say(second, SlotKind::item, "identifier", "identifier[urn:b|2]", R"({"system":"urn:b","value":"2","use":"usual"})");
  merge(second);
  EXPECT_NE(json.find(R"("birthDate":"1980","_birthDate":{"id":"x"})"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("photo":[{"title":"p"}])"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("gender":"female")"), std::string::npos);
  EXPECT_NE(json.find(R"("meta":{"versionId":"2"})"), std::string::npos);
  EXPECT_EQ(json.find(R"({"system":"urn:b","value":"2"})"), std::string::npos)
      << "the same identifier is not there twice";
}

TEST_F(Merging, deletes_and_remembers_the_deletion) {
  Write first = write("Encounter", 1);
  say(first, SlotKind::member, "period", "period.start", R"("start":"2024")");
  say(first, SlotKind::member, "period", "period.end", R"("end":"2025")");
  merge(first);
  Write second = write("Encounter", 3);
  say(second, SlotKind::member, "period", "period.end", "");
  merge(second);
  EXPECT_EQ(body(json), R"(,"period":{"start":"2024"}})");
  Write between = write("Encounter", 2);
  say(between, SlotKind::member, "period", "period.end", R"("end":"2026")");
  merge(between);
  EXPECT_EQ(body(json), R"(,"period":{"start":"2024"}})");
}

TEST_F(Merging, makes_stays_of_observed_places) {
  const auto seen = [](std::int64_t time, const char* key, const char* content) {
    Write out = write("Encounter", time);
    say(out, SlotKind::timeline, "location", key, content);
    return out;
  };
  merge(seen(3, "location#2024-01-03T00:00:00Z|B", R"({"location":{"reference":"B"}})"));
  merge(seen(1, "location#2024-01-01T00:00:00Z|A", R"({"location":{"reference":"A"}})"));
  merge(seen(2, "location#2024-01-02T00:00:00Z|A", R"({"location":{"reference":"A"}})"));
  EXPECT_EQ(
      body(json),
      R"(,"location":[{"location":{"reference":"A"},"status":"completed","period":{"start":"2024-01-01T00:00:00Z","end":"2024-01-03T00:00:00Z"}},)"
      R"({"location":{"reference":"B"},"status":"active","period":{"start":"2024-01-03T00:00:00Z"}}]})");
}

TEST_F(Merging, refuses_origins_and_versions_that_it_cannot_read) {
  const Write empty = write("Patient", 1);
  EXPECT_FALSE(merger.merge("{}", "\x02", empty));
  EXPECT_FALSE(merger.merge("",
                            std::string_view("\x01\x01\x02\x05"
                                             "a",
                                             5),
                            empty));
  EXPECT_FALSE(merger.merge("no json", "", empty));
}

}  // namespace
}  // namespace meridian::mapping
