#include "rest/search_interaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using testing::Reply;
using testing::StoreClient;

std::string patient(const std::string& id, const std::string& family) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","active":true,"photo":[{"title":"p"}],"name":[{"family":")" +
         family + "\"}]}";
}
std::string observation(const std::string& id, const std::string& subject) {
  return R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":"x"},)" +
         R"("subject":{"reference":"Patient/)" + subject + "\"}}";
}

class Search : public ::testing::Test {
 protected:
  Search() {
    for (const char* id : {"1", "2", "3"}) client.put("/fhir/Patient/" + std::string(id), patient(id, "Chen"));
    client.put("/fhir/Patient/4", patient("4", "Wang"));
    client.put("/fhir/Observation/a", observation("a", "1"));
    client.put("/fhir/Observation/b", observation("b", "4"));
  }
  StoreClient client;
};

TEST_F(Search, finds_by_get_and_by_a_form) {
  const Reply get = client.get("/fhir/Patient?family=wang");
  EXPECT_EQ(get.value("type"), "searchset");
  EXPECT_EQ(get.value("entry.resource.id | entry.search.mode | entry.fullUrl"),
            "4,match,http://localhost/fhir/Patient/4");
  EXPECT_EQ(client.post("/fhir/Patient/_search", "family=wang", {{"Content-Type", "application/x-www-form-urlencoded"}})
                .value("entry.resource.id"),
            "4");
}

TEST_F(Search, pages_by_its_links_whatever_is_written_in_between) {
  std::string seen;
  std::string url = "/fhir/Patient?family=chen&_count=2&_sort=_id";
  for (int pages = 0; !url.empty() && pages < 5; ++pages) {
    const Reply page = client.get(url);
    EXPECT_THAT(page.value("link.where(relation = 'self').url"), HasSubstr("family=chen"));
    seen += page.value("entry.resource.id") + ";";
    url = page.value("link.where(relation = 'next').url");
    if (!url.empty()) url = url.substr(url.find("/fhir"));
    client.put("/fhir/Patient/0", patient("0", "Chen"));
  }
  EXPECT_EQ(seen, "1,2;3;");
}

TEST_F(Search, counts_when_asked) {
  EXPECT_EQ(client.get("/fhir/Patient?family=chen&_total=accurate&_count=1").value("total"), "3");
  const Reply count = client.get("/fhir/Patient?family=chen&_summary=count");
  EXPECT_EQ(count.value("total | entry.count()"), "3,0");
}

TEST_F(Search, shows_parts_tagged_as_such) {
  const Reply reply = client.get("/fhir/Patient?family=wang&_elements=name");
  EXPECT_EQ(reply.value("entry.resource.meta.tag.code | entry.resource.name.family"), "SUBSETTED,Wang");
  EXPECT_EQ(reply.value("entry.resource.photo"), "");
}

TEST_F(Search, passes_over_what_it_does_not_know_unless_handling_is_strict) {
  const Reply lenient = client.get("/fhir/Patient?family=wang&nonsense=1");
  EXPECT_EQ(lenient.status, 200);
  EXPECT_EQ(lenient.value("entry.search.mode"), "match,outcome");
  EXPECT_EQ(lenient.value("link.where(relation = 'self').url.contains('nonsense')"), "false");
  const Reply strict = client.get("/fhir/Patient?family=wang&nonsense=1", {{"Prefer", "handling=strict"}});
  EXPECT_EQ(strict.status, 400);
  EXPECT_EQ(strict.value("issue.severity"), "error");
}

TEST_F(Search, goes_over_several_types_and_within_compartments) {
  EXPECT_EQ(client.get("/fhir?_type=Patient,Observation&_id=a").value("entry.resource.id"), "a");
  EXPECT_EQ(client.get("/fhir/Patient/4/Observation").value("entry.resource.id"), "b");
  EXPECT_THAT(client.get("/fhir/Patient/4/*").value("entry.resource.id"), HasSubstr("b"));
  EXPECT_EQ(client.get("/fhir/Patient/4/Nonsense").status, 404);
  EXPECT_EQ(client.get("/fhir/Observation/a/Patient").status, 404);
}

TEST_F(Search, includes_what_matches_refer_to) {
  const Reply reply = client.get("/fhir/Observation?_id=a&_include=Observation:subject");
  EXPECT_EQ(reply.value("entry.resource.id"), "a,1");
  EXPECT_EQ(reply.value("entry.search.mode"), "match,include");
}

TEST_F(Search, explains_its_plan) {
  EXPECT_EQ(client.get("/fhir/Patient?family=wang&_explain=true")
                .value("entry.where(search.mode = 'outcome').resource.issue.details.coding.code"),
            "search-plan");
}

TEST_F(Search, gives_xml) {
  EXPECT_THAT(client.get("/fhir/Patient?family=wang&_format=xml").body, HasSubstr("<Bundle xmlns"));
}

}  // namespace
}  // namespace meridian::rest
