// conformsTo() of FHIRPath, answered by the loaded profiles and the base specification.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fhirpath/expression.hpp"
#include "validation/conformance.hpp"
#include "validation/profiles.hpp"
#include "validation/validator.hpp"

namespace meridian::validation {
namespace {

constexpr const char* kPatientType = "http://hl7.org/fhir/StructureDefinition/Patient";

/// A profile that wants a name, in which the family is required.
constexpr const char* kNamed =
    R"({"resourceType":"StructureDefinition","url":"http://example.org/named","version":"2","type":"Patient",)"
    R"("kind":"resource","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",)"
    R"("differential":{"element":[{"id":"Patient","path":"Patient"},)"
    R"({"id":"Patient.name","path":"Patient.name","min":1},)"
    R"({"id":"Patient.name.family","path":"Patient.name.family","min":1}]}})";

std::shared_ptr<const Profiles> loaded_profiles() {
  auto profiles = std::make_shared<Profiles>(fhir::Schema::r4());
  Issues issues;
  EXPECT_TRUE(profiles->load_resource(kNamed, issues).has_value());
  return profiles;
}

/// What the expression gives, as text: "true", "false", or the message of its error.
class Asking {
 public:
  Asking() : validator_(fhir::Schema::r4(), loaded_profiles()), conformance_(validator_) {
    context_.set_profile_check(&conformance_);
  }

  std::string ask(const std::string& resource, const std::string& expression) {
    Issues issues;
    document_ = parser_.parse(resource, issues);
    EXPECT_TRUE(document_.has_root());
    conformance_.look_at(document_);
    const auto compiled = fhirpath::Expression::compile_or_error(expression);
    if (!compiled) return compiled.error().message();
    const auto found = compiled->evaluate(document_.root(), context_);
    if (!found) return found.error().message();
    std::string text;
    for (const fhirpath::Value& value : *found) text += (text.empty() ? "" : " ") + fhirpath::text(value);
    return text;
  }

 private:
  Validator validator_;
  Conformance conformance_;
  fhir::DocumentParser parser_;
  fhir::Document document_;
  fhirpath::EvaluationContext context_;
};

std::string conforms(const std::string& url) {
  return "conformsTo('" + url + "')";
}

TEST(ConformsTo, tells_by_the_profile) {
  Asking asking;
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient","name":[{"family":"Li"}]})", conforms("http://example.org/named")),
            "true");
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient","name":[{"text":"Li"}]})", conforms("http://example.org/named")),
            "false");
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient"})", conforms("http://example.org/named|2")), "false");
}

TEST(ConformsTo, knows_the_types_of_the_specification) {
  Asking asking;
  const std::string patient = R"({"resourceType":"Patient"})";
  EXPECT_EQ(asking.ask(patient, conforms(kPatientType)), "true");
  EXPECT_EQ(asking.ask(patient, conforms(std::string(kPatientType) + "|4.0.1")), "true");
  EXPECT_EQ(asking.ask(patient, conforms("http://hl7.org/fhir/StructureDefinition/DomainResource")), "true");
  EXPECT_EQ(asking.ask(patient, conforms("http://hl7.org/fhir/StructureDefinition/Person")), "false");
}

TEST(ConformsTo, asks_for_the_base_specification_too) {
  Asking asking;
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient","birthDate":"soon"})", conforms(kPatientType)), "false");
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient","gender":"x","name":[{"family":"Li"}]})",
                       conforms("http://example.org/named")),
            "false");
}

TEST(ConformsTo, looks_at_the_element_and_no_further) {
  Asking asking;
  const std::string bundle =
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","gender":"x"}},)"
      R"({"resource":{"resourceType":"Patient","id":"good","name":[{"family":"Li"}]}},)"
      R"({"resource":{"resourceType":"Patient","id":"nameless"}}]})";
  EXPECT_EQ(asking.ask(bundle, "entry.resource.select(conformsTo('" + std::string(kPatientType) + "'))"),
            "false true true");
  EXPECT_EQ(asking.ask(bundle, "entry.resource.where(conformsTo('http://example.org/named')).id"), "good");
  EXPECT_EQ(asking.ask(R"({"resourceType":"Patient","birthDate":"soon","name":[{"family":"Li"}]})",
                       "name.conformsTo('http://hl7.org/fhir/StructureDefinition/HumanName')"),
            "true");
}

TEST(ConformsTo, finds_errors_whose_companion_stands_elsewhere) {
  Asking asking;
  const std::string extension = R"({"extension":[{"url":"http://example.org/x","valueString":"x"}]})";
  const std::string before = R"({"resourceType":"Patient","_birthDate":)" + extension + R"(,"birthDate":"soon"})";
  EXPECT_EQ(asking.ask(before, conforms(kPatientType)), "false");
  const std::string after =
      R"({"resourceType":"Patient","birthDate":"2015","gender":"x","_birthDate":)" + extension + "}";
  EXPECT_EQ(asking.ask(after, "birthDate.conformsTo('http://hl7.org/fhir/StructureDefinition/date')"), "true");
  EXPECT_EQ(asking.ask(after, conforms(kPatientType)), "false");
}

TEST(ConformsTo, counts_errors_beyond_those_that_are_told) {
  std::string bundle = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (int i = 0; i < 5000; ++i) bundle += R"({"resource":{"resourceType":"Patient","gender":"x"}},)";
  bundle += R"({"resource":{"resourceType":"Patient","gender":"male"}}]})";
  EXPECT_EQ(Asking().ask(bundle, "entry.resource.where(conformsTo('" + std::string(kPatientType) + "')).gender"),
            "male");
}

TEST(ConformsTo, says_that_a_profile_was_not_loaded) {
  const std::string patient = R"({"resourceType":"Patient"})";
  const std::string unknown = "conformsTo(): there is no such profile";
  EXPECT_EQ(Asking().ask(patient, conforms("http://example.org/unknown")), unknown);
  EXPECT_EQ(Asking().ask(patient, conforms(std::string(kPatientType) + "|5.0.0")), unknown);
}

}  // namespace
}  // namespace meridian::validation
