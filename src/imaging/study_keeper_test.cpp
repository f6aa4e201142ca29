#include "imaging/study_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.hpp"
#include "imaging/archive.hpp"
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
