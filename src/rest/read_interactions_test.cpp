#include "rest/read_interactions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::StoreClient;

constexpr const char* kPatient =
    R"({"resourceType":"Patient","id":"7","meta":{"tag":[{"system":"urn:x","code":"t"}]},)"
    R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},)"
    R"("active":true,"name":[{"family":"Chen"}],"photo":[{"title":"p"}],"maritalStatus":{"text":"m"},)"
    R"("contact":[{"gender":"male"}]})";

TEST(Read, shows_the_version_in_headers_and_in_meta) {
  StoreClient client;
  client.put("/fhir/Patient/7", kPatient);
  const Reply reply = client.get("/fhir/Patient/7");
  EXPECT_EQ(reply.header("ETag"), "W/\"1\"");
  EXPECT_EQ(reply.header("Last-Modified"), "Thu, 29 Feb 2024 12:00:00 GMT");
  EXPECT_EQ(reply.value("id | meta.versionId | meta.lastUpdated | meta.tag.code | name.family"),
            "7,1,2024-02-29T12:00:00Z,t,Chen");
}

TEST(Read, gives_xml_and_takes_it) {
  StoreClient client;
  const Reply put = client.put(
      "/fhir/Patient/9", R"(<Patient xmlns="http://hl7.org/fhir"><id value="9"/><active value="true"/></Patient>)",
      {{"Content-Type", "application/fhir+xml"}, {"Accept", "application/fhir+xml"}});
  EXPECT_EQ(put.status, 201);
  EXPECT_THAT(put.body, HasSubstr(R"(<active value="true"/>)"));
  EXPECT_THAT(client.get("/fhir/Patient/9?_format=xml").body, HasSubstr(R"(<id value="9"/>)"));
  EXPECT_EQ(client.get("/fhir/Patient/9").value("active"), "true");
  EXPECT_THAT(client.get("/fhir/Patient/9?_pretty=true").body, HasSubstr("\n  \"id\": \"9\""));
}

TEST(Read, shows_the_elements_asked_for_and_tags_them_as_a_part) {
  StoreClient client;
  client.put("/fhir/Patient/7", kPatient);
  const Reply reply = client.get("/fhir/Patient/7?_elements=name,Patient.active");
  EXPECT_EQ(reply.value("meta.tag.code"), "t,SUBSETTED");
  EXPECT_EQ(reply.value("name.family | active"), "Chen,true");
  EXPECT_EQ(reply.value("photo | maritalStatus | contact | text"), "");
}

TEST(Read, shows_summaries) {
  StoreClient client;
  client.put("/fhir/Patient/7", kPatient);
  const Reply summary = client.get("/fhir/Patient/7?_summary=true");
  EXPECT_EQ(summary.value("meta.tag.code.last()"), "SUBSETTED");
  EXPECT_EQ(summary.value("name.family"), "Chen");
  EXPECT_EQ(summary.value("maritalStatus.text"), "");
  const Reply text = client.get("/fhir/Patient/7?_summary=text");
  EXPECT_EQ(text.value("text.exists() and name.empty()"), "true");
  const Reply data = client.get("/fhir/Patient/7?_summary=data");
  EXPECT_EQ(data.value("text.empty() and name.exists()"), "true");
  EXPECT_THAT(client.get("/fhir/Patient/7?_summary=false").body, Not(HasSubstr("SUBSETTED")));
}

TEST(Read, says_why_not_in_the_language_asked_for) {
  StoreClient client;
  const Reply reply = client.get("/fhir/Patient/7", {{"Accept-Language", "zh"}});
  EXPECT_EQ(reply.issues().substr(0, 15), "error not-found");
  EXPECT_THAT(reply.body, HasSubstr("没有这个资源"));
}

TEST(Read, shows_old_versions_and_the_history) {
  StoreClient client;
  client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7","active":false})");
  client.clock().advance(Duration::seconds(60));
  client.put("/fhir/Patient/7", kPatient);
  client.remove("/fhir/Patient/7");
  EXPECT_EQ(client.get("/fhir/Patient/7/_history/1").value("active"), "false");
  const Reply history = client.get("/fhir/Patient/7/_history");
  EXPECT_EQ(history.value("type | total"), "history,3");
  EXPECT_EQ(history.value("entry.request.method"), "DELETE,PUT,PUT");
  EXPECT_EQ(history.value("entry.response.etag"), "W/\"3\",W/\"2\",W/\"1\"");
  EXPECT_EQ(history.value("entry.resource.meta.versionId"), "2,1");
  EXPECT_EQ(client.get("/fhir/_history?_since=2024-02-29T12:00:30Z").value("total"), "2");
}

TEST(Read, pages_through_the_history) {
  StoreClient client;
  for (const char* id : {"1", "2", "3"}) {
    client.put("/fhir/Patient/" + std::string(id), R"({"resourceType":"Patient","id":")" + std::string(id) + "\"}");
  }
  std::string seen;
  std::string url = "/fhir/Patient/_history?_count=2";
  for (int pages = 0; !url.empty() && pages < 5; ++pages) {
    const Reply page = client.get(url);
    seen += page.value("entry.resource.id") + ";";
    url = page.value("link.where(relation = 'next').url");
    if (!url.empty()) url = url.substr(url.find("/fhir"));
  }
  EXPECT_EQ(seen, "3,2;1;");
}

}  // namespace
}  // namespace meridian::rest
