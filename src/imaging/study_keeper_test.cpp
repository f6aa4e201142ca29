#include "imaging/study_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.hpp"
#include "imaging/archive.hpp"
#include "imaging/orders.hpp"
#include "imaging/testing/objects.hpp"
#include "mapping/stable_id.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::imaging {
namespace {

using testing::ct_slice;
using ::testing::HasSubstr;

class StudyKeepers : public ::testing::Test {
 protected:
  void SetUp() override {
    archive_ = Archive::open({.folder = folder_.path() + "/archive", .key = "tests"}).value();
    context_.tenant_key = "tests";
  }
  void put(const testing::Slice& slice) { ASSERT_TRUE(archive_->put(ct_slice(slice), "test")); }
  store::ResourceKey key(const std::string& study) const {
    return {"ImagingStudy", mapping::StableIds("tests").id("ImagingStudy", "urn:dicom:uid", study).to_string()};
  }
  std::string study(const std::string& uid = testing::kStudy) {
    const auto version = store_->read(store::local_reader(), key(uid));
    return version ? version->json : std::string();
  }

  meridian::testing::TemporaryFolder folder_;
  meridian::testing::ModelStore store_;
  std::unique_ptr<Archive> archive_;
  mapping::ImagingContext context_;
};

TEST_F(StudyKeepers, write_a_study_and_the_patient_it_is_of) {
  put({});
  put({.instance = "1.2.1.1.2", .number = "2"});
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study(), HasSubstr(R"("numberOfInstances":2)"));
  EXPECT_EQ(store_->statistics(store::local_reader())->resources, 2U);
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_EQ(store_->read(store::local_reader(), key(testing::kStudy))->number, 1U);
}

TEST_F(StudyKeepers, go_on_where_they_were) {
  put({});
  ASSERT_TRUE(StudyKeeper::start(*archive_, *store_, context_)->catch_up());
  put({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"});
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study("1.2.2"), HasSubstr(R"("numberOfInstances":1)"));
  EXPECT_LE(keeper->counts().written, 1U);
}

TEST_F(StudyKeepers, leave_what_others_said) {
  put({});
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  std::string json = study();
  const auto at = json.find(R"("status":)");
  json.insert(
      at,
      R"("basedOn":[{"reference":"ServiceRequest/1"},{"reference":"ServiceRequest/2"}],"location":{"display":"R1"},)");
  ASSERT_TRUE(store_.put(json));
  put({.instance = "1.2.1.1.2", .number = "2"});
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study(), HasSubstr(R"("basedOn":[{"reference":"ServiceRequest/1"},{"reference":"ServiceRequest/2"}])"));
  EXPECT_THAT(study(), HasSubstr(R"("location":{"display":"R1"})"));
  EXPECT_THAT(study(), HasSubstr(R"("numberOfInstances":2)"));
}

TEST_F(StudyKeepers, join_a_study_with_its_order_by_accession_number) {
  put({});
  const std::string patient = mapping::StableIds("tests").id("Patient", "urn:id:unknown", "7").to_string();
  const auto order = [&](const std::string& id, const std::string& subject) {
    return R"({"resourceType":"ServiceRequest","id":")" + id +
           R"(","status":"active","intent":"order","identifier":[)" +
           R"({"type":{"coding":[{"code":"ACSN"}]},"value":"A1.2.1"}],"subject":{"reference":"Patient/)" + subject +
           R"("}})";
  };
  ASSERT_TRUE(store_.put(order("of-another", "x")));
  ASSERT_TRUE(store_.put(order("theirs", patient)));
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study(), HasSubstr(R"("basedOn":[{"reference":"ServiceRequest/theirs"}])"));
  // Of two orders with one number nobody can tell; what was said stays.
  ASSERT_TRUE(store_.put(order("second", patient)));
  put({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"});
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study("1.2.2"), ::testing::Not(HasSubstr("basedOn")));
  EXPECT_THAT(study(), HasSubstr("ServiceRequest/theirs"));
}

TEST_F(StudyKeepers, join_a_study_with_the_order_that_gave_it_its_uid) {
  const mapping::StableIds ids("tests");
  const std::string patient = ids.id("Patient", "urn:id:unknown", "7").to_string();
  const std::string order =
      R"({"resourceType":"ServiceRequest","id":"o","status":"active","intent":"order","subject":{"reference":"Patient/)" +
      patient + R"("}})";
  ASSERT_TRUE(store_.put(order));
  const std::string uid = numbers_of(meridian::testing::document_of(order).root(), ids).study;
  EXPECT_EQ(uid.substr(0, 5), "2.25.");
  EXPECT_LE(uid.size(), 64U);
  put({.study = uid, .series = uid + ".1", .instance = uid + ".1.1"});
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study(uid), HasSubstr(R"("basedOn":[{"reference":"ServiceRequest/o"}])"));
  // An id that is a UUID is the UID, whoever the images say they are of.
  ASSERT_TRUE(store_.put(
      R"({"resourceType":"ServiceRequest","id":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6","status":"active","intent":"order",)"
      R"("subject":{"reference":"Patient/x"}})"));
  const std::string example = "2.25.329800735698586629295641978511506172918";  // PS3.5, B.2
  put({.study = example, .series = example + ".1", .instance = example + ".1.1"});
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_THAT(study(example), HasSubstr("ServiceRequest/f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
}

TEST_F(StudyKeepers, delete_what_was_removed) {
  put({});
  const auto keeper = StudyKeeper::start(*archive_, *store_, context_);
  ASSERT_TRUE(keeper->catch_up());
  ASSERT_TRUE(archive_->remove({testing::kStudy}));
  ASSERT_TRUE(keeper->catch_up());
  EXPECT_EQ(store_->read(store::local_reader(), key(testing::kStudy)).error().code(), ErrorCode::gone);
}

}  // namespace
}  // namespace meridian::imaging
