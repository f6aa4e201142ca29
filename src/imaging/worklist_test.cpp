// The worklist as a modality gets it: orders and appointments of a record, asked in every way.
#include "imaging/worklist.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/orders.hpp"
#include "mapping/stable_id.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::imaging {
namespace {

using dicom::Tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr Tag kName{0x0010, 0x0010};
constexpr Tag kAccession{0x0008, 0x0050};
constexpr Tag kStudy{0x0020, 0x000D};

constexpr const char* kPatient =
    R"({"resourceType":"Patient","id":"p","identifier":[{"system":"urn:id:HIS","value":"100"}],
  "name":[{"use":"official","text":"王芳","family":"王","given":["芳"]},{"family":"Wang","given":["Fang"],"extension":[
  {"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}]}],
  "gender":"female","birthDate":"1980-02-03"})";
constexpr const char* kImaging = R"("category":[{"coding":[{"system":"http://snomed.info/sct","code":"363679005"}]}])";
constexpr const char* kCt =
    R"("orderDetail":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]}])";
constexpr const char* kMr =
    R"("orderDetail":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}]}])";

std::string order(const std::string& id, const std::string& more, const std::string& status = "active") {
  return R"({"resourceType":"ServiceRequest","id":")" + id + R"(","status":")" + status +
         R"(","intent":"order","subject":{"reference":"Patient/p"},"identifier":[{"type":{"coding":[{"code":"ACSN"}]},"value":"A)" +
         id + R"("}],"code":{"text":"Chest"},)" + more + "}";
}
std::string at(const std::string& when) {
  return R"("occurrenceDateTime":")" + when + '"';
}
std::string appointment(const std::string& id, const std::string& of, const std::string& start,
                        const std::string& status = "booked", const std::string& more = "") {
  return R"({"resourceType":"Appointment","id":")" + id + R"(","status":")" + status +
         R"(","basedOn":[{"reference":"ServiceRequest/)" + of + R"("}],"start":")" + start + R"(","end":")" + start +
         R"(","participant":[{"actor":{"display":"somebody"},"status":"accepted"})" + more + "]}";
}

class Worklists : public ::testing::Test {
 protected:
  void SetUp() override {
    clock_.set(Instant::parse("2026-01-05T04:00:00Z").value());  // noon in Shanghai
    put(kPatient);
  }
  void put(const std::string& json) {
    const auto done = store_.put(json);
    ASSERT_TRUE(done) << done.error().error.message();
  }
  void rules(const std::string& yaml) {
    std::ofstream(folder_.path() + "/worklist.yaml") << yaml;
    worklist_.reset();
  }
  Worklist& worklist() {
    if (!worklist_) {
      WorklistOptions options;
      options.store = &*store_;
      options.clock = &clock_;
      options.catalog = folder_.path();
      options.zone = TimeZone::find("Asia/Shanghai").value();
      options.tenant_key = "tests";
      worklist_ = Worklist::open(std::move(options)).value();
    }
    return *worklist_;
  }
  std::vector<Item> find(const Pairs& pairs, WorklistRequest request = {}) {
    request.keys = worklist_keys(pairs).value();
    for (const Tag tag : {kName, kAccession, kStudy}) {
      if (request.keys.query.keys.find(tag) == nullptr) request.keys.set(tag, "");
    }
    request.keys.in(kStepSequence);
    std::vector<Item> found;
    auto steps = worklist().find(store::local_reader(), std::move(request));
    EXPECT_TRUE(steps) << steps.error().message();
    if (!steps) return found;
    while (true) {
      auto step = (*steps)->next();
      EXPECT_TRUE(step) << step.error().message();
      if (!step || !*step) return found;
      found.push_back(**std::move(step));
    }
  }
  std::vector<std::string> accessions(const Pairs& pairs, WorklistRequest request = {}) {
    std::vector<std::string> out;
    for (const Item& item : find(pairs, std::move(request))) out.emplace_back(item.attributes.value(kAccession));
    return out;
  }
  static std::string of_step(const Item& item, Tag tag) {
    return std::string(item.find(kStepSequence)->items.at(0).attributes.value(tag));
  }

  meridian::testing::TemporaryFolder folder_;
  meridian::testing::ManualClock clock_;
  meridian::testing::ModelStore store_;
  std::unique_ptr<Worklist> worklist_;
};

TEST_F(Worklists, show_an_order_with_a_time_and_say_what_is_needed_of_it) {
  put(R"({"resourceType":"Practitioner","id":"d","name":[{"family":"Zhao","given":["Lei"]}]})");
  put(order("1", at("2026-01-05T09:30:00+08:00") + "," + kImaging + "," + kCt +
                     R"(,"requester":{"reference":"Practitioner/d"},"priority":"stat")"));
  const std::vector<Item> found = find({{"PatientID", ""},
                                        {"PatientBirthDate", ""},
                                        {"PatientSex", ""},
                                        {"ReferringPhysicianName", ""},
                                        {"RequestedProcedureDescription", ""},
                                        {"RequestedProcedureID", ""},
                                        {"RequestedProcedurePriority", ""},
                                        {"IssuerOfPatientID", ""}});
  ASSERT_THAT(found, SizeIs(1));
  const Attributes& of = found[0].attributes;
  EXPECT_EQ(of.value(kName), "Wang^Fang=王^芳");
  EXPECT_EQ(of.value({0x0010, 0x0020}), "100");
  EXPECT_EQ(of.value({0x0010, 0x0021}), "HIS");
  EXPECT_EQ(of.value({0x0010, 0x0030}), "19800203");
  EXPECT_EQ(of.value({0x0010, 0x0040}), "F");
  EXPECT_EQ(of.value(kAccession), "A1");
  EXPECT_EQ(of.value({0x0008, 0x0090}), "Zhao^Lei");
  EXPECT_EQ(of.value({0x0032, 0x1060}), "Chest");
  EXPECT_EQ(of.value({0x0040, 0x1003}), "STAT");
  EXPECT_FALSE(of.value({0x0040, 0x1001}).empty());
  EXPECT_THAT(std::string(of.value(kStudy)), ::testing::StartsWith("2.25."));
  EXPECT_EQ(of_step(found[0], {0x0008, 0x0060}), "CT");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0002}), "20260105");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0003}), "093000");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0020}), "SCHEDULED");
}

TEST_F(Worklists, show_an_appointment_instead_of_its_order) {
  rules(
      "stations: [{title: CT1, modality: CT, name: Ground floor, places: [Location/ct1]}, "
      "{title: CT2, modality: CT, places: [room two]}]");
  put(R"({"resourceType":"Location","id":"ct1","name":"CT room 1"})");
  put(order("1", at("2026-01-07T09:00:00+08:00") + "," + kImaging + "," + kCt));
  put(appointment("a", "1", "2026-01-05T02:00:00Z", "arrived",
                  R"(,{"actor":{"reference":"Location/ct1"},"status":"accepted"},
                     {"type":[{"text":"radiographer"}],"actor":{"display":"Li Na","type":"Practitioner"},"status":"accepted"})"));
  const std::vector<Item> found = find({});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0001}), "CT1");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0010}), "Ground floor");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0011}), "CT room 1");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0003}), "100000");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0006}), "Li Na");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0020}), "ARRIVED");
  EXPECT_EQ(of_step(found[0], {0x0040, 0x0009}), "a");
  EXPECT_THAT(accessions({{"ScheduledStationAETitle", "CT2"}}), IsEmpty());
  EXPECT_THAT(accessions({{"ScheduledStationAETitle", "CT1"}}), ElementsAre("A1"));
  EXPECT_THAT(accessions({{"ScheduledPerformingPhysicianName", "li*"}}), ElementsAre("A1"));
  EXPECT_THAT(accessions({{"PatientID", "100"}, {"AccessionNumber", "A1"}}), ElementsAre("A1"));
  EXPECT_THAT(accessions({{"PatientID", "101"}}), IsEmpty());
}

TEST_F(Worklists, leave_out_what_is_not_to_be_done) {
  put(order("1", at("2026-01-05T09:00:00+08:00") + "," + kImaging, "revoked"));
  put(order("2", at("2026-01-05T09:00:00+08:00") + "," + kImaging, "completed"));
  put(order("3", at("2026-01-05T09:00:00+08:00") + "," + kImaging, "on-hold"));
  put(order("4", at("2026-01-05T09:00:00+08:00") + R"(,"category":[{"text":"laboratory"}])"));
  put(order("5", kImaging));  // no time
  put(order("6", kImaging));
  for (const char* status : {"cancelled", "fulfilled", "noshow", "entered-in-error", "proposed", "pending"}) {
    put(appointment(status, "6", "2026-01-05T02:00:00Z", status));
  }
  put(appointment("of-revoked", "1", "2026-01-05T02:00:00Z"));
  put(order("7", at("2026-01-05T09:00:00+08:00") + "," + kImaging));
  put(R"({"resourceType":"ImagingStudy","id":"s","status":"available","subject":{"reference":"Patient/p"},
          "basedOn":[{"reference":"ServiceRequest/7"},{"reference":"ServiceRequest/6"}]})");
  put(appointment("of-done", "6", "2026-01-05T02:00:00Z"));
  EXPECT_THAT(accessions({}), IsEmpty());
  rules("hide_archived: false");
  EXPECT_THAT(accessions({}), ElementsAre("A7", "A6"));
}

TEST_F(Worklists, match_days_and_times_as_one_range) {
  for (const auto& [id, when] : {std::pair("1", "2026-01-05T08:00:00+08:00"),
                                 {"2", "2026-01-05T23:00:00+08:00"},
                                 {"3", "2026-01-06T07:00:00+08:00"},
                                 {"4", "2026-01-06T11:00:00+08:00"}}) {
    put(order(id, at(when) + "," + kImaging));
  }
  const auto start = [&](const char* days, const char* times) {
    return accessions({{"ScheduledProcedureStepStartDate", days}, {"ScheduledProcedureStepStartTime", times}});
  };
  EXPECT_THAT(start("20260105", ""), ElementsAre("A1", "A2"));
  EXPECT_THAT(start("20260106-", ""), ElementsAre("A3", "A4"));
  EXPECT_THAT(start("-20260105", ""), ElementsAre("A1", "A2"));
  EXPECT_THAT(start("20260105-20260106", "10-08"), ElementsAre("A2", "A3"));  // a moment to a moment
  EXPECT_THAT(start("20260105", "09-24"), ElementsAre("A2"));
  EXPECT_THAT(start("20260106", "0700"), ElementsAre("A3"));
  EXPECT_THAT(start("20260107", ""), IsEmpty());
}

TEST_F(Worklists, match_single_values_wild_cards_and_lists) {
  put(order("1", at("2026-01-05T08:00:00+08:00") + "," + kImaging + "," + kCt));
  put(order("2", at("2026-01-05T09:00:00+08:00") + "," + kImaging + "," + kMr));
  EXPECT_THAT(accessions({{"Modality", "CT"}}), ElementsAre("A1"));
  EXPECT_THAT(accessions({{"Modality", "*"}}), ElementsAre("A1", "A2"));
  EXPECT_THAT(accessions({{"PatientName", "wang*"}}), ElementsAre("A1", "A2"));
  EXPECT_THAT(accessions({{"PatientName", "王*"}}), ElementsAre("A1", "A2"));
  EXPECT_THAT(accessions({{"PatientName", "li*"}}), IsEmpty());
  EXPECT_THAT(accessions({{"PatientID", "100"}}), ElementsAre("A1", "A2"));
  EXPECT_THAT(accessions({{"PatientID", "10?"}}), ElementsAre("A1", "A2"));
  EXPECT_THAT(accessions({{"PatientID", "10"}}), IsEmpty());
  EXPECT_THAT(accessions({{"AccessionNumber", "A2"}}), ElementsAre("A2"));
  EXPECT_THAT(accessions({{"AccessionNumber", "a,b|c$d"}}), IsEmpty());
  const std::string study(find({{"AccessionNumber", "A1"}})[0].attributes.value(kStudy));
  EXPECT_THAT(accessions({{"StudyInstanceUID", study + "\\1.2"}}), ElementsAre("A1"));
  // What steps do not say is left out of account, and empty in the answer.
  const std::vector<Item> found = find({{"InstitutionName", "Elsewhere"}});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].attributes.find({0x0008, 0x0080})->value, "");
}

TEST_F(Worklists, show_a_window_of_days_unless_somebody_is_asked_for) {
  put(order("1", at("2026-01-03") + "," + kImaging));
  put(order("2", at("2026-01-04") + "," + kImaging));
  put(order("3", at("2026-01-08") + "," + kImaging));
  put(order("4", at("2026-01-09") + "," + kImaging));
  rules("{days_before: 1, days_after: 3}");
  EXPECT_THAT(accessions({}), ElementsAre("A2", "A3"));
  EXPECT_THAT(accessions({{"PatientID", "100"}}), ElementsAre("A1", "A2", "A3", "A4"));
  EXPECT_THAT(accessions({{"ScheduledProcedureStepStartDate", "20260101-"}}), ElementsAre("A1", "A2", "A3", "A4"));
}

TEST_F(Worklists, are_at_whoever_asks_until_it_is_said_where) {
  put(order("1", at("2026-01-05") + "," + kImaging + "," + kCt));
  WorklistRequest request;
  request.caller = "CT9";
  EXPECT_EQ(of_step(find({}, std::move(request))[0], {0x0040, 0x0001}), "CT9");
  EXPECT_EQ(of_step(find({{"ScheduledStationAETitle", "CT8"}})[0], {0x0040, 0x0001}), "CT8");
  rules("stations: [{title: CT1, modality: CT}, {title: CT2, modality: CT}, {title: MR1, modality: MR}]");
  EXPECT_EQ(of_step(find({})[0], {0x0040, 0x0001}), "CT1\\CT2");
  EXPECT_THAT(accessions({{"ScheduledStationAETitle", "CT2"}}), ElementsAre("A1"));
  EXPECT_THAT(accessions({{"ScheduledStationAETitle", "MR1"}}), IsEmpty());
}

TEST_F(Worklists, show_a_node_what_it_is_for) {
  rules("stations: [{title: CT1, modality: CT}, {title: MR1, modality: MR}]");
  put(order("1", at("2026-01-05T08:00:00Z") + "," + kImaging + "," + kCt));
  put(order("2", at("2026-01-05T09:00:00Z") + "," + kImaging + "," + kMr));
  put(order("3", at("2026-01-05T10:00:00Z") + "," + kImaging));
  const auto seen = [&](WorklistView view) {
    WorklistRequest request;
    request.view = std::move(view);
    return accessions({}, std::move(request));
  };
  EXPECT_THAT(seen({}), ElementsAre("A1", "A2", "A3"));
  EXPECT_THAT(seen({.stations = {"MR1"}, .modalities = {}}), ElementsAre("A2", "A3"));
  EXPECT_THAT(seen({.stations = {}, .modalities = {"CT"}}), ElementsAre("A1"));
}

TEST_F(Worklists, say_of_the_patient_what_is_asked_for) {
  put(R"({"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"IMP"},"identifier":[{"value":"V7"}],
          "location":[{"location":{"display":"Ward 3"},"status":"active"}]})");
  put(order("1", at("2026-01-05") + "," + kImaging + R"(,"encounter":{"reference":"Encounter/e"})"));
  put(R"({"resourceType":"Observation","id":"w","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
          "subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-01-01","valueQuantity":{"value":61500,"code":"g"}})");
  put(R"({"resourceType":"Observation","id":"g","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"82810-3"}]},
          "subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-01-01",
          "valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"77386006"}]}})");
  put(R"({"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},"code":{"text":"Iodinated contrast"}})");
  put(R"({"resourceType":"AllergyIntolerance","id":"b","patient":{"reference":"Patient/p"},"code":{"text":"Nuts"},
          "verificationStatus":{"coding":[{"code":"refuted"}]}})");
  put(R"({"resourceType":"Flag","id":"f","status":"active","subject":{"reference":"Patient/p"},"code":{"text":"Pacemaker"}})");
  const std::vector<Item> found = find({{"PatientWeight", ""},
                                        {"Allergies", ""},
                                        {"MedicalAlerts", ""},
                                        {"PregnancyStatus", ""},
                                        {"AdmissionID", ""},
                                        {"CurrentPatientLocation", ""}});
  ASSERT_THAT(found, SizeIs(1));
  const Attributes& of = found[0].attributes;
  EXPECT_EQ(of.value({0x0010, 0x1030}), "61.500");
  EXPECT_EQ(of.value({0x0010, 0x2110}), "Iodinated contrast");
  EXPECT_EQ(of.value({0x0010, 0x2000}), "Pacemaker");
  EXPECT_EQ(of.value({0x0010, 0x21C0}), "3");
  EXPECT_EQ(of.value({0x0038, 0x0010}), "V7");
  EXPECT_EQ(of.value({0x0038, 0x0300}), "Ward 3");
}

TEST_F(Worklists, end_with_an_error_rather_than_cut_short) {
  rules("limit: 2");
  for (const char* id : {"1", "2", "3"}) put(order(id, at("2026-01-05") + "," + kImaging));
  auto steps = worklist().find(store::local_reader(), {.keys = {}}).value();
  EXPECT_TRUE(steps->next()->has_value());
  EXPECT_TRUE(steps->next()->has_value());
  EXPECT_EQ(steps->next().error().code(), ErrorCode::too_costly);
  rules("candidates: 2");
  steps = worklist().find(store::local_reader(), {.keys = {}}).value();
  Result<std::optional<Item>> last = steps->next();
  while (last && *last) last = steps->next();
  EXPECT_EQ(last.error().code(), ErrorCode::too_costly);
}

TEST_F(Worklists, find_a_few_among_thousands) {
  store::CommitRequest request;
  for (int i = 0; i < 3'000; ++i) {
    char day[16];
    std::snprintf(day, sizeof day, "2026-01-%02d", 1 + i % 25);
    request.writes.push_back(meridian::testing::update_of(
        order(std::to_string(1'000 + i), at(day) + "," + kImaging + "," + (i % 4 == 0 ? kMr : kCt))));
  }
  ASSERT_TRUE(store_->commit(store::local_writer(), std::move(request)));
  EXPECT_THAT(accessions({{"Modality", "MR"}, {"ScheduledProcedureStepStartDate", "20260106"}}), SizeIs(30));
  EXPECT_THAT(accessions({{"Modality", "US"}, {"ScheduledProcedureStepStartDate", "20260106"}}), IsEmpty());
  EXPECT_THAT(accessions({{"AccessionNumber", "A1007"}}), ElementsAre("A1007"));
  // Whoever goes away ends the search, whatever is left to look at.
  StopSource source;
  store::ReadContext context = store::local_reader();
  context.stop = source.token();
  const auto steps = worklist().find(std::move(context), {.keys = worklist_keys(Pairs{{"Modality", "US"}}).value()});
  source.request_stop();
  EXPECT_EQ((*steps)->next().error().code(), ErrorCode::cancelled);
}

TEST_F(Worklists, give_no_more_than_the_store_lets_them_read) {
  // Nothing of one type: the order is there, its patient is not.
  class Policy final : public store::ReadPolicy {
   public:
    Result<store::Permission> permission(const store::ReadContext& context, fhir::TypeId type) const override {
      const bool is_patient = type == fhir::Schema::r4().find_type(denied);
      return store::Permission{context.actor.id == "dicom/SPY" && is_patient, {}, {}};
    }
    std::string denied;
  } policy;
  store::StoreOptions options;
  options.policy = &policy;
  meridian::testing::ModelStore guarded(options);
  ASSERT_TRUE(guarded.put(kPatient));
  ASSERT_TRUE(guarded.put(order("1", at("2026-01-05") + "," + kImaging)));
  WorklistOptions of;
  of.store = &*guarded;
  of.clock = &clock_;
  of.tenant_key = "tests";
  const auto worklist = Worklist::open(std::move(of)).value();
  store::ReadContext spy = store::local_reader();
  spy.actor.id = "dicom/SPY";
  policy.denied = "Patient";
  const auto step = worklist->find(spy, {.keys = {}}).value()->next().value();
  ASSERT_TRUE(step);
  EXPECT_EQ(step->attributes.value(kName), "");
  policy.denied = "ServiceRequest";
  EXPECT_FALSE(worklist->find(spy, {.keys = {}}).value()->next().value());
}

TEST(WorklistKey, is_read_of_an_identifier_with_a_sequence) {
  Item asked;
  asked.attributes.set(kName, "Wang*");
  Item step;
  step.attributes.set({0x0008, 0x0060}, "CT");
  step.attributes.set({0x0040, 0x0002}, "20260105-20260106");
  asked.set(kStepSequence, {step});
  for (const bool is_explicit : {true, false}) {
    const WorklistKeys keys = read_worklist_keys(to_data_set(asked, is_explicit), is_explicit).value();
    EXPECT_EQ(keys.query.keys.value(kName), "Wang*");
    ASSERT_NE(keys.find(kStepSequence), nullptr);
    EXPECT_EQ(keys.find(kStepSequence)->query.keys.value({0x0008, 0x0060}), "CT");
  }
  step.attributes.set({0x0040, 0x0002}, "tomorrow");
  asked.set(kStepSequence, {step});
  EXPECT_EQ(read_worklist_keys(to_data_set(asked, true), true).error().code(), ErrorCode::malformed_input);
  asked.set(kStepSequence, {Item(), Item()});
  EXPECT_THAT(read_worklist_keys(to_data_set(asked, true), true).error().message(), HasSubstr("one item"));
  Item wrong;
  wrong.attributes.set(kStepSequence, dicom::Vr::sh, "CT");  // of a sequence all is asked for then
  EXPECT_NE(read_worklist_keys(to_data_set(wrong, true), true)->find(kStepSequence), nullptr);
  EXPECT_FALSE(read_worklist_keys("nonsense", true));
  EXPECT_TRUE(read_worklist_keys("", true)->empty());
}

TEST(WorklistItem, is_written_and_read_in_its_order_and_its_character_set) {
  Item item;
  item.attributes.set({0x0040, 0x1001}, "R1");
  Item step;
  step.attributes.set({0x0040, 0x0007}, "胸部");
  item.set(kStepSequence, {step, Item()});
  Issues issues;
  const auto file = dicom::read_file(
      connect::part_10_head({"1.2", "1.2.840.10008.1.2.1"}, "1.2", {}) + to_data_set(item, true), {}, issues);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->data_set().is_sorted);
  EXPECT_EQ(dicom::text(file->data_set(), dicom::tags::kCharacterSet), "ISO_IR 192");
  ASSERT_EQ(dicom::items(file->data_set(), kStepSequence).size(), 2U);
  EXPECT_EQ(dicom::text(dicom::items(file->data_set(), kStepSequence)[0], {0x0040, 0x0007}), "胸部");
  EXPECT_THAT(to_json(item), HasSubstr(R"("00400100":{"vr":"SQ","Value":[{)"));
}

}  // namespace
}  // namespace meridian::imaging
