#include "store/internal/value_text.hpp"

#include <gtest/gtest.h>

namespace meridian::store {
namespace {

std::string kept(std::string_view json) {
  const auto value = ValueText::of(json);
  return value ? value->text : "error: " + value.error().message();
}
std::string shown(std::string_view json) {
  const auto value = ValueText::of(json);
  return show(value->text, value->id_at, value->meta_at, "7", 3, Instant::from_seconds(0));
}
constexpr const char* kMeta = R"("versionId":"3","lastUpdated":"1970-01-01T00:00:00Z")";

TEST(ValueText, leaves_out_what_the_store_knows_and_white_space) {
  EXPECT_EQ(kept(" { \"resourceType\" : \"Patient\",\n \"id\":\"x\", \"active\" : true , \"n\":[ 1.00 , {} ] }\n"),
            R"({"resourceType":"Patient","active":true,"n":[1.00,{}]})");
  EXPECT_EQ(kept(R"({"id":"x","resourceType":"Patient"})"), R"({"resourceType":"Patient"})");
  EXPECT_EQ(kept(R"({"resourceType":"Patient","text":"a \" { } b\\"})"),
            R"({"resourceType":"Patient","text":"a \" { } b\\"})");
}

TEST(ValueText, keeps_the_rest_of_meta) {
  EXPECT_EQ(kept(R"({"resourceType":"Patient","meta":{"versionId":"1","profile":["p"],"lastUpdated":"t"},"a":1})"),
            R"({"resourceType":"Patient","meta":{"profile":["p"]},"a":1})");
  EXPECT_EQ(kept(R"({"meta":{"versionId":"1"},"resourceType":"Patient","id":"x"})"), R"({"resourceType":"Patient"})");
  EXPECT_EQ(kept(R"({"resourceType":"Patient","meta":{}})"), R"({"resourceType":"Patient"})");
}

TEST(ValueText, knows_keys_in_escapes_and_leaves_deeper_ones_alone) {
  EXPECT_EQ(kept(R"({"resourceType":"Patient","\u0069d":"x","contained":[{"resourceType":"Basic","id":"c"}]})"),
            R"({"resourceType":"Patient","contained":[{"resourceType":"Basic","id":"c"}]})");
  EXPECT_EQ(kept(R"({"resourceType":"Patient","_id":{"id":"x"}})"), R"({"resourceType":"Patient","_id":{"id":"x"}})");
}

TEST(ValueText, shows_id_and_version_in_their_places) {
  EXPECT_EQ(shown(R"({"resourceType":"Patient"})"),
            std::string(R"({"resourceType":"Patient","id":"7","meta":{)") + kMeta + "}}");
  EXPECT_EQ(shown(R"({"resourceType":"Patient","meta":{"profile":["p"]},"a":1})"),
            std::string(R"({"resourceType":"Patient","id":"7","meta":{)") + kMeta + R"(,"profile":["p"]},"a":1})");
  EXPECT_EQ(
      shown(R"({"a":1,"meta":{"profile":["p"]},"resourceType":"Patient","b":2})"),
      std::string(R"({"a":1,"meta":{)") + kMeta + R"(,"profile":["p"]},"resourceType":"Patient","id":"7","b":2})");
}

TEST(ValueText, refuses_what_is_no_resource) {
  EXPECT_EQ(kept("[1]"), "error: a resource is a JSON object");
  EXPECT_EQ(kept("{}"), "error: a resource has a resourceType");
  EXPECT_EQ(kept(R"({"resourceType":"Patient","meta":[]})"), "error: meta is a JSON object");
}

}  // namespace
}  // namespace meridian::store
