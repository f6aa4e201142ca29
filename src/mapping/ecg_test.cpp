#include "mapping/ecg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

using signal::Channel;
using signal::Ecg;
using signal::EcgSeries;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

EcgContext context() {
  EcgContext made;
  made.tenant_key = "key";
  made.zone = *TimeZone::find("Asia/Shanghai");
  return made;
}

Ecg two_leads() {
  Ecg ecg;
  EcgSeries& series = ecg.series.emplace_back();
  series.recording.name = "RHYTHM";
  series.recording.frames_per_second = 500;
  series.recording.frames = 3;
  series.recording.start = signal::LocalStart{2020, 2, 29, 81'296'500};
  Channel first;
  first.label = "I";
  first.code = "MDC_ECG_LEAD_I";
  first.unit = "uV";
  first.scales = {{0, 0.4, 2}};
  first.samples = {1, signal::kMissing, -3};
  Channel second = first;
  second.label = "ABP";
  second.code = "";
  second.unit = "mmHg";
  second.scales = {{0, 1, 0}, {2, 2, 0}};
  second.samples = {80, 81, 82};
  series.recording.channels = {first, second};
  return ecg;
}

TEST(EcgMapping, makes_sampled_data_of_each_lead) {
  const auto resources = resources_of(two_leads(), context());
  ASSERT_TRUE(resources);
  ASSERT_THAT(*resources, SizeIs(1));
  const std::string& waves = (*resources)[0];
  EXPECT_THAT(waves, StartsWith(R"({"resourceType":"Observation","id":")"));
  EXPECT_THAT(waves, HasSubstr(R"("code":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"131328",)"));
  EXPECT_THAT(waves,
              HasSubstr(R"({"code":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"131329"}],"text":"I"},)"
                        R"("valueSampledData":{"origin":{"value":-5,"unit":"uV","system":"http://unitsofmeasure.org",)"
                        R"("code":"uV"},"period":2,"factor":2.5,"dimensions":1,"data":"1 E -3"}})"));
  EXPECT_THAT(waves, HasSubstr(R"("effectivePeriod":{"start":"2020-02-29T22:34:56.500+08:00",)"
                               R"("end":"2020-02-29T22:34:56.506+08:00"})"));
}

TEST(EcgMapping, gives_values_where_the_scale_changes_on_the_way) {
  const auto resources = resources_of(two_leads(), context());
  ASSERT_TRUE(resources);
  EXPECT_THAT((*resources)[0],
              HasSubstr(R"({"code":{"text":"ABP"},"valueSampledData":{"origin":{"value":0,"unit":"mmHg",)"
                        R"("system":"http://unitsofmeasure.org","code":"mm[Hg]"},"period":2,)"
                        R"("dimensions":1,"data":"80.000000 81.000000 41.000000"}})"));
}

TEST(EcgMapping, names_the_patient_as_other_formats_do) {
  Ecg ecg = two_leads();
  ecg.subject = {"4711", "1.2.3.4", "Doe", "Jane", "1953-05-08", signal::Sex::female};
  ecg.device = {"Acme", "CART 9", "SN1", ""};
  const auto resources = resources_of(ecg, context());
  ASSERT_TRUE(resources);
  ASSERT_THAT(*resources, SizeIs(2));
  const std::string id = StableIds("key").id("Patient", "urn:oid:1.2.3.4", "4711").to_string();
  EXPECT_EQ((*resources)[0],
            R"({"resourceType":"Patient","id":")" + id +
                R"(","identifier":[{"system":"urn:oid:1.2.3.4","value":"4711"}],)"
                R"("name":[{"family":"Doe","given":["Jane"]}],"gender":"female","birthDate":"1953-05-08"})");
  EXPECT_THAT((*resources)[1], HasSubstr(R"("subject":{"reference":"Patient/)" + id + '"'));
  EXPECT_THAT((*resources)[1], HasSubstr(R"("device":{"identifier":{"value":"SN1"},"display":"Acme CART 9"})"));
}

TEST(EcgMapping, reports_what_was_measured_and_said) {
  Ecg ecg = two_leads();
  ecg.series[0].measurements = {{"MDC_ECG_TIME_PD_PR", 148, "ms", ""},
                                {"MDC_ECG_AMPL_R", 1.5, "mV", "MDC_ECG_LEAD_V2"}};
  ecg.statements = {"Sinus rhythm", "Normal ECG"};
  const auto resources = resources_of(ecg, context());
  ASSERT_TRUE(resources);
  ASSERT_THAT(*resources, SizeIs(3));
  EXPECT_THAT(
      (*resources)[1],
      HasSubstr(
          R"({"code":{"coding":[{"system":"http://loinc.org","code":"8625-6","display":"P-R Interval"},)"
          R"({"system":"urn:iso:std:iso:11073:10101","code":"146944"}],"text":"MDC_ECG_TIME_PD_PR"},"valueQuantity":{"value":148,"unit":"ms",)"));
  EXPECT_THAT((*resources)[1], HasSubstr(R"({"code":{"text":"MDC_ECG_AMPL_R MDC_ECG_LEAD_V2"},)"));
  EXPECT_THAT((*resources)[1], HasSubstr(R"("derivedFrom":[{"reference":"Observation/)"));
  EXPECT_THAT((*resources)[2], StartsWith(R"({"resourceType":"DiagnosticReport")"));
  EXPECT_THAT((*resources)[2], HasSubstr(R"("conclusion":"Sinus rhythm\nNormal ECG")"));
}

TEST(EcgMapping, gives_the_same_ids_for_the_same_recording_and_others_for_others) {
  const auto first = resources_of(two_leads(), context());
  EXPECT_EQ(*first, *resources_of(two_leads(), context()));
  Ecg other = two_leads();
  other.series[0].recording.channels[0].samples[0] = 2;
  EXPECT_NE((*first)[0].substr(0, 80), (*resources_of(other, context()))[0].substr(0, 80));
  const std::string bundle = bundle_of(*first);
  EXPECT_THAT(bundle, StartsWith(R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:)"));
  EXPECT_THAT(bundle, HasSubstr(R"("request":{"method":"PUT","url":"Observation/)"));
}

TEST(EcgMapping, has_bounds) {
  EcgContext small = context();
  small.max_samples = 5;
  EXPECT_EQ(resources_of(two_leads(), small).error().code(), ErrorCode::too_large);
  // A start without a day, and one at the end of all years, are no points in time.
  Ecg ecg = two_leads();
  ecg.series[0].recording.start = signal::LocalStart{};
  EXPECT_THAT((*resources_of(ecg, context()))[0], Not(HasSubstr("effective")));
  ecg.series[0].recording.start = signal::LocalStart{9'999, 12, 31, 0};
  EXPECT_THAT((*resources_of(ecg, context()))[0], Not(HasSubstr("effective")));
}

}  // namespace
}  // namespace meridian::mapping
