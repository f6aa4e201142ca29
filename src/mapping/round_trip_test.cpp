// CDA to FHIR, to CDA, and to FHIR again: what the documents of Microsoft's converter and HL7's say of patients,
// problems, allergies, medications, observations, procedures and vaccinations is the same afterwards. What is known to
// differ has a class, which docs/mapping-differences.md explains. And bundles of Synthea become documents that are
// sound.
//
// The outside data may be absent.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/cda/document.hpp"
#include "formats/cda/validate.hpp"
#include "formats/tree/xml_writer.hpp"
#include "mapping/bundle.hpp"
#include "mapping/document_writer.hpp"
#include "mapping/testing/comparison.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

const std::vector<testing::KeyFields>& key_fields() {
  static const std::vector<testing::KeyFields> all = {
      {"Patient",
       "",
       {"identifier.value", "identifier.system", "name.family", "name.given", "birthDate", "gender", "address.city",
        "address.postalCode", "address.line", "telecom.value", "maritalStatus.coding.code",
        "communication.language.coding.code"}},
      {"Condition",
       "identifier.value",
       {"code.coding.code", "onsetDateTime", "abatementDateTime", "clinicalStatus.coding.code",
        "verificationStatus.coding.code", "severity.coding.code"}},
      {"AllergyIntolerance",
       "identifier.value",
       {"code.coding.code", "clinicalStatus.coding.code", "onsetDateTime", "criticality", "type", "category",
        "reaction.manifestation.coding.code", "reaction.severity"}},
      {"MedicationStatement",
       "identifier.value",
       {"medicationCodeableConcept.coding.code", "status", "effectivePeriod.start", "effectivePeriod.end",
        "dosage.route.coding.code", "dosage.doseAndRate.doseQuantity.value", "dosage.timing.repeat.period"}},
      {"MedicationRequest", "identifier.value", {"medicationCodeableConcept.coding.code", "status", "intent"}},
      {"Observation",
       "identifier.value",
       {"code.coding.code", "status", "valueQuantity.value", "valueQuantity.unit", "valueString",
        "valueCodeableConcept.coding.code", "effectiveDateTime", "effectivePeriod.start", "interpretation.coding.code",
        "referenceRange.low.value", "referenceRange.high.value", "category.coding.code"}},
      {"Procedure",
       "identifier.value",
       {"code.coding.code", "status", "performedDateTime", "performedPeriod.start", "bodySite.coding.code"}},
      {"Immunization",
       "identifier.value",
       {"vaccineCode.coding.code", "status", "occurrenceDateTime", "route.coding.code", "lotNumber"}},
      {"Encounter", "identifier.value", {"status", "period.start", "period.end", "class.code", "type.coding.code"}},
  };
  return all;
}

class RoundTripReasons final : public testing::Reasons {
 public:
  explicit RoundTripReasons(const fhir::Document& first) : first_(first) {}

  std::string of_absence(const std::string& type, fhir::Node expected) const override {
    if (type == "Condition" && is_twice(type, expected)) return "one id for two things";
    if (type == "Observation" && is_twice(type, expected)) return "one id for two things";
    if (type == "Observation" && testing::values(expected, "code.coding.code").empty()) return "no code with an OID";
    return {};
  }
  std::string of_difference(const std::string& /*type*/, const std::string& field,
                            const std::string& value) const override {
    if (field == "MedicationRequest.intent") return "an order is intended";
    if (field == "Observation.category.coding.code" && value.empty()) return "a result by its section";
    if (field == "Encounter.class.code") return "class of the header's encounter";
    return {};
  }

 private:
  bool is_twice(const std::string& type, fhir::Node expected) const {
    const std::set<std::string> ids = testing::values(expected, "identifier.value");
    int times = 0;
    for (const fhir::Node other : testing::resources(first_, type))
      times += testing::common(ids, testing::values(other, "identifier.value")) > 0 ? 1 : 0;
    return times > 1;
  }
  const fhir::Document& first_;
};

/// The files of an archive whose names end so.
std::vector<std::pair<std::string, std::string>> files_of(const std::string& archive,
                                                          const std::vector<std::string>& endings) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto path = meridian::testing::shared_data(archive);
  if (!path) return out;
  auto source = open_input(path->string());
  TarReader tar(**source);
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    const std::string name = (*entry)->name;
    for (const std::string& ending : endings) {
      if (!name.ends_with(ending)) continue;
      if (auto bytes = tar.read_entry()) out.emplace_back(name, *std::move(bytes));
      break;
    }
  }
  return out;
}

/// A document of the bundle, as XML; sound in structure, or the test fails.
std::string document_of(const std::string& name, const std::string& kind, const fhir::Document& bundle) {
  DocumentWriter writer(testing::catalogue());
  Result<WrittenDocument> written = writer.write(kind, bundle, {});
  EXPECT_TRUE(written) << name << ": " << (written ? "" : written.error().message());
  if (!written) return {};
  Issues structure;
  cda::validate(written->document, structure);
  for (const Issue& issue : structure.all()) {
    if (issue.severity != Severity::warning)
      ADD_FAILURE() << name << ": " << issue.path << ": " << text(issue, Language::english);
  }
  for (const Issue& issue : written->issues.all())
    EXPECT_EQ(issue.severity, Severity::information) << name << ": " << text(issue, Language::english);
  const Result<std::string> xml = tree::write_xml(written->document, {"text"});
  EXPECT_TRUE(xml) << name;
  return xml ? *xml : std::string();
}

TEST(RoundTrip, keeps_the_key_fields_of_documents) {
  std::vector<std::pair<std::string, std::string>> documents = files_of("ccda/microsoft-ccda.tar.zst", {".ccda"});
  for (auto& file : files_of("ccda/hl7-ccda-examples.tar.zst", {".xml", ".XML"})) {
    if (file.first.find("/Documents/") != std::string::npos) documents.push_back(std::move(file));
  }
  if (documents.empty()) GTEST_SKIP() << "the outside data is not here";
  MappingContext context = testing::context();
  context.zone = *TimeZone::find("UTC");
  Mapper mapper(testing::catalogue(), context);
  Merger merger(testing::catalogue()->merge_rules());
  fhir::DocumentParser parser;
  testing::Comparison comparison(key_fields());
  int trips = 0;
  for (const auto& [name, text] : documents) {
    Issues issues;
    const tree::Document document = cda::parse_document(text, {}, issues);
    if (!document || !cda::is_whole(document)) continue;
    const fhir::Document first = parser.parse(bundle_of(mapper.map(document), merger), issues);
    const std::string xml = document_of(name, "ccd", first);
    const tree::Document again = cda::parse_document(xml, {}, issues);
    ASSERT_TRUE(again) << name;
    const fhir::Document second = parser.parse(bundle_of(mapper.map(again), merger), issues);
    comparison.compare(name, first, second, RoundTripReasons(first));
    EXPECT_EQ(xml, document_of(name, "ccd", first)) << name;
    document_of(name, "ips", first);
    ++trips;
  }
  EXPECT_GE(trips, 30);
  comparison.print();
  const testing::Comparison::Count all = comparison.all();
  const testing::Comparison::Count rest = comparison.unexplained();
  // What is reached may not be lost.
  EXPECT_GE(all.agreed * 1000, all.total * 990);
  EXPECT_GE(rest.agreed * 1000, rest.total * 995);
}

TEST(RoundTrip, makes_sound_documents_of_bundles_of_synthea) {
  int bundles = 0;
  fhir::DocumentParser parser;
  for (const char* archive : {"ms-anonymizer-r4-bundles.tar.zst", "pathling-bundles-ndjson.tar.zst"}) {
    for (const auto& [name, text] : files_of(std::string("synthea-fhir-r4/") + archive, {".json"})) {
      Issues issues;
      const fhir::Document bundle = parser.parse(text, issues);
      if (!bundle.has_root() || testing::resources(bundle, "Patient").size() != 1) continue;
      const std::string xml = document_of(name, bundles % 2 == 0 ? "ccd" : "ips", bundle);
      EXPECT_TRUE(cda::is_whole(cda::parse_document(xml, {}, issues))) << name;
      ++bundles;
    }
  }
  if (bundles == 0) GTEST_SKIP() << "the outside data is not here";
  EXPECT_GE(bundles, 20);
}

}  // namespace
}  // namespace meridian::mapping
