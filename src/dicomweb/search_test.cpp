// QIDO-RS: the parameters of a search, and what is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dicomweb/internal/query.hpp"
#include "dicomweb/testing/web_client.hpp"
#include "imaging/testing/objects.hpp"

namespace meridian::dicomweb {
namespace {

using imaging::testing::ct_slice;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::WebClient;
using testing::WebReply;

class DicomWebSearch : public ::testing::Test {
 protected:
  void SetUp() override {
    const WebReply stored = client_.store({ct_slice({}), ct_slice({.instance = "1.2.1.1.2", .number = "2"}),
                                           ct_slice({.series = "1.2.1.2", .instance = "1.2.1.2.1"}),
                                           ct_slice({.study = "1.2.2",
                                                     .series = "1.2.2.1",
                                                     .instance = "1.2.2.1.1",
                                                     .patient = "8",
                                                     .name = "Wang^Fang",
                                                     .day = "20260301"})});
    ASSERT_EQ(stored.status, 200) << stored.body;
  }
  std::size_t count(const std::string& target) {
    const WebReply reply = client_.get(target);
    if (reply.status == 204) return 0;
    EXPECT_EQ(reply.status, 200) << target << ' ' << reply.body;
    std::size_t found = 0;
    for (std::size_t at = 0; (at = reply.body.find("\"00081190\"", at)) != std::string::npos; ++at) ++found;
    return found;
  }
  WebClient client_;
};

TEST_F(DicomWebSearch, finds_studies_by_keyword_and_by_tag) {
  EXPECT_EQ(count("/dicomweb/studies"), 2U);
  EXPECT_EQ(count("/dicomweb/studies?PatientID=7"), 1U);
  EXPECT_EQ(count("/dicomweb/studies?00100020=7"), 1U);
  EXPECT_EQ(count("/dicomweb/studies?PatientName=li*"), 1U);
  EXPECT_EQ(count("/dicomweb/studies?StudyDate=20260201-"), 1U);
  EXPECT_EQ(count("/dicomweb/studies?StudyDate=20260101-20260131&StudyTime=1000-1030"), 1U);
  EXPECT_EQ(count("/dicomweb/studies?ModalitiesInStudy=CT"), 2U);
  EXPECT_EQ(count("/dicomweb/studies?ModalitiesInStudy=MR"), 0U);
  EXPECT_EQ(count("/dicomweb/studies?StudyInstanceUID=1.2.1,1.2.2"), 2U);
  EXPECT_EQ(count("/dicomweb/studies?StudyInstanceUID=1.2.1&StudyInstanceUID=1.2.9"), 1U);
}

TEST_F(DicomWebSearch, words_of_names_are_found_where_that_is_asked) {
  EXPECT_EQ(count("/dicomweb/studies?PatientName=fang"), 0U);
  EXPECT_EQ(count("/dicomweb/studies?PatientName=fang&fuzzymatching=true"), 1U);
}

TEST_F(DicomWebSearch, finds_series_and_instances_of_all_and_of_a_study) {
  EXPECT_EQ(count("/dicomweb/series"), 3U);
  EXPECT_EQ(count("/dicomweb/series?PatientID=7"), 2U);
  EXPECT_EQ(count("/dicomweb/studies/1.2.1/series"), 2U);
  EXPECT_EQ(count("/dicomweb/instances"), 4U);
  EXPECT_EQ(count("/dicomweb/instances?SOPInstanceUID=1.2.1.1.2"), 1U);
  EXPECT_EQ(count("/dicomweb/studies/1.2.1/instances"), 3U);
  EXPECT_EQ(count("/dicomweb/studies/1.2.1/series/1.2.1.1/instances"), 2U);
  EXPECT_EQ(count("/dicomweb/studies/1.2.1/series/1.2.1.1/instances?InstanceNumber=2"), 1U);
  EXPECT_EQ(count("/dicomweb/studies/1.2.9/series"), 0U);
}

TEST_F(DicomWebSearch, answers_with_the_attributes_of_the_standards_tables) {
  EXPECT_EQ(client_.get("/dicomweb/studies?PatientID=8").body,
            R"([{"00080020":{"vr":"DA","Value":["20260301"]},"00080030":{"vr":"TM","Value":["101500"]},)"
            R"("00080050":{"vr":"SH","Value":["A1.2.2"]},"00080056":{"vr":"CS","Value":["ONLINE"]},)"
            R"("00080061":{"vr":"CS","Value":["CT"]},"00080090":{"vr":"PN"},"00080201":{"vr":"SH"},)"
            R"("00081190":{"vr":"UR","Value":["http://archive.example/dicomweb/studies/1.2.2"]},)"
            R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"Wang^Fang"}]},"00100020":{"vr":"LO","Value":["8"]},)"
            R"("00100030":{"vr":"DA"},"00100040":{"vr":"CS"},"0020000D":{"vr":"UI","Value":["1.2.2"]},)"
            R"("00200010":{"vr":"SH"},"00201206":{"vr":"IS","Value":[1]},"00201208":{"vr":"IS","Value":[1]}}])");
  const std::string series = client_.get("/dicomweb/studies/1.2.2/series").body;
  EXPECT_THAT(series, HasSubstr(R"("0020000E":{"vr":"UI","Value":["1.2.2.1"]})"));
  EXPECT_THAT(series, Not(HasSubstr("00100010")));  // the path names the study
  EXPECT_THAT(client_.get("/dicomweb/series").body, HasSubstr("00100010"));
  EXPECT_THAT(client_.get("/dicomweb/studies/1.2.2/instances").body,
              HasSubstr(R"("00280010":{"vr":"US","Value":[8]})"));
}

TEST_F(DicomWebSearch, answers_with_what_is_asked_besides) {
  EXPECT_THAT(client_.get("/dicomweb/studies?PatientID=8").body, Not(HasSubstr("00080062")));
  EXPECT_THAT(client_.get("/dicomweb/studies?PatientID=8&includefield=SOPClassesInStudy,00400275").body,
              HasSubstr("00080062"));
  EXPECT_THAT(client_.get("/dicomweb/studies?PatientID=8&includefield=all").body, HasSubstr("00080062"));
  EXPECT_THAT(client_.get("/dicomweb/studies/1.2.2/series?includefield=all").body, HasSubstr("00100010"));
}

TEST_F(DicomWebSearch, pages_and_says_that_there_is_more) {
  const WebReply first = client_.get("/dicomweb/instances?limit=3");
  EXPECT_THAT(std::string(first.headers.get("Warning")), HasSubstr("299 meridian"));
  EXPECT_EQ(count("/dicomweb/instances?limit=3"), 3U);
  EXPECT_EQ(count("/dicomweb/instances?limit=3&offset=3"), 1U);
  EXPECT_TRUE(client_.get("/dicomweb/instances?limit=4").headers.get("Warning").empty());
  EXPECT_EQ(client_.get("/dicomweb/instances?offset=4").status, 204);
  // Newest first.
  EXPECT_THAT(client_.get("/dicomweb/studies?limit=1").body, HasSubstr("1.2.2"));
}

TEST_F(DicomWebSearch, the_servers_limit_holds) {
  Services services;
  services.max_results = 1;
  WebClient client(services);
  client.store({ct_slice({}), ct_slice({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"})});
  EXPECT_FALSE(client.get("/dicomweb/studies?limit=10").headers.get("Warning").empty());
}

TEST_F(DicomWebSearch, refuses_what_cannot_be_looked_for) {
  for (const char* bad :
       {"/dicomweb/studies?NoSuchKeyword=1", "/dicomweb/studies?Modality=CT", "/dicomweb/studies?PixelData=1",
        "/dicomweb/studies?limit=x", "/dicomweb/studies?limit=-1", "/dicomweb/studies?offset=1.5",
        "/dicomweb/studies?fuzzymatching=maybe", "/dicomweb/studies?StudyDate=yesterday",
        "/dicomweb/studies?PatientID=1&PatientID=2", "/dicomweb/studies/1.2.1/series?StudyInstanceUID=1.2.2",
        "/dicomweb/studies?includefield=NoSuchKeyword", "/dicomweb/studies/one/series"}) {
    EXPECT_EQ(client_.get(bad).status, 400) << bad;
  }
  EXPECT_EQ(client_.get("/dicomweb/studies", "text/html").status, 406);
  EXPECT_EQ(client_.get("/dicomweb/studies", "application/dicom+xml").status, 406);
}

TEST(DicomWebQuery, the_keys_and_their_values_are_limited) {
  EXPECT_EQ(
      internal::search_request(imaging::Level::study, {}, {{"PatientID", std::string(20'000, 'x')}}, 10).error().code(),
      ErrorCode::too_large);
}

TEST(DicomWebQuery, what_the_path_names_are_keys) {
  const auto asked = internal::search_request(imaging::Level::instance, {"1.2", "1.3"}, {}, 10);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->query.keys.value({0x0020, 0x000D}), "1.2");
  EXPECT_EQ(asked->query.keys.value({0x0020, 0x000E}), "1.3");
  EXPECT_EQ(asked->limit, 10U);
}

}  // namespace
}  // namespace meridian::dicomweb
