#include "store/internal/homes.hpp"

#include <gtest/gtest.h>

#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

std::string home(const std::string& json, const std::string& id = "x") {
  const fhir::Document document = meridian::testing::document_of(json);
  return Homes(fhir::Schema::r4()).home(document.root(), id);
}

TEST(Homes, are_patients_by_the_published_table) {
  EXPECT_EQ(home(R"({"resourceType":"Patient"})", "7"), "Patient/7");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"Patient/7"}})"), "Patient/7");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"Patient/7/_history/2"}})"), "Patient/7");
  EXPECT_EQ(home(R"({"resourceType":"Coverage","subscriber":{"reference":"Patient/8"}})"), "Patient/8");
  EXPECT_EQ(home(R"({"resourceType":"Appointment","participant":[{"actor":{"reference":"Practitioner/1"}},)"
                 R"({"actor":{"reference":"Patient/9"}}]})"),
            "Patient/9");
}

TEST(Homes, are_shared_for_all_else) {
  EXPECT_EQ(home(R"({"resourceType":"Organization"})"), "shared");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"Group/7"}})"), "shared");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"urn:uuid:0190163d"}})"), "shared");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"http://other/Patient/7"}})"), "shared");
  EXPECT_EQ(home(R"({"resourceType":"Observation","subject":{"reference":"Patient/a\u0000b"}})"), "shared");
}

TEST(Homes, the_table_names_types_and_elements_that_exist) {
  struct Row {
    std::string_view type;
    std::string_view paths;
  };
  constexpr Row kTable[] = {
#define MERIDIAN_HOME(type, paths) {#type, paths},
#include "store/home_table.def"
#undef MERIDIAN_HOME
  };
  const fhir::Schema& schema = fhir::Schema::r4();
  for (const Row& row : kTable) {
    const fhir::TypeId type = schema.find_type(row.type);
    ASSERT_NE(type, fhir::TypeId::none) << row.type;
    std::string path(row.paths.substr(0, row.paths.find_first_of(" .")));
    EXPECT_NE(schema.find_element(type, path), nullptr) << row.type << ' ' << path;
  }
}

TEST(Homes, local_references_are_told_from_others) {
  EXPECT_EQ(parse_local_reference("Patient/7")->id, "7");
  EXPECT_FALSE(parse_local_reference("Patient"));
  EXPECT_FALSE(parse_local_reference("/7"));
  EXPECT_FALSE(parse_local_reference("Patient/7/x"));
  EXPECT_FALSE(parse_local_reference("http://a/Patient/7"));
  EXPECT_FALSE(parse_local_reference("#p"));
}

}  // namespace
}  // namespace meridian::store
