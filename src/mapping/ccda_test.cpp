// Differential: the 22 bundles that Microsoft's FHIR Converter is expected to make of its sample C-CDA documents,
// against ours; and that all documents of the outside data are converted.
//
// What is known to differ has a class, which docs/mapping-differences.md explains; what is left must agree to 95 %.
// The outside data may be absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "base/uuid.hpp"
#include "formats/cda/document.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/bundle.hpp"
#include "mapping/testing/comparison.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

using testing::common;
using testing::values;

const std::vector<testing::KeyFields>& key_fields() {
  static const std::vector<testing::KeyFields> all = {
      {"Composition",
       "",
       {"type.coding.code", "title", "date", "confidentiality", "status", "section.title", "section.code.coding.code",
        "event.period.start", "event.period.end", "attester.mode", "attester.time"}},
      {"Patient",
       "",
       {"identifier.value", "identifier.system", "name.family", "name.given", "birthDate", "gender", "address.city",
        "address.postalCode", "address.line", "telecom.value", "maritalStatus.coding.code",
        "communication.language.coding.code"}},
      {"DocumentReference", "type.coding.code", {"status", "type.coding.code"}},
      {"Practitioner",
       "",
       {"identifier.value", "name.family", "name.given", "address.city", "telecom.value",
        "qualification.code.coding.code"}},
      {"Organization", "", {"name", "identifier.value", "address.city", "telecom.value"}},
      {"RelatedPerson", "name.family", {"relationship.coding.code", "name.family", "name.given", "address.city"}},
      {"Encounter", "", {"identifier.value", "status", "period.start", "period.end", "class.code"}},
      {"Location", "", {"name", "address.city", "type.coding.code"}},
      {"Condition",
       "code.coding.code",
       {"identifier.value", "code.coding.code", "onsetDateTime", "clinicalStatus.coding.code"}},
      {"AllergyIntolerance",
       "identifier.value",
       {"identifier.value", "clinicalStatus.coding.code", "onsetDateTime", "reaction.manifestation.coding.code"}},
      {"Observation",
       "code.coding.code",
       {"code.coding.code", "status", "identifier.value", "valueQuantity.value", "valueQuantity.unit", "valueString",
        "valueCodeableConcept.coding.code", "effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end",
        "interpretation.coding.code", "referenceRange.low.value", "referenceRange.high.value", "referenceRange.text",
        "category.coding.code", "bodySite.coding.code"}},
      {"DiagnosticReport",
       "",
       {"code.coding.code", "status", "identifier.value", "effectiveDateTime", "effectivePeriod.start"}},
      {"Immunization",
       "vaccineCode.coding.code",
       {"vaccineCode.coding.code", "status", "occurrenceDateTime", "route.coding.code", "identifier.value",
        "statusReason.coding.code", "site.coding.code"}},
      {"Procedure",
       "code.coding.code",
       {"code.coding.code", "status", "performedDateTime", "performedPeriod.start", "identifier.value",
        "bodySite.coding.code"}},
      {"MedicationStatement",
       "",
       {"identifier.value", "dosage.route.coding.code", "dosage.doseAndRate.doseQuantity.value",
        "dosage.doseAndRate.doseQuantity.unit"}},
      {"MedicationRequest", "", {"status", "intent", "identifier.value"}},
      {"MedicationAdministration",
       "",
       {"status", "identifier.value", "effectivePeriod.start", "dosage.route.coding.code", "dosage.dose.value"}},
      {"FamilyMemberHistory",
       "",
       {"relationship.coding.code", "status", "identifier.value", "condition.code.coding.code",
        "condition.onsetAge.value", "bornString"}},
      {"Consent", "", {"status", "identifier.value", "category.coding.code", "dateTime", "provision.code.coding.code"}},
      {"Coverage", "", {"identifier.value"}},
      {"ServiceRequest", "", {"code.coding.code", "status", "identifier.value", "occurrenceDateTime"}},
      {"Device", "", {"identifier.value", "type.coding.code", "manufacturer"}},
  };
  return all;
}

class DocumentReasons final : public testing::Reasons {
 public:
  DocumentReasons(const std::string& text, const fhir::Document& ours) : text_(text), ours_(ours) {}

  std::string of_absence(const std::string& type, fhir::Node expected) const override {
    const std::set<std::string> codes = values(expected, "code.coding.code");
    const std::set<std::string> ids = values(expected, "identifier.value");
    if (type == "Composition" && !has("<structuredBody")) return "document without sections";
    if (type == "RelatedPerson" && has("<guardian")) return "guardian is a contact";
    if (type == "Location" && values(expected, "name").empty()) return "place without a name";
    if (type == "DocumentReference" && values(expected, "type.coding.code").empty()) return "document of a directive";
    if (type == "Condition" && codes.contains("55607006")) return "there is no problem";
    if (type == "Condition" && is_ours("Condition", "code.coding.code", codes)) return "said twice";
    if (type == "Observation" && is_ours("Procedure", "code.coding.code", codes)) return "procedure as an observation";
    if (type == "MedicationAdministration" && is_ours("MedicationStatement", "identifier.value", ids))
      return "to be given is not given";
    if (type == "MedicationRequest" && ids.empty() && !testing::resources(ours_, "MedicationDispense").empty())
      return "dispensed is not ordered";
    if (type == "Organization" && has(*values(expected, "name").begin())) return "organization of a person";
    return {};
  }

  std::string of_difference(const std::string& type, const std::string& field,
                            const std::string& value) const override {
    if (field == "Composition.section.title" && !has("<title>" + value)) return "section without a title";
    if (field == "Condition.clinicalStatus.coding.code") return "health status";
    if (type == "Consent") return "document of a directive";
    if (field == "Device.identifier.value") return "supply's own number";
    if (field == "Encounter.class.code") return "class is how, not what";
    if (field == "Encounter.status" && value == "unknown") return "status by the end of the visit";
    if ((field == "Immunization.status" || field == "Procedure.status") && has("negationInd=\"true\""))
      return "not done";
    if (field == "MedicationRequest.intent") return "intent by mood";
    if (field.ends_with(".identifier.value") && value.starts_with("urn:uuid:") && !is_uuid(value))
      return "called a UUID, and none";
    if (field == "Observation.valueString" && value.find("  ") != std::string::npos) return "white space";
    if (type == "RelatedPerson" && has("<guardian")) return "guardian is a contact";
    return {};
  }

 private:
  static bool is_uuid(const std::string& value) { return Uuid::parse(value.substr(9)).has_value(); }
  bool has(const std::string& part) const { return text_.find(part) != std::string::npos; }
  bool is_ours(const char* type, const char* path, const std::set<std::string>& wanted) const {
    const std::vector<fhir::Node> all = testing::resources(ours_, type);
    return std::any_of(all.begin(), all.end(),
                       [&](fhir::Node resource) { return common(values(resource, path), wanted) > 0; });
  }

  const std::string& text_;
  const fhir::Document& ours_;
};

std::set<std::string> all_values(const fhir::Document& bundle, std::initializer_list<const char*> types,
                                 const char* path) {
  std::set<std::string> out;
  for (const char* type : types) {
    for (const fhir::Node resource : testing::resources(bundle, type)) out.merge(values(resource, path));
  }
  return out;
}

/// What the converter puts into resources or places of its own: the codes must be there, wherever.
void compare_codes(const fhir::Document& expected, const fhir::Document& ours, testing::Comparison& comparison) {
  const std::set<std::string> medications =
      all_values(ours, {"MedicationStatement", "MedicationRequest", "MedicationAdministration", "MedicationDispense"},
                 "medicationCodeableConcept.coding.code");
  for (const std::string& code : all_values(expected, {"Medication"}, "code.coding.code")) {
    comparison.count(medications.contains(code), "Medication.code", code, "");
  }
  const std::set<std::string> substances = all_values(ours, {"AllergyIntolerance"}, "code.coding.code");
  for (const std::string& code : all_values(expected, {"AllergyIntolerance"}, "reaction.substance.coding.code")) {
    comparison.count(substances.contains(code), "AllergyIntolerance.reaction.substance", code, "");
  }
}

TEST(Ccda, agrees_with_the_expected_bundles_in_95_of_100_key_fields) {
  const auto archive = meridian::testing::shared_data("ccda/microsoft-ccda.tar.zst");
  if (!archive) GTEST_SKIP() << "the outside data is not here";
  auto source = open_input(archive->string());
  ASSERT_TRUE(source);
  TarReader tar(**source);
  std::map<std::string, std::string> documents;
  std::map<std::string, std::string> bundles;
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    const std::string& name = (*entry)->name;
    const std::size_t begin = name.rfind('/') + 1;
    const auto bytes = tar.read_entry();
    ASSERT_TRUE(bytes);
    if (name.ends_with(".ccda")) documents[name.substr(begin, name.size() - begin - 5)] = *bytes;
    const std::size_t end = name.find("-expected.json");
    if (end != std::string::npos) bundles[name.substr(begin, end - begin)] = *bytes;
  }
  MappingContext context = testing::context();
  context.zone = *TimeZone::find("UTC");
  Mapper mapper(testing::catalogue(), context);
  Merger merger(testing::catalogue()->merge_rules());
  fhir::DocumentParser parser;
  testing::Comparison comparison(key_fields());
  int pairs = 0;
  for (const auto& [name, json] : bundles) {
    ASSERT_TRUE(documents.contains(name)) << name;
    const std::string& text = documents[name];
    Issues issues;
    const fhir::Document expected = parser.parse(json, issues);
    const tree::Document document = cda::parse_document(text, {}, issues);
    ASSERT_TRUE(document) << name;
    const fhir::Document ours = parser.parse(bundle_of(mapper.map(document), merger), issues);
    ASSERT_TRUE(ours.has_root()) << name;
    comparison.compare(name, expected, ours, DocumentReasons(text, ours));
    compare_codes(expected, ours, comparison);
    ++pairs;
  }
  EXPECT_EQ(pairs, 22);
  comparison.print();
  const testing::Comparison::Count all = comparison.all();
  const testing::Comparison::Count rest = comparison.unexplained();
  // What is reached may not be lost.
  EXPECT_GE(all.agreed * 1000, all.total * 850);
  EXPECT_GE(rest.agreed * 1000, rest.total * 950);
}

TEST(Ccda, is_converted_without_a_fatal_fault_whoever_wrote_it) {
  int documents = 0;
  int converted = 0;
  std::map<std::string, std::size_t> resources;
  Mapper mapper(testing::catalogue(), testing::context());
  for (const char* name : {"ccda/hl7-ccda-examples.tar.zst", "ccda/chb-sample-ccdas-vendor.tar.zst",
                           "ccda/chb-sample-ccdas-emerge.tar.zst", "ccda/microsoft-ccda.tar.zst"}) {
    const auto archive = meridian::testing::shared_data(name);
    if (!archive) GTEST_SKIP() << "the outside data is not here";
    auto source = open_input(archive->string());
    ASSERT_TRUE(source);
    TarReader tar(**source);
    for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
      const std::string& file = (*entry)->name;
      if (!file.ends_with(".xml") && !file.ends_with(".ccda") && !file.ends_with(".XML")) continue;
      const auto bytes = tar.read_entry();
      ASSERT_TRUE(bytes);
      Issues issues;
      const tree::Document document = cda::parse_document(*bytes, {}, issues);
      if (!cda::is_whole(document) && document) continue;  // parts of documents are examples of one thing
      ++documents;
      if (!document) continue;
      const Mapped mapped = mapper.map(document);
      const bool has_patient = std::any_of(mapped.writes.begin(), mapped.writes.end(), [](const Write& write) {
        return fhir::Schema::r4().type(write.type()).name == "Patient";
      });
      converted += !mapped.issues.has_errors() && (has_patient || bytes->find("<recordTarget") == std::string::npos);
      for (const Write& write : mapped.writes) {
        ++resources[std::string(fhir::Schema::r4().type(write.type()).name)];
      }
    }
  }
  for (const auto& [type, count] : resources) std::printf("%7zu  %s\n", count, type.c_str());
  std::printf("%d of %d documents converted\n", converted, documents);
  EXPECT_GE(documents, 790);
  EXPECT_GE(converted * 1000, documents * 990);
}

}  // namespace
}  // namespace meridian::mapping
