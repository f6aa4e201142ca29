// Transactions as a generator of patients makes them, posted as they are.
#include <gtest/gtest.h>

#include "base/testing/paths.hpp"
#include "rest/testing/store_client.hpp"
#include "validation/testing/synthea.hpp"

namespace meridian::rest {
namespace {

using testing::Reply;
using testing::StoreClient;

TEST(Synthea, transactions_are_stored_whole_with_their_links_resolved) {
  const auto archive = meridian::testing::shared_data(validation::testing::kBundleArchive);
  const auto bundles = archive ? validation::testing::json_files(archive->string(), 4) : std::vector<std::string>();
  if (bundles.empty()) GTEST_SKIP() << "the outside data is not on this machine";
  StoreClient client;
  for (const std::string& bundle : bundles) {
    const Reply reply = client.post("/fhir", bundle);
    ASSERT_EQ(reply.status, 200) << reply.body.substr(0, 500);
    EXPECT_EQ(reply.value("entry.where(response.status = '201 Created' or response.status = '200 OK').count()"),
              reply.value("entry.count()"));
    const std::string patient = reply.value("entry.response.location.where(startsWith('Patient/')).first()");
    if (patient.empty()) continue;  // of hospitals and those who work there
    const std::string path = patient.substr(0, patient.find("/_history"));
    const Reply everything = client.get("/fhir/" + path + "/$everything?_type=Encounter,Condition");
    EXPECT_EQ(everything.status, 200);
    EXPECT_EQ(everything.body.find("urn:uuid:"), std::string::npos);
    EXPECT_EQ(everything.value("entry.resource.subject.reference.distinct()"), path);
  }
}

}  // namespace
}  // namespace meridian::rest
