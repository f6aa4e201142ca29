// Bulk export and import, as a client sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "rest/export_job.hpp"
#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::StoreClient;

constexpr StoreClient::Fields::value_type kNdjson{"Content-Type", "application/fhir+ndjson"};

std::string line(int i) {
  return R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + "\"}\n";
}

/// Asks until the export is done.
Reply manifest_of(StoreClient& client, const std::string& place) {
  const std::string target = place.substr(place.find("/fhir"));
  for (;;) {
    Reply reply = client.get(target);
    if (reply.status != 202) return reply;
    std::this_thread::yield();
  }
}

/// The URL of a type's file in a manifest, as a target.
std::string file_of(const Reply& manifest, const std::string& type) {
  const std::size_t end = manifest.body.find("/" + type + "\",\"count\"");
  if (end == std::string::npos) return {};
  const std::size_t begin = manifest.body.rfind("/fhir", end);
  return manifest.body.substr(begin, end - begin) + "/" + type;
}

class Export : public ::testing::Test {
 protected:
  Export() {
    for (const char* id : {"1", "2"}) {
      client.put("/fhir/Patient/" + std::string(id),
                 R"({"resourceType":"Patient","active":true,"id":")" + std::string(id) + "\"}");
      client.put("/fhir/Observation/o" + std::string(id),
                 R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"id":"o)" + std::string(id) +
                     R"(","subject":{"reference":"Patient/)" + std::string(id) + "\"}}");
    }
    client.put("/fhir/Organization/3", R"({"resourceType":"Organization","id":"3","name":"x"})");
    client.put("/fhir/Group/g", R"({"resourceType":"Group","id":"g","type":"person","actual":true,)"
                                R"("member":[{"entity":{"reference":"Patient/2"}}]})");
  }
  std::string start(const std::string& target) {
    const Reply reply = client.get(target, {{"Prefer", "respond-async"}});
    EXPECT_EQ(reply.status, 202) << reply.body;
    return reply.header("Content-Location");
  }
  StoreClient client;
};

TEST_F(Export, writes_each_type_to_a_file) {
  const Reply manifest = manifest_of(client, start("/fhir/$export"));
  ASSERT_EQ(manifest.status, 200) << manifest.body;
  EXPECT_THAT(manifest.body, HasSubstr(R"("request":"http://localhost/fhir/$export")"));
  const Reply patients = client.get(file_of(manifest, "Patient"));
  EXPECT_EQ(patients.content_type, "application/fhir+ndjson");
  EXPECT_THAT(patients.body, HasSubstr(R"("id":"1")"));
  EXPECT_EQ(std::count(patients.body.begin(), patients.body.end(), '\n'), 2);
  EXPECT_NE(file_of(manifest, "Organization"), "");
  EXPECT_EQ(file_of(manifest, "Encounter"), "");
  const Reply packed = client.get(file_of(manifest, "Patient"), {{"Accept-Encoding", "zstd"}});
  EXPECT_EQ(packed.header("Content-Encoding"), "zstd");
}

TEST_F(Export, takes_the_types_elements_and_filters_asked_for) {
  const Reply manifest =
      manifest_of(client, start("/fhir/$export?_type=Patient&_elements=id&_typeFilter=Patient%3F_id%3D2"));
  const Reply patients = client.get(file_of(manifest, "Patient"));
  EXPECT_THAT(patients.body, HasSubstr(R"("id":"2")"));
  EXPECT_THAT(patients.body, HasSubstr("SUBSETTED"));
  EXPECT_THAT(patients.body, Not(HasSubstr(R"("id":"1")")));
}

TEST_F(Export, of_patients_and_groups_takes_what_is_theirs) {
  const Reply all = manifest_of(client, start("/fhir/Patient/$export"));
  EXPECT_EQ(file_of(all, "Organization"), "");
  EXPECT_NE(file_of(all, "Observation"), "");
  const Reply group = manifest_of(client, start("/fhir/Group/g/$export"));
  ASSERT_EQ(group.status, 200) << group.body;
  const std::string body = client.get(file_of(group, "Observation")).body;
  EXPECT_THAT(body, HasSubstr("o2"));
  EXPECT_THAT(body, Not(HasSubstr("o1")));
}

TEST_F(Export, shows_what_was_there_when_it_began_also_after_a_restart) {
  const std::string place = start("/fhir/$export?_type=Patient");
  client.restart();
  client.put("/fhir/Patient/9", R"({"resourceType":"Patient","id":"9"})");
  const Reply manifest = manifest_of(client, place);
  ASSERT_EQ(manifest.status, 200) << manifest.body;
  EXPECT_THAT(client.get(file_of(manifest, "Patient")).body, Not(HasSubstr(R"("id":"9")")));
}

TEST_F(Export, ends_when_it_is_told_to_and_refuses_what_it_cannot_do) {
  const std::string place = start("/fhir/$export");
  const std::string target = place.substr(place.find("/fhir"));
  EXPECT_EQ(client.remove(target).status, 202);
  EXPECT_EQ(client.get(target).status, 404);
  EXPECT_EQ(client.remove(target).status, 404);
  EXPECT_EQ(client.get("/t/2" + target).status, 404);
  for (const char* bad : {"_type=Nonsense", "_since=soon", "_outputFormat=csv", "_typeFilter=Patient"}) {
    EXPECT_EQ(client.get("/fhir/$export?" + std::string(bad)).status, 400) << bad;
  }
  EXPECT_EQ(client.get("/fhir/Patient/$export?_type=Organization").status, 400);
  EXPECT_EQ(client.get("/fhir/Group/none/$export").status, 404);
}

TEST(ExportJob, is_the_same_after_it_was_written_down) {
  ExportJob job;
  job.id = "0190";
  job.tenant = 3;
  job.level = ExportLevel::group;
  job.group = "g";
  job.request = "http://x/\"y\"";
  job.commit = 12;
  job.time = *Instant::parse("2024-01-01T00:00:00Z");
  job.since = job.time;
  job.types = {"Patient", "Observation"};
  job.filters = {"Patient?x=y"};
  job.elements = {"id"};
  job.state = ExportState::failed;
  job.error = "why";
  job.files = {{"Patient", 7}};
  const Result<ExportJob> read = ExportJob::parse(job.to_json());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->to_json(), job.to_json());
  EXPECT_FALSE(ExportJob::parse("{}"));
  EXPECT_FALSE(ExportJob::parse("["));
}

TEST(Import, stores_lines_as_they_stream_in) {
  StoreClient client;
  std::string body;
  for (int i = 0; i < 500; ++i) body += line(i);
  const Reply reply = client.post("/fhir/$import", body, {kNdjson});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("output":[{"count":500}],"error":[])"));
  EXPECT_EQ(client.get("/fhir/Patient/p499").status, 200);
  EXPECT_EQ(client.get("/fhir/Patient?_summary=count").value("total"), "500");
}

TEST(Import, says_of_each_line_that_is_left_out_why_and_where) {
  StoreClient client;
  const Reply reply = client.post("/fhir/$import",
                                  line(1) + "{broken\n" + line(2) + R"({"resourceType":"Nonsense"})" + "\n", {kNdjson});
  EXPECT_THAT(reply.body, HasSubstr(R"("output":[{"count":2}])"));
  const std::size_t at = reply.body.find("/fhir/$import/");
  ASSERT_NE(at, std::string::npos) << reply.body;
  const Reply faults = client.get(reply.body.substr(at, reply.body.find('"', at) - at));
  EXPECT_EQ(faults.content_type, "application/fhir+ndjson");
  EXPECT_EQ(std::count(faults.body.begin(), faults.body.end(), '\n'), 2);
  EXPECT_THAT(faults.body, HasSubstr(R"("diagnostics":"[2,)"));
  EXPECT_THAT(faults.body, HasSubstr(R"("diagnostics":"[4,)"));
  EXPECT_EQ(client.get("/fhir/Patient/p2").status, 200);
}

TEST(Import, wants_ndjson) {
  StoreClient client;
  EXPECT_EQ(client.post("/fhir/$import", "{}", {{"Content-Type", "application/json"}}).status, 415);
  EXPECT_EQ(client.get("/fhir/$import/none").status, 404);
}

}  // namespace
}  // namespace meridian::rest
