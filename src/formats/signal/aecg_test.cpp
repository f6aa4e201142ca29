#include "formats/signal/aecg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "formats/signal/testing/aecg_writer.hpp"

namespace meridian::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int32_t kNo = kMissing;

class Aecg : public ::testing::Test {
 protected:
  Result<Ecg> read(const std::string& text, const EcgLimits& limits = {}) {
    issues.clear();
    return read_aecg(text, limits, issues);
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const Issue& issue : issues.all()) found.emplace_back(issue.message->id);
    return found;
  }
  /// A document with this in its only series.
  static std::string with(const std::string& inner) {
    return R"(<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
           R"(<id root="61d1a24f-b47e-41aa-ae95-f8ac302f4eeb"/><component><series><code code="RHYTHM"/>)" +
           inner + "</series></component></AnnotatedECG>";
  }
  static std::string set(const std::string& time, const std::string& leads) {
    return "<component><sequenceSet><component><sequence>" + time + "</sequence></component>" + leads +
           "</sequenceSet></component>";
  }
  static std::string lead(const std::string& code, const std::string& digits, const std::string& origin = "0",
                          const std::string& scale = "2.5") {
    return R"(<component><sequence><code code=")" + code + R"("/><value xsi:type="SLIST_PQ"><origin value=")" + origin +
           R"(" unit="uV"/><scale value=")" + scale + R"(" unit="uV"/><digits>)" + digits +
           "</digits></value></sequence></component>";
  }
  Issues issues;
};

const std::string kAbsolute =
    R"(<code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20021122091000.250+0100"/>)"
    R"(<increment value="0.002" unit="s"/></value>)";
const std::string kRelative = R"(<code code="TIME_RELATIVE"/><value xsi:type="GLIST_PQ"><head value="0" unit="ms"/>)"
                              R"(<increment value="4" unit="ms"/></value>)";

TEST_F(Aecg, reads_leads_with_their_time) {
  const auto ecg =
      read(with(set(kAbsolute, lead("MDC_ECG_LEAD_I", " -2 10\n\t3 ") + lead("MDC_ECG_LEAD_aVR", "1 2 3", "5"))));
  ASSERT_TRUE(ecg) << ecg.error().message();
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(ecg->id, "61d1a24f-b47e-41aa-ae95-f8ac302f4eeb");
  ASSERT_THAT(ecg->series, SizeIs(1));
  const Recording& recording = ecg->series[0].recording;
  EXPECT_EQ(recording.name, "RHYTHM");
  EXPECT_DOUBLE_EQ(recording.frames_per_second, 500);
  EXPECT_EQ(to_string(*recording.start), "2002-11-22T09:10:00.250");
  EXPECT_EQ(recording.frames, 3U);
  ASSERT_THAT(recording.channels, SizeIs(2));
  EXPECT_THAT(recording.channels[0].samples, ElementsAre(-2, 10, 3));
  EXPECT_DOUBLE_EQ(recording.channels[0].value(1), 25);
  EXPECT_EQ(recording.channels[1].code, "MDC_ECG_LEAD_AVR");
  EXPECT_EQ(recording.channels[1].label, "aVR");
  EXPECT_DOUBLE_EQ(recording.channels[1].value(0), 7.5);  // 1 · 2.5 + 5
}

TEST_F(Aecg, says_whose_it_is_and_what_recorded_it) {
  std::string text = with(
      R"(<author><seriesAuthor><manufacturedSeriesDevice><id extension="7"/>)"
      R"(<manufacturerModelName>ELI250</manufacturerModelName><softwareName>5.3</softwareName></manufacturedSeriesDevice>)"
      R"(<manufacturerOrganization><name>Acme, Inc.</name></manufacturerOrganization></seriesAuthor></author>)" +
      set(kRelative, lead("MDC_ECG_LEAD_I", "1")));
  text.insert(text.find("<component>"),
              R"(<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>)"
              R"(<id root="2.16.840.1.113883.3.400" extension="SBJ-123"/><subjectDemographicPerson><name>王小明</name>)"
              R"(<administrativeGenderCode code="F"/><birthTime value="195305"/></subjectDemographicPerson>)"
              R"(</trialSubject></subject></subjectAssignment></componentOf></timepointEvent></componentOf>)");
  const auto ecg = read(text);
  ASSERT_TRUE(ecg);
  EXPECT_EQ(ecg->subject, (EcgSubject{"SBJ-123", "2.16.840.1.113883.3.400", "王小明", "", "1953-05", Sex::female}));
  EXPECT_EQ(ecg->device, (EcgDevice{"Acme, Inc.", "ELI250", "7", "5.3"}));
  EXPECT_DOUBLE_EQ(ecg->series[0].recording.frames_per_second, 250);
}

TEST_F(Aecg, reads_what_was_measured_marked_and_said) {
  const std::string lead_region =
      R"(<support><supportingROI classCode="ROIBND"><code code="ROIPS"/><component><boundary><code code="MDC_ECG_LEAD_V2"/>)"
      R"(</boundary></component></supportingROI></support>)";
  const auto ecg = read(with(
      set(kAbsolute, lead("MDC_ECG_LEAD_I", "1 2")) + "<subjectOf><annotationSet>" +
      R"(<component><annotation><code code="MDC_ECG_TIME_PD_PR"/><value xsi:type="PQ" value="148" unit="ms"/></annotation></component>)"
      R"(<component><annotation><code code="MDC_ECG_WAVC"/><value xsi:type="CE" code="MDC_ECG_WAVC_QRSWAVE"/><support>)"
      R"(<supportingROI classCode="ROIBND"><component><boundary><code code="TIME_ABSOLUTE"/><value xsi:type="IVL_TS">)"
      R"(<low value="20021122091000.434"/><high value="20021122091000.554"/></value></boundary></component></supportingROI>)"
      R"(</support></annotation></component>)"
      R"(<component><annotation><code code="MDC_ECG_LEAD"/>)" +
      lead_region +
      R"(<component><annotation><code code="MDC_ECG_AMPL_R"/><value xsi:type="PQ" value="1.5" unit="mV"/></annotation></component>)"
      R"(</annotation></component>)"
      R"(<component><annotation><code code="MDC_ECG_INTERPRETATION_STATEMENT"/><value xsi:type="ST">Sinus  rhythm</value></annotation></component>)"
      "</annotationSet></subjectOf>"));
  ASSERT_TRUE(ecg);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_THAT(ecg->series[0].measurements, ElementsAre(EcgMeasurement{"MDC_ECG_TIME_PD_PR", 148, "ms", ""},
                                                       EcgMeasurement{"MDC_ECG_AMPL_R", 1.5, "mV", "MDC_ECG_LEAD_V2"}));
  ASSERT_THAT(ecg->series[0].marks, SizeIs(1));
  const EcgMark& mark = ecg->series[0].marks[0];
  EXPECT_EQ(mark.code, "MDC_ECG_WAVC_QRSWAVE");
  EXPECT_DOUBLE_EQ(mark.from_ms, 184);
  EXPECT_DOUBLE_EQ(mark.to_ms, 304);
  EXPECT_THAT(ecg->statements, ElementsAre("Sinus rhythm"));
}

TEST_F(Aecg, reads_representative_beats_apart) {
  const auto ecg = read(with(set(kAbsolute, lead("MDC_ECG_LEAD_I", "1 2")) +
                             "<derivation><derivedSeries><code code=\"REPRESENTATIVE_BEAT\"/>" +
                             set(kRelative, lead("MDC_ECG_LEAD_I", "7 8 9")) + "</derivedSeries></derivation>"));
  ASSERT_TRUE(ecg);
  ASSERT_THAT(ecg->series, SizeIs(2));
  EXPECT_EQ(ecg->series[1].kind, EcgSeries::Kind::beat);
  EXPECT_THAT(ecg->series[1].recording.channels[0].samples, ElementsAre(7, 8, 9));
  EXPECT_FALSE(ecg->series[1].recording.start);
}

TEST_F(Aecg, says_what_is_wrong_and_where_and_reads_the_rest) {
  const auto ecg = read(with(
      set(kAbsolute,
          lead("MDC_ECG_LEAD_I", "1 x 2.5 4") + lead("MDC_ECG_LEAD_II", "5") + lead("MDC_ECG_LEAD_V1", "1", "0", "0") +
              R"(<component><sequence><code code="MDC_ECG_LEAD_V2"/><value xsi:type="ED">1</value></sequence></component>)") +
      set("<code code=\"TIME_RELATIVE\"/>", lead("MDC_ECG_LEAD_I", "1"))));
  ASSERT_TRUE(ecg);
  EXPECT_THAT(ids(),
              ElementsAre("aecg-digits", "aecg-scale", "aecg-value", "aecg-lengths", "aecg-time", "aecg-no-time"));
  EXPECT_EQ(issues.all()[1].path, "AnnotatedECG/component/series/component[1]/sequenceSet/component[4]/sequence/value");
  ASSERT_THAT(ecg->series, SizeIs(1));
  EXPECT_THAT(ecg->series[0].recording.channels[0].samples, ElementsAre(1, kNo, kNo, 4));
  EXPECT_THAT(ecg->series[0].recording.channels[1].samples, ElementsAre(5, kNo, kNo, kNo));
}

TEST_F(Aecg, reads_no_more_than_it_may) {
  const std::string text = with(set(kAbsolute, lead("MDC_ECG_LEAD_I", "1 2 3") + lead("MDC_ECG_LEAD_II", "1")));
  EcgLimits limits;
  limits.max_samples = 6;  // those that are filled in count
  EXPECT_TRUE(read(text, limits));
  limits.max_samples = 5;
  EXPECT_EQ(read(text, limits).error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_channels = 1;
  EXPECT_EQ(read(text, limits).error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_series = 0;
  EXPECT_EQ(read(text, limits).error().code(), ErrorCode::too_large);
  EXPECT_EQ(read("<AnnotatedECG>").error().code(), ErrorCode::malformed_input);
  EXPECT_THAT(ids(), ElementsAre("xml-not-well-formed"));
  EXPECT_EQ(read("<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>").error().code(), ErrorCode::malformed_input);
}

TEST_F(Aecg, reads_back_what_the_writer_of_the_tests_wrote) {
  const auto first =
      read(with(set(kAbsolute, lead("MDC_ECG_LEAD_I", "1 2 3", "5") + lead("MDC_ECG_LEAD_V6", "4 5 6"))));
  ASSERT_TRUE(first);
  const auto second = read(testing::aecg_document(*first));
  ASSERT_TRUE(second);
  EXPECT_THAT(ids(), IsEmpty());
  ASSERT_THAT(second->series, SizeIs(1));
  EXPECT_EQ(second->series[0].recording.start, first->series[0].recording.start);
  for (std::size_t i = 0; i < 2; ++i) {
    const Channel& channel = second->series[0].recording.channels[i];
    EXPECT_EQ(channel.samples, first->series[0].recording.channels[i].samples);
    EXPECT_EQ(channel.scales, first->series[0].recording.channels[i].scales);
  }
}

TEST_F(Aecg, is_recognised_by_its_root) {
  EXPECT_EQ(recognise("<?xml version=\"1.0\"?><!-- x -->\n<AnnotatedECG xmlns=\"urn:hl7-org:v3\">"), EcgFormat::aecg);
  EXPECT_EQ(recognise("<h:AnnotatedECG xmlns:h=\"urn:hl7-org:v3\">"), EcgFormat::aecg);
  EXPECT_EQ(recognise("<ClinicalDocument/>"), EcgFormat::none);
  EXPECT_EQ(recognise("AnnotatedECG"), EcgFormat::none);
}

}  // namespace
}  // namespace meridian::signal
