// Differential: the 132 bundles that Microsoft's FHIR Converter is expected to make of its sample messages, against
// ours.
//
// For each expected resource of the key types: whether we make its counterpart, and whether its key fields agree. What
// is known to differ has a class, which docs/mapping-differences.md explains; what is left must agree to 95 %.
// The outside data may be absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/bundle.hpp"
#include "mapping/testing/comparison.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

const std::vector<testing::KeyFields>& key_fields() {
  static const std::vector<testing::KeyFields> all = {
      {"Patient",
       "",
       {"identifier.value", "name.family", "name.given", "birthDate", "gender", "address.city", "address.postalCode",
        "address.state", "telecom.value", "maritalStatus.coding.code"}},
      {"Encounter",
       "",
       {"class.code", "status", "period.start", "period.end", "identifier.value", "type.coding.code",
        "serviceType.coding.code"}},
      {"Observation",
       "code.coding.code",
       {"code.coding.code", "valueQuantity.value", "valueQuantity.unit", "valueString",
        "valueCodeableConcept.coding.code", "valueDateTime", "status", "effectiveDateTime",
        "interpretation.coding.code", "referenceRange.text"}},
      {"DiagnosticReport",
       "identifier.value",
       {"code.coding.code", "status", "identifier.value", "effectiveDateTime", "issued"}},
      {"ServiceRequest", "identifier.value", {"code.coding.code", "identifier.value", "status", "priority"}},
      {"Specimen",
       "identifier.value",
       {"type.coding.code", "identifier.value", "collection.collectedDateTime", "receivedTime"}},
      {"AllergyIntolerance", "code.coding.code", {"code.coding.code", "category", "criticality", "type"}},
      {"Condition", "code.coding.code", {"code.coding.code", "onsetDateTime"}},
      {"Procedure", "code.coding.code", {"code.coding.code", "performedDateTime", "status"}},
      {"Coverage", "", {"type.coding.code", "period.start", "period.end", "subscriberId"}},
      {"Immunization",
       "",
       {"vaccineCode.coding.code", "status", "occurrenceDateTime", "lotNumber", "doseQuantity.value"}},
      {"MedicationRequest", "", {"status", "identifier.value", "authoredOn"}},
      {"DocumentReference", "", {"type.coding.code", "status", "masterIdentifier.value", "docStatus"}},
      {"Appointment", "", {"status", "start", "end", "identifier.value", "minutesDuration"}},
      {"ChargeItem", "code.coding.code", {"code.coding.code", "occurrenceDateTime", "status"}},
  };
  return all;
}

/// The segments of these names, as they stand.
std::string segments_of(const std::string& text, std::initializer_list<const char*> names) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    for (const char* name : names) {
      if (text.compare(at, 3, name) == 0) out += text.substr(at, end - at) + '\n';
    }
    at = end + 1;
  }
  return out;
}

using testing::common;
using testing::values;

/// Why an expected resource has no counterpart with us; empty: no known reason.
std::string reason_of_absence(const std::string& type, fhir::Node expected, const std::string& text) {
  for (const std::string& system : values(expected, "code.coding.system")) {
    if (system.find("v2-to-fhir-converter/CodeSystem/observation-code") != std::string::npos ||
        system.find("v2-to-fhir-converter/CodeSystem/procedure-code") != std::string::npos ||
        system.find("v2-to-fhir-converter/CodeSystem/coding-system") != std::string::npos) {
      return "made-up codes";
    }
  }
  const std::set<std::string> codes = values(expected, "code.coding.code");
  const auto stands_in = [&](std::initializer_list<const char*> names) {
    const std::string part = segments_of(text, names);
    return std::any_of(codes.begin(), codes.end(),
                       [&part](const std::string& code) { return part.find(code) != std::string::npos; });
  };
  if (type == "Specimen" && values(expected, "type.coding.code").empty()) return "specimen of every order";
  if (type == "Specimen" && !values(expected, "type.coding.code").empty() && segments_of(text, {"SPM"}).empty())
    return "specimen of every order";
  if (type == "DiagnosticReport" && common(values(expected, "status"), {"unknown", "registered"}) > 0)
    return "report of every order";
  if (type == "Condition" && (codes.empty() || !stands_in({"DG1"}))) return "condition of other segments";
  if (type == "Procedure" && !stands_in({"PR1"})) return "procedure of other segments";
  if (type == "ServiceRequest" && values(expected, "code.coding.code").empty()) return "parent orders";
  if (type == "MedicationRequest") return "encoded order apart from the order";
  if (type == "DocumentReference" && text.find("|MDM^") == std::string::npos) return "document outside MDM";
  if (type == "Observation" && segments_of(text, {"OBX"}).find("ED|") != std::string::npos)
    return "results apart from their order";
  if (type == "Encounter" && text.find("^A29") != std::string::npos) return "visit of a deleted person";
  return {};
}

std::string reason_of_difference(const std::string& type, const std::string& field, const std::string& value,
                                 const std::string& text) {
  if (type == "Patient") {
    const std::string person = segments_of(text, {"PID", "PD1", "MRG"});
    return person.find(value) == std::string::npos ? "patient's data from other segments" : "";
  }
  if (field == "ChargeItem.status") return "charge is billable";
  if (field == "DocumentReference.docStatus") return "authenticated document is final";
  if (field == "Immunization.doseQuantity.value" && value == "999") return "999 is no dose";
  if (field == "Encounter.period.end" && text.find("^A13") != std::string::npos)
    return "cancelled discharge has no end";
  if (field == "Encounter.status" && !segments_of(text, {"PV1"}).empty()) return "status by event and discharge time";
  if (field == "ServiceRequest.status" || field == "Observation.status") return "status of orders and results";
  if (type == "Encounter" && !segments_of(text, {"PV2"}).empty() && field.starts_with("Encounter.period")) {
    return "expected times are not the period";
  }
  if (field.ends_with(".identifier.value") && segments_of(text, {"ORC"}).find(value) != std::string::npos)
    return "group numbers";
  if (field == "ServiceRequest.identifier.value" || field == "DiagnosticReport.identifier.value")
    return "parts of an identifier";
  return {};
}

class MessageReasons final : public testing::Reasons {
 public:
  explicit MessageReasons(const std::string& text) : text_(text) {}
  std::string of_absence(const std::string& type, fhir::Node expected) const override {
    return reason_of_absence(type, expected, text_);
  }
  std::string of_difference(const std::string& type, const std::string& field,
                            const std::string& value) const override {
    return reason_of_difference(type, field, value, text_);
  }

 private:
  const std::string& text_;
};

TEST(Microsoft, agrees_with_the_expected_bundles_in_95_of_100_key_fields) {
  const auto folder = meridian::testing::shared_data("hl7v2/microsoft-fhir-converter");
  if (!folder) GTEST_SKIP() << "the outside data is not here";
  auto source = open_input((*folder / "expected-fhir.tar.zst").string());
  ASSERT_TRUE(source);
  TarReader tar(**source);
  // The bundles were made on a machine in India.
  MappingContext context = testing::context();
  context.zone = *TimeZone::find("Asia/Kolkata");
  Mapper mapper(testing::catalogue(), context);
  Merger merger(testing::catalogue()->merge_rules());
  fhir::DocumentParser parser;
  testing::Comparison comparison(key_fields());
  int bundles = 0;
  while (true) {
    const auto entry = tar.next();
    ASSERT_TRUE(entry);
    if (!*entry) break;
    const std::string file = (*entry)->name.substr((*entry)->name.rfind('/') + 1);
    const std::size_t end = file.find("-expected.json");
    if (end == std::string::npos) continue;
    const std::string name = file.substr(0, end);
    Issues issues;
    const fhir::Document expected = parser.parse(*tar.read_entry(), issues);
    const std::string text = testing::file_text((*folder / "samples" / (name + ".hl7")).string());
    hl7v2::MessageParser messages;
    const hl7v2::Message message = messages.parse(text, issues);
    ASSERT_TRUE(message) << name;
    const fhir::Document ours = parser.parse(bundle_of(mapper.map(message), merger), issues);
    ASSERT_TRUE(ours.has_root()) << name;
    comparison.compare(name, expected, ours, MessageReasons(text));
    ++bundles;
  }
  EXPECT_EQ(bundles, 132);
  const testing::Comparison::Count all = comparison.all();
  const testing::Comparison::Count rest = comparison.unexplained();
  comparison.print();
  // What is reached may not be lost.
  EXPECT_GE(all.agreed * 1000, all.total * 880);
  EXPECT_GE(rest.agreed * 1000, rest.total * 950);
}

}  // namespace
}  // namespace meridian::mapping
