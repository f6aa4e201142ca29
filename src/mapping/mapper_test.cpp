// What messages mean together: stories of a patient, a visit, an order, told message by message.
#include "mapping/mapper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

using testing::find;
using testing::Record;

std::string header(const std::string& type, const std::string& time, const std::string& id) {
  return "MSH|^~\\&|HIS|HOSP|MER|HOSP|" + time + "||" + type + "|" + id + "|P|2.5.1\n";
}

constexpr const char* kPid =
    "PID|1||1001^^^HOSP^MR||张^三^^^^^L||19800102|M|||人民路1号^^上海^^200000^CHN||13800000000^PRN^CP\n";

std::string adt(const std::string& event, const std::string& time, const std::string& id, const std::string& visit) {
  return header("ADT^" + event, time, id) + "EVN|" + event + "|" + time + "\n" + kPid + visit;
}

/// A PV1 with these fields.
std::string pv1(const std::vector<std::pair<int, std::string>>& fields) {
  std::string out = "PV1|1";
  int at = 1;
  for (const auto& [number, value] : fields) {
    for (; at < number; ++at) out += '|';
    out += value;
  }
  return out + '\n';
}

const std::string kWardA = pv1({{2, "I"}, {3, "A^1^1^HOSP"}, {19, "V1^^^HOSP"}, {44, "20240501080000"}});
const std::string kWardB = pv1({{2, "I"}, {3, "B^2^2^HOSP"}, {19, "V1^^^HOSP"}, {44, "20240501080000"}});
const std::string kLeft =
    pv1({{2, "I"}, {3, "B^2^2^HOSP"}, {19, "V1^^^HOSP"}, {36, "01"}, {44, "20240501080000"}, {45, "20240509170000"}});

std::string stay(const std::string& encounter) {
  return find(
      encounter,
      "location.select(location.display & ' ' & status & ' ' & period.start.toString() & ' ' & period.end.toString())");
}

TEST(Mapper, makes_one_encounter_of_admission_transfer_and_discharge) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  EXPECT_EQ(find(record.only("Encounter"), "status"), "in-progress");
  EXPECT_EQ(find(record.only("Encounter"), "location.location.display"), "A 1 1");
  record.take(adt("A02", "20240503100000", "2", kWardB));
  EXPECT_EQ(find(record.only("Encounter"), "location.location.display"), "A 1 1,B 2 2");
  EXPECT_EQ(find(record.only("Encounter"), "location.status"), "completed,active");
  record.take(adt("A03", "20240509170100", "3", kLeft));
  const std::string encounter = record.only("Encounter");
  EXPECT_EQ(find(encounter, "status"), "finished");
  EXPECT_EQ(find(encounter, "period.start"), "2024-05-01T08:00:00+08:00");
  EXPECT_EQ(find(encounter, "period.end"), "2024-05-09T17:00:00+08:00");
  EXPECT_EQ(find(encounter, "location.status"), "completed,completed") << stay(encounter);
  EXPECT_EQ(find(encounter, "location.period.end"), "2024-05-03T10:00:00+08:00,2024-05-09T17:00:00+08:00");
  EXPECT_EQ(find(encounter, "hospitalization.dischargeDisposition.coding.code"), "01");
  EXPECT_EQ(record.all("Patient").size(), 1U);
}

TEST(Mapper, cancels_an_admission_and_a_discharge) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  record.take(adt("A03", "20240509170100", "2", kLeft));
  record.take(adt("A13", "20240509180000", "3", kWardB));
  EXPECT_EQ(find(record.only("Encounter"), "status"), "in-progress");
  EXPECT_EQ(find(record.only("Encounter"), "period.end"), "");
  EXPECT_EQ(find(record.only("Encounter"), "hospitalization.dischargeDisposition"), "");
  record.take(adt("A11", "20240510000000", "4", kWardA));
  EXPECT_EQ(find(record.only("Encounter"), "status"), "cancelled");
}

TEST(Mapper, takes_an_update_after_discharge_for_a_correction_of_data_not_of_the_status) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  record.take(adt("A03", "20240509170100", "2", kLeft));
  record.take(adt("A08", "20240509180000", "3", kWardB));
  EXPECT_EQ(find(record.only("Encounter"), "status"), "finished");
}

TEST(Mapper, merges_patients_by_link_and_renames_nothing) {
  Record record;
  record.take(header("ADT^A04", "20240501080000", "1") + "PID|1||2002^^^HOSP^MR||ZHANG^SAN||19800102|M\n");
  record.take(adt("A04", "20240501080001", "2", ""));
  ASSERT_EQ(record.all("Patient").size(), 2U);
  record.take(header("ADT^A40", "20240502080000", "3") + kPid + "MRG|2002^^^HOSP^MR\n");
  ASSERT_EQ(record.all("Patient").size(), 2U);
  std::string survivor;
  std::string merged;
  for (const std::string& patient : record.all("Patient")) {
    (find(patient, "identifier.value") == "2002" ? merged : survivor) = patient;
  }
  EXPECT_EQ(find(merged, "active"), "false");
  EXPECT_EQ(find(merged, "link.type"), "replaced-by");
  EXPECT_EQ(find(merged, "link.other.reference"), "Patient/" + find(survivor, "id"));
  EXPECT_EQ(find(survivor, "link.type"), "replaces");
  EXPECT_EQ(find(merged, "name.family"), "ZHANG") << "what was known of the merged record stays";
}

TEST(Mapper, links_two_records_and_swaps_two_beds) {
  Record record;
  record.take(header("ADT^A24", "20240501080000", "1") + "PID|1||1^^^HOSP^MR||A^B\nPID|2||2^^^HOSP^MR||A^B\n");
  ASSERT_EQ(record.all("Patient").size(), 2U);
  for (const std::string& patient : record.all("Patient")) EXPECT_EQ(find(patient, "link.type"), "seealso");
  record.take(header("ADT^A17", "20240502080000", "2") + "PID|1||1^^^HOSP^MR\n" +
              pv1({{2, "I"}, {3, "B^1^1"}, {19, "V1"}}) + "PID|2||2^^^HOSP^MR\n" +
              pv1({{2, "I"}, {3, "A^1^1"}, {19, "V2"}}));
  ASSERT_EQ(record.all("Encounter").size(), 2U);
  for (const std::string& encounter : record.all("Encounter")) {
    EXPECT_EQ(find(encounter, "location.location.display"),
              find(encounter, "identifier.value") == "V1" ? "B 1 1" : "A 1 1");
  }
}

std::string oru(const std::string& time, const std::string& id, const std::string& result) {
  return header("ORU^R01", time, id) + kPid + "PV1|1|I|||||||||||||||||V1^^^HOSP\nORC|RE|P1^HIS|F1^LAB\n" +
         "OBR|1|P1^HIS|F1^LAB|24320-4^Basic metabolic panel^LN|||20240501090000|||||||||||||||20240501100000||LAB|F\n" +
         result;
}

TEST(Mapper, replaces_a_result_by_its_correction) {
  Record record;
  record.take(oru("20240501100000", "1", "OBX|1|NM|2823-3^Potassium^LN||5.9|mmol/L^^UCUM|3.5-5.1|H|||F\n"));
  const std::string first = record.only("Observation");
  EXPECT_EQ(find(first, "value.value"), "5.9");
  record.take(oru("20240501110000", "2", "OBX|1|NM|2823-3^Potassium^LN||4.9|mmol/L^^UCUM|3.5-5.1|N|||C\n"));
  const std::string second = record.only("Observation");
  EXPECT_EQ(find(second, "status"), "corrected");
  EXPECT_EQ(find(second, "value.value"), "4.9");
  EXPECT_EQ(find(second, "interpretation.coding.code"), "N");
  EXPECT_EQ(find(second, "id"), find(first, "id"));
  // A correction stays one when the first message comes again, late.
  record.take(oru("20240501100000", "1", "OBX|1|NM|2823-3^Potassium^LN||5.9|mmol/L^^UCUM|3.5-5.1|H|||F\n"));
  EXPECT_EQ(record.only("Observation"), second);
}

TEST(Mapper, lets_the_same_visit_order_and_patient_of_many_messages_meet) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  record.take(header("ORM^O01", "20240501083000", "2") + kPid + "PV1|1|I|||||||||||||||||V1^^^HOSP\n" +
              "ORC|NW|P1^HIS||||||||||D1^Li^Si\nOBR|1|P1^HIS||24320-4^Basic metabolic panel^LN\n");
  record.take(oru("20240501100000", "3", "OBX|1|NM|2823-3^Potassium^LN||5.9|mmol/L^^UCUM||H|||F\n"));
  record.take(header("SIU^S12", "20240501110000", "4") + "SCH|AP1|AF1\n" + kPid +
              "PV1|1|I|||||||||||||||||V1^^^HOSP\n");
  record.take(header("DFT^P03", "20240501120000", "5") + kPid + "PV1|1|I|||||||||||||||||V1^^^HOSP\n" +
              "FT1|1|T1||20240501|20240501|CG|71045^Chest^C4\n");
  EXPECT_EQ(record.all("Patient").size(), 1U);
  EXPECT_EQ(record.all("Encounter").size(), 1U);
  EXPECT_EQ(record.all("ServiceRequest").size(), 1U);
  EXPECT_EQ(find(record.only("Encounter"), "location.location.display"), "A 1 1")
      << "a copy does not undo what ADT said";
  EXPECT_EQ(find(record.only("ServiceRequest"), "requester.display"), "Si Li");
  EXPECT_EQ(find(record.only("Observation"), "basedOn.reference"),
            "ServiceRequest/" + find(record.only("ServiceRequest"), "id"));
  EXPECT_EQ(find(record.only("DiagnosticReport"), "result.count()"), "1");
  EXPECT_EQ(find(record.only("Appointment"), "participant.actor.reference"),
            "Patient/" + find(record.only("Patient"), "id"));
}

TEST(Mapper, deletes_what_is_null_and_leaves_what_is_absent) {
  Record record;
  record.take(adt("A04", "20240501080000", "1", ""));
  EXPECT_EQ(find(record.only("Patient"), "telecom.value"), "13800000000");
  record.take(header("ADT^A08", "20240501090000", "2") + "PID|1||1001^^^HOSP^MR\n");
  EXPECT_EQ(find(record.only("Patient"), "telecom.value"), "13800000000");
  EXPECT_EQ(find(record.only("Patient"), "name.family"), "张");
  record.take(header("ADT^A08", "20240501100000", "3") + "PID|1||1001^^^HOSP^MR||||\"\"||||||\"\"\n");
  EXPECT_EQ(find(record.only("Patient"), "telecom"), "");
  EXPECT_EQ(find(record.only("Patient"), "birthDate"), "");
  EXPECT_EQ(find(record.only("Patient"), "name.family"), "张");
  // An older message that still had it, coming late, does not bring it back.
  record.take(adt("A08", "20240501085000", "4", ""));
  EXPECT_EQ(find(record.only("Patient"), "birthDate"), "");
}

TEST(Mapper, gives_the_same_record_for_any_order_and_any_number_of_arrivals) {
  std::vector<std::string> messages = {adt("A01", "20240501080500", "1", kWardA),
                                       adt("A02", "20240503100000", "2", kWardB),
                                       adt("A08", "20240504100000", "3", kWardB),
                                       adt("A03", "20240509170100", "4", kLeft),
                                       oru("20240501100000", "5", "OBX|1|NM|2823-3^Potassium^LN||5.9|mmol/L||H|||F\n"),
                                       oru("20240501110000", "6", "OBX|1|NM|2823-3^Potassium^LN||4.9|mmol/L||N|||C\n")};
  Record expected;
  for (const std::string& message : messages) expected.take(message);
  std::sort(messages.begin(), messages.end());
  int orders = 0;
  do {
    Record record;
    for (const std::string& message : messages) record.take(message);
    record.take(messages.front());
    ASSERT_EQ(record.resources(), expected.resources());
    ASSERT_EQ(record.origins(), expected.origins());
  } while (std::next_permutation(messages.begin(), messages.end()) && ++orders < 200);
}

TEST(Mapper, makes_no_version_of_what_changes_nothing) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  const std::size_t versions = record.versions();
  record.take(adt("A01", "20240501080500", "1", kWardA));
  EXPECT_EQ(record.versions(), versions);
}

TEST(Mapper, says_where_each_part_came_from) {
  Record record;
  record.take(adt("A01", "20240501080500", "1", kWardA));
  const std::string name = "Patient/" + find(record.only("Patient"), "id");
  const auto origins = read_origins(record.origins().at(name));
  ASSERT_TRUE(origins);
  std::string birth;
  std::string names;
  for (const OriginEntry& entry : *origins) {
    if (entry.key == "birthDate") birth = to_string(entry.origin);
    if (entry.key == "name@PID-5") names = to_string(entry.origin);
    EXPECT_EQ(entry.stamp.control_id, "1");
  }
  EXPECT_EQ(birth, "PID[1]-7[1]");
  EXPECT_THAT(names, ::testing::StartsWith("PID[1]-5[1]"));
}

TEST(Mapper, reports_what_was_dropped) {
  Record record;
  const Mapped mapped = record.take(adt("A01", "20240501080500", "1", kWardA + "ZPI|1|local\n"));
  EXPECT_EQ(mapped.map, "ADT_A01");
  EXPECT_GT(mapped.coverage.mapped(), 10U);
  EXPECT_THAT(to_text(mapped.coverage), ::testing::HasSubstr("ZPI-2     dropped 1"));
  const auto& issues = mapped.issues.all();
  EXPECT_TRUE(std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return issue.message->id == "mapping-segment-dropped" && issue.path == "ZPI[1]";
  }));
}

TEST(Mapper, makes_nothing_of_a_message_without_a_map_and_says_so) {
  Record record;
  const Mapped mapped = record.take(header("QRY^A19X", "20240501", "1") + "QRD|1\n");
  EXPECT_TRUE(mapped.writes.empty());
  ASSERT_EQ(mapped.issues.size(), 1U);
  EXPECT_EQ(mapped.issues.all().front().message->id, "mapping-no-map");
}

TEST(Mapper, keeps_the_precision_of_times_and_the_zone_of_the_feed) {
  Record record;
  record.take(header("ADT^A04", "20240501080000", "1") +
              "PID|1||7^^^HOSP^MR||A^B||198001|M|||||||||||||||||||||201501\n");
  EXPECT_EQ(find(record.only("Patient"), "birthDate"), "1980-01");
  EXPECT_EQ(find(record.only("Patient"), "deceased"), "2015-01");
  record.take(oru("20240501100000", "2",
                  "OBX|1|ST|X^X^L||a||||||F|||202405010915\nOBX|2|ST|Y^Y^L||a||||||F|||202405010915-0500\n"));
  const std::vector<std::string> results = record.all("Observation");
  std::string times;
  for (const std::string& result : results) times += find(result, "effective") + " ";
  EXPECT_THAT(times, ::testing::HasSubstr("2024-05-01T09:15:00+08:00"));
  EXPECT_THAT(times, ::testing::HasSubstr("2024-05-01T09:15:00-05:00"));
}

TEST(Mapper, gives_ids_that_depend_on_the_tenant_the_authority_and_the_epoch) {
  Record one;
  one.take(adt("A04", "20240501080000", "1", ""));
  MappingContext other = testing::context();
  other.tenant_key = "another";
  Record two(other);
  two.take(adt("A04", "20240501080000", "1", ""));
  EXPECT_NE(find(one.only("Patient"), "id"), find(two.only("Patient"), "id"));
  MappingContext later = testing::context();
  later.epochs.push_back({"urn:id:HOSP", 1});
  Record three(later);
  three.take(adt("A04", "20240501080000", "1", ""));
  EXPECT_NE(find(one.only("Patient"), "id"), find(three.only("Patient"), "id"));
}

}  // namespace
}  // namespace meridian::mapping
