// The operations on stored resources, as a client sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhirpath/patch.hpp"
#include "formats/fhir/json.hpp"
#include "rest/diff_operation.hpp"
#include "rest/stats_operation.hpp"
#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::StoreClient;
using ::testing::UnorderedElementsAre;

std::string observation(const std::string& id, const std::string& code, const std::string& date,
                        const std::string& value) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":")" + code +
         R"("}]},"subject":{"reference":"Patient/7"},"effectiveDateTime":")" + date + R"(","valueQuantity":{"value":)" +
         value + R"(,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}})";
}

class Operations : public ::testing::Test {
 protected:
  Operations() {
    client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7"})");
    client.put("/fhir/Patient/8", R"({"resourceType":"Patient","id":"8"})");
    client.put("/fhir/Observation/a", observation("a", "8480-6", "2020-01-01", "120"));
    client.put("/fhir/Observation/b", observation("b", "8480-6", "2021-01-01", "140"));
    client.put("/fhir/Observation/c", observation("c", "8462-4", "2019-01-01", "80"));
    client.put("/fhir/Encounter/e",
               R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},)"
               R"("subject":{"reference":"Patient/7"}})");
    client.put("/fhir/Procedure/p",
               R"({"resourceType":"Procedure","id":"p","status":"completed","subject":{"reference":"Patient/7"},)"
               R"("encounter":{"reference":"Encounter/e"}})");
  }
  StoreClient client;
};

TEST_F(Operations, everything_shows_all_of_a_patient) {
  const Reply reply = client.get("/fhir/Patient/7/$everything");
  EXPECT_EQ(reply.value("total"), "6");
  EXPECT_EQ(reply.value("entry.resource.where($this is Patient).id"), "7");
  EXPECT_EQ(client.get("/fhir/Patient/7/$everything?_type=Encounter,Procedure").value("entry.resource.id.count()"),
            "2");
  EXPECT_EQ(client.get("/fhir/Patient/7/$everything?_type=Observation&start=2020-06-01").value("entry.resource.id"),
            "b");
  EXPECT_EQ(client.get("/fhir/Patient/7/$everything?_type=Observation&end=2019-01-01").value("entry.resource.id"), "c");
}

TEST_F(Operations, everything_comes_in_pages) {
  std::size_t seen = 0;
  std::string url = "/fhir/Patient/7/$everything?_count=4";
  for (int pages = 0; !url.empty() && pages < 5; ++pages) {
    const Reply page = client.get(url);
    seen += std::stoul(page.value("entry.count()"));
    url = page.value("link.where(relation = 'next').url");
    if (!url.empty()) url = url.substr(url.find("/fhir"));
    client.put("/fhir/Observation/new" + std::to_string(pages),
               observation("new" + std::to_string(pages), "x", "2020", "1"));
  }
  EXPECT_EQ(seen, 6U);
}

TEST_F(Operations, everything_of_an_encounter_is_its_compartment_and_more) {
  const Reply reply = client.get("/fhir/Encounter/e/$everything");
  EXPECT_EQ(reply.value("entry[0].resource.id"), "e");
  EXPECT_EQ(reply.value("entry.resource.where($this is Procedure).id"), "p");
  EXPECT_EQ(reply.value("entry.resource.where($this is Patient).id"), "7");
}

TEST_F(Operations, lastn_shows_the_last_of_each_code) {
  const Reply one = client.get("/fhir/Observation/$lastn?patient=7&code=8480-6,8462-4");
  EXPECT_EQ(one.value("total"), "2");
  EXPECT_EQ(one.value("entry.resource.id"), "b,c");
  EXPECT_EQ(client.get("/fhir/Observation/$lastn?patient=Patient/7&code=8480-6&max=2").value("entry.resource.id"),
            "b,a");
  EXPECT_EQ(client.get("/fhir/Observation/$lastn?patient=8&code=8480-6").value("total"), "0");
}

TEST_F(Operations, stats_counts_what_was_measured) {
  const Reply reply = client.get(
      "/fhir/Observation/$stats?subject=Patient/7&code=8480-6&system=http://loinc.org&statistic=average,maximum,count");
  const std::string component = "parameter.resource.component.where(code.coding.code = '";
  EXPECT_EQ(reply.value(component + "average').value.value"), "130");
  EXPECT_EQ(reply.value(component + "average').value.code"), "mm[Hg]");
  EXPECT_EQ(reply.value(component + "maximum').value.value"), "140");
  EXPECT_EQ(reply.value(component + "count').value.value"), "2");
  EXPECT_EQ(client.get("/fhir/Observation/$stats?subject=Patient/7&code=x&statistic=magic").status, 400);
}

TEST(Statistics, are_those_of_the_textbook) {
  std::vector<Decimal> values;
  for (const char* text : {"2", "4", "4", "4", "5", "5", "7", "9"}) values.push_back(*Decimal::parse(text));
  const std::pair<const char*, const char*> rows[] = {
      {"average", "5"}, {"median", "4.5"},      {"minimum", "2"},         {"maximum", "9"},   {"count", "8"},
      {"sum", "40"},    {"std-dev", "2.13809"}, {"variance", "4.571429"}, {"20-percent", "4"}};
  for (const auto& [name, expected] : rows) EXPECT_EQ(statistic_of(name, values), expected) << name;
  EXPECT_EQ(statistic_of("median", {}), std::nullopt);
  EXPECT_EQ(statistic_of("variance", {*Decimal::parse("1")}), std::nullopt);
}

TEST_F(Operations, meta_is_shown_added_to_and_taken_from) {
  const std::string change =
      R"({"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":)"
      R"({"tag":[{"system":"urn:t","code":"x","display":"X"}],"profile":["http://example.org/p"]}}]})";
  const Reply added = client.post("/fhir/Patient/7/$meta-add", change);
  EXPECT_EQ(added.value("parameter.value.tag.code | parameter.value.versionId"), "x,2");
  EXPECT_EQ(client.post("/fhir/Patient/7/$meta-add", change).value("parameter.value.tag.count()"), "1");
  EXPECT_EQ(client.get("/fhir/Patient/7").value("meta.profile"), "http://example.org/p");
  EXPECT_EQ(client.get("/fhir/Patient/7/_history/1/$meta").value("parameter.value.tag.count()"), "0");
  client.post("/fhir/Patient/7/$meta-delete", change);
  EXPECT_EQ(client.get("/fhir/Patient/7/$meta").value("parameter.value.tag.count() + parameter.value.profile.count()"),
            "0");
}

TEST_F(Operations, diff_says_what_changed) {
  client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7","gender":"male"})");
  client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7","gender":"female","active":true})");
  const Reply reply = client.get("/fhir/Patient/7/$diff");
  EXPECT_EQ(reply.value("parameter.part.where(name = 'type').value"), "replace,add");
  EXPECT_EQ(reply.value("parameter.part.where(name = 'path').value"), "Patient.gender,Patient");
  EXPECT_EQ(client.get("/fhir/Patient/7/$diff?fromVersion=1&toVersion=2").value("parameter.count()"), "1");
}

TEST(Diff, is_a_patch_that_leads_from_one_to_the_other) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"resourceType":"Patient","id":"1","name":[{"family":"A","given":["B","C"]}],"active":true})",
       R"({"resourceType":"Patient","id":"1","name":[{"family":"D","given":["B"]},{"text":"E"}]})"},
      {R"({"resourceType":"Patient","id":"1","contact":[{"name":{"family":"A"}}]})",
       R"({"resourceType":"Patient","id":"1","contact":[{"name":{"family":"B"}},{"gender":"male","name":{"text":"x"}}]})"},
      {R"({"resourceType":"Patient","id":"1","deceasedBoolean":true,"address":[{"city":"X"},{"city":"Y"},{"city":"Z"}]})",
       R"({"resourceType":"Patient","id":"1","deceasedDateTime":"2020-01-01","address":[{"city":"Z"}]})"},
      {R"({"resourceType":"Patient","id":"1","maritalStatus":{"coding":[{"code":"M"}]}})",
       R"({"resourceType":"Patient","id":"1","maritalStatus":{"coding":[{"code":"S","display":"Single"}],"text":"s"}})"},
  };
  for (const auto& [before, after] : rows) {
    Issues issues;
    fhir::DocumentParser parser;
    const fhir::Document from = parser.parse(before, issues);
    const fhir::Document to = parser.parse(after, issues);
    const fhir::Document patch = parser.parse(patch_between(from, to), issues);
    const fhir::Document changed = fhirpath::apply_fhirpath_patch(from, patch.root(), parser, issues);
    ASSERT_TRUE(changed.has_root()) << fhir::write_json(patch) << text(issues.all().back(), Language::english);
    EXPECT_EQ(fhir::write_canonical_json(changed), fhir::write_canonical_json(to)) << fhir::write_json(patch);
  }
}

TEST_F(Operations, expunge_takes_versions_away_for_good) {
  client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7","active":true})");
  EXPECT_EQ(client.post("/fhir/Patient/7/$expunge?expungePreviousVersions=true", "").status, 200);
  EXPECT_EQ(client.get("/fhir/Patient/7/_history/1").status, 404);
  EXPECT_EQ(client.get("/fhir/Patient/7").status, 200);
  EXPECT_EQ(client
                .post("/fhir/Patient/8/$expunge",
                      R"({"resourceType":"Parameters","parameter":[{"name":"expungeEverything","valueBoolean":true}]})")
                .status,
            200);
  EXPECT_EQ(client.get("/fhir/Patient/8").status, 404);
}

TEST_F(Operations, capabilities_are_those_that_are_there) {
  const Reply reply = client.get("/fhir/metadata");
  EXPECT_EQ(reply.value("fhirVersion | kind | rest.mode"), "4.0.1,instance,server");
  EXPECT_EQ(reply.value("rest.resource.where(type = 'Patient').interaction.code.count()"), "9");
  EXPECT_EQ(reply.value("rest.resource.where(type = 'Patient').searchParam.where(name = 'birthdate').type"), "date");
  EXPECT_EQ(reply.value("rest.resource.where(type = 'Observation').operation.where(name = 'lastn').definition"),
            "http://hl7.org/fhir/OperationDefinition/Observation-lastn");
  EXPECT_THAT(reply.value("rest.interaction.code"), HasSubstr("transaction"));
  EXPECT_THAT(reply.value("rest.compartment"), HasSubstr("CompartmentDefinition/relatedPerson"));
}

}  // namespace
}  // namespace meridian::rest
