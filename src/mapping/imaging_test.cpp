#include "mapping/imaging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

using dicom::testing::element;
using dicom::testing::item;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Instance {
  std::string study = "1.2.3";
  std::string series = "1.2.3.1";
  std::string uid = "1.2.3.1.1";
  std::string patient = element(0x00100010, "PN", "Doe^Jane") + element(0x00100020, "LO", "4711");
  std::string study_level;   // groups 0008
  std::string series_level;  // groups 0018 and above
  std::string number = "1";

  std::string bytes() const {
    return dicom::testing::explicit_file(element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") +
                                         element(0x00080018, "UI", uid) + study_level + patient +
                                         element(0x0020000D, "UI", study) + element(0x0020000E, "UI", series) +
                                         element(0x00200013, "IS", number) + series_level);
  }
};

class Imaging : public ::testing::Test {
 protected:
  bool add(const Instance& instance) {
    Issues reading;
    const auto file = dicom::read_file(instance.bytes(), {}, reading);
    EXPECT_TRUE(file);
    return studies.add(file->data_set(), issues);
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const Issue& issue : issues.all()) found.emplace_back(issue.message->id);
    return found;
  }
  static ImagingContext context() {
    ImagingContext made;
    made.tenant_key = "key";
    made.zone = *TimeZone::find("Asia/Shanghai");
    return made;
  }
  ImagingStudies studies{context()};
  Issues issues;
};

TEST_F(Imaging, one_study_is_made_of_instances_in_any_order) {
  Instance first;
  first.study_level =
      element(0x00080020, "DA", "20260131") + element(0x00080030, "TM", "0930") + element(0x00080050, "SH", "A-1") +
      element(0x00080051, "SQ", item(element(0x00400031, "UT", "RIS"))) + element(0x00080060, "CS", "CT") +
      element(0x00080090, "PN", "House^Gregory^^Dr.") + element(0x00081030, "LO", "Chest");
  first.series_level = element(0x00200060, "CS", "L");
  Instance second = first;
  second.uid = "1.2.3.1.2";
  second.number = "0";
  Instance other;
  other.series = "1.2.3.2";
  other.uid = "1.2.3.2.1";
  other.study_level = element(0x00080060, "CS", "SR");
  for (const Instance& one : {first, other, second}) EXPECT_TRUE(add(one));
  EXPECT_FALSE(add(second));
  EXPECT_THAT(ids(), IsEmpty());
  const StableIds ids("key");
  const std::string patient = ids.id("Patient", "urn:id:unknown", "4711").to_string();
  const std::string study = ids.id("ImagingStudy", "urn:dicom:uid", "1.2.3").to_string();
  EXPECT_THAT(
      studies.resources(),
      ElementsAre(
          R"({"resourceType":"Patient","id":")" + patient +
              R"(","identifier":[{"value":"4711"}],"name":[{"use":"official","family":"Doe","given":["Jane"]}]})",
          R"({"resourceType":"ImagingStudy","id":")" + study +
              R"(","identifier":[{"use":"official","system":"urn:dicom:uid","value":"urn:oid:1.2.3"},)"
              R"({"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN","display":"Accession ID"}]},)"
              R"("system":"urn:id:RIS","value":"A-1"}],"status":"available",)"
              R"("modality":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"},)"
              R"({"system":"http://dicom.nema.org/resources/ontology/DCM","code":"SR"}],)"
              R"("subject":{"reference":"Patient/)" +
              patient +
              R"("},"started":"2026-01-31T09:30:00+08:00","referrer":{"display":"Dr. Gregory House"},)"
              R"("numberOfSeries":2,"numberOfInstances":3,"description":"Chest","series":[{"uid":"1.2.3.1",)"
              R"("modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"},"numberOfInstances":2,)"
              R"("laterality":{"system":"http://snomed.info/sct","code":"7771000","display":"Left"},"instance":[)"
              R"({"uid":"1.2.3.1.2","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":0},)"
              R"({"uid":"1.2.3.1.1","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":1}]},)"
              R"({"uid":"1.2.3.2","modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"SR"},)"
              R"("numberOfInstances":1,"instance":[{"uid":"1.2.3.2.1","sopClass":{"system":"urn:ietf:rfc:3986",)"
              R"("code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":1}]}]})"));
}

TEST_F(Imaging, a_patient_has_the_id_that_hl7_gives_who_has_the_same_number) {
  Instance instance;
  instance.patient =
      element(0x00080005, "CS", "ISO_IR 192") + element(0x00100010, "PN", "Wang^Li=王^丽=") +
      element(0x00100020, "LO", "4711") + element(0x00100021, "LO", "HOSP") + element(0x00100030, "DA", "19740131") +
      element(0x00100040, "CS", "F") +
      element(0x00101002, "SQ",
              item(element(0x00100020, "LO", "99") +
                   element(0x00100024, "SQ",
                           item(element(0x00400032, "UT", "1.2.156") + element(0x00400033, "CS", "ISO")))));
  ASSERT_TRUE(add(instance));
  const std::string patient = studies.resources()[0];
  EXPECT_THAT(patient, HasSubstr(StableIds("key").id("Patient", "urn:id:HOSP", "4711").to_string()));
  EXPECT_THAT(patient,
              HasSubstr(R"({"system":"urn:id:HOSP","value":"4711"},{"system":"urn:oid:1.2.156","value":"99"})"));
  EXPECT_THAT(patient, HasSubstr(R"("valueCode":"IDE"}],"family":"王","given":["丽"]}])"));
  EXPECT_THAT(patient, HasSubstr(R"("gender":"female","birthDate":"1974-01-31")"));
}

TEST_F(Imaging, patients_without_a_number_are_one_a_study) {
  Instance a;
  a.patient = element(0x00100010, "PN", "Doe^Jane");
  Instance b = a;
  b.study = "1.2.4";
  b.uid = "1.2.4.1";
  EXPECT_TRUE(add(a));
  EXPECT_TRUE(add(b));
  EXPECT_THAT(studies.resources(), SizeIs(4));
  Instance c;
  c.study = "1.2.5";
  Instance d = c;
  d.study = "1.2.6";
  EXPECT_TRUE(add(c));
  EXPECT_TRUE(add(d));
  EXPECT_THAT(studies.resources(), SizeIs(7));  // both of patient 4711
  EXPECT_THAT(studies.bundles(), SizeIs(4));
}

TEST_F(Imaging, what_does_not_fit_is_left_out_and_said) {
  Instance instance;
  EXPECT_TRUE(add(instance));
  Instance no_uid = instance;
  no_uid.study = "not a uid";
  EXPECT_FALSE(add(no_uid));
  Instance stranger = instance;
  stranger.uid = "1.2.3.9";
  stranger.patient = element(0x00100020, "LO", "4712");
  EXPECT_FALSE(add(stranger));
  Instance moved = instance;
  moved.series = "1.2.3.7";
  EXPECT_FALSE(add(moved));
  EXPECT_THAT(ids(), ElementsAre("mapping-no-uid", "mapping-other-patient", "mapping-other-series"));
  EXPECT_EQ(issues.all()[0].path, "(0020,000D)");
  EXPECT_EQ(studies.size(), 1U);
}

TEST_F(Imaging, instances_are_bounded) {
  ImagingContext few = context();
  few.max_instances = 1;
  studies = ImagingStudies(few);
  Instance instance;
  EXPECT_TRUE(add(instance));
  instance.uid = "1.2.3.1.2";
  EXPECT_FALSE(add(instance));
  EXPECT_THAT(ids(), ElementsAre("mapping-too-much"));
}

TEST_F(Imaging, codes_keep_their_systems) {
  Instance instance;
  instance.study_level = element(0x00081032, "SQ",
                                 item(element(0x00080100, "SH", "24627-2") + element(0x00080102, "SH", "LN") +
                                      element(0x00080104, "LO", "CT Chest"))) +
                         element(0x00082218, "SQ",
                                 item(element(0x00080100, "SH", "51185008") + element(0x00080102, "SH", "SCT") +
                                      element(0x00080104, "LO", "Chest")));
  ASSERT_TRUE(add(instance));
  const std::string study = studies.resources()[1];
  EXPECT_THAT(
      study,
      HasSubstr(
          R"("procedureCode":[{"coding":[{"system":"http://loinc.org","code":"24627-2","display":"CT Chest"}]}])"));
  EXPECT_THAT(study,
              HasSubstr(R"("bodySite":{"system":"http://snomed.info/sct","code":"51185008","display":"Chest"})"));
  fhir::DocumentParser parser;
  Issues faults;
  EXPECT_TRUE(parser.parse(study, faults).has_root());
  EXPECT_THAT(faults.all(), IsEmpty());
}

}  // namespace
}  // namespace meridian::mapping
