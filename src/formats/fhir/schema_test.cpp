#include "formats/fhir/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meridian::fhir {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const Schema& r4() {
  return Schema::r4();
}

const TypeInfo& type(std::string_view name) {
  const TypeId id = r4().find_type(name);
  EXPECT_NE(id, TypeId::none) << name;
  return r4().type(id);
}

const ElementInfo& element(std::string_view type_name, std::string_view name) {
  const ElementInfo* found = r4().find_element(r4().find_type(type_name), name);
  if (found == nullptr) throw std::runtime_error(std::string(type_name) + "." + std::string(name));
  return *found;
}

std::vector<std::string_view> keys(std::span<const Invariant> invariants) {
  std::vector<std::string_view> result;
  for (const Invariant& invariant : invariants) result.push_back(invariant.key);
  return result;
}

std::vector<std::string_view> names(std::span<const TypeId> ids) {
  std::vector<std::string_view> result;
  for (const TypeId id : ids) result.push_back(r4().type(id).name);
  return result;
}

std::vector<std::string_view> type_names(const ElementInfo& info) {
  std::vector<std::string_view> result;
  for (const ElementType& choice : info.types) result.push_back(r4().type(choice.type).name);
  return result;
}

std::vector<std::string_view> element_names(std::string_view type_name) {
  std::vector<std::string_view> result;
  for (const ElementInfo& info : type(type_name).elements) result.push_back(r4().name(info.name));
  return result;
}

TEST(Schema, is_of_the_version_it_was_made_for) {
  EXPECT_EQ(r4().fhir_version(), "4.0.1");
}

TEST(Schema, knows_every_kind_of_type) {
  EXPECT_EQ(type("Patient").kind, TypeKind::resource);
  EXPECT_EQ(type("HumanName").kind, TypeKind::complex);
  EXPECT_EQ(type("Patient.contact").kind, TypeKind::backbone);
  EXPECT_EQ(type("dateTime").kind, TypeKind::primitive);
  EXPECT_EQ(type("dateTime").primitive, Primitive::date_time);
  EXPECT_EQ(type("Patient").primitive, Primitive::none);
  EXPECT_TRUE(type("DomainResource").is_abstract);
  EXPECT_FALSE(type("Patient").is_abstract);
  EXPECT_EQ(type("Patient").url, "http://hl7.org/fhir/StructureDefinition/Patient");
  EXPECT_EQ(type("Patient.contact").url, "");
}

TEST(Schema, gives_every_primitive_type_its_enumerator) {
  std::vector<Primitive> seen;
  for (const TypeInfo& info : r4().types()) {
    if (info.kind != TypeKind::primitive) continue;
    EXPECT_NE(info.primitive, Primitive::none) << info.name;
    EXPECT_THAT(seen, Not(Contains(info.primitive)));
    seen.push_back(info.primitive);
  }
  EXPECT_EQ(seen.size(), 20U);  // all but integer64, which came with R5
}

TEST(Schema, finds_types_by_name_and_by_url) {
  EXPECT_EQ(r4().find_type("patient"), TypeId::none);
  EXPECT_EQ(r4().find_type(""), TypeId::none);
  EXPECT_EQ(r4().find_type_by_url("http://hl7.org/fhir/StructureDefinition/Patient"), type("Patient").id);
  EXPECT_EQ(r4().find_type_by_url("http://hl7.org/fhir/StructureDefinition/nothing"), TypeId::none);
  EXPECT_EQ(r4().find_type_by_url(""), TypeId::none);
}

TEST(Schema, knows_what_derives_from_what) {
  const auto is_a = [](std::string_view derived, std::string_view base) {
    return r4().is_a(type(derived).id, type(base).id);
  };
  EXPECT_TRUE(is_a("Patient", "Patient"));
  EXPECT_TRUE(is_a("Patient", "DomainResource"));
  EXPECT_TRUE(is_a("Patient", "Resource"));
  EXPECT_TRUE(is_a("Bundle", "Resource"));
  EXPECT_FALSE(is_a("Bundle", "DomainResource"));
  EXPECT_FALSE(is_a("Resource", "Patient"));
  EXPECT_TRUE(is_a("Age", "Quantity"));
  EXPECT_TRUE(is_a("code", "string"));
  EXPECT_TRUE(is_a("canonical", "uri"));
  EXPECT_TRUE(is_a("positiveInt", "integer"));
  EXPECT_TRUE(is_a("Patient.contact", "BackboneElement"));
  EXPECT_TRUE(is_a("Timing.repeat", "Element"));
  EXPECT_FALSE(is_a("Timing.repeat", "BackboneElement"));
  EXPECT_FALSE(r4().is_a(TypeId::none, type("Element").id));
}

TEST(Schema, repeats_inherited_elements_in_front_of_a_types_own) {
  EXPECT_THAT(element_names("Patient.contact"),
              ElementsAre("id", "extension", "modifierExtension", "relationship", "name", "telecom", "address",
                          "gender", "organization", "period"));
  const auto patient = element_names("Patient");
  EXPECT_THAT(std::vector(patient.begin(), patient.begin() + 9),
              ElementsAre("id", "meta", "implicitRules", "language", "text", "contained", "extension",
                          "modifierExtension", "identifier"));
}

TEST(Schema, has_no_element_for_the_value_of_a_primitive) {
  EXPECT_THAT(element_names("string"), ElementsAre("id", "extension"));
}

TEST(Schema, types_the_ids_of_resources_and_of_elements) {
  EXPECT_THAT(type_names(element("Patient", "id")), ElementsAre("id"));
  EXPECT_THAT(type_names(element("HumanName", "id")), ElementsAre("string"));
  EXPECT_THAT(type_names(element("string", "id")), ElementsAre("string"));
  EXPECT_TRUE(element("HumanName", "id").is_xml_attribute);
  EXPECT_FALSE(element("Patient", "id").is_xml_attribute);
  EXPECT_THAT(type_names(element("Extension", "url")), ElementsAre("uri"));
  EXPECT_TRUE(element("Extension", "url").is_xml_attribute);
  EXPECT_THAT(type_names(element("Narrative", "div")), ElementsAre("xhtml"));
}

TEST(Schema, keeps_cardinality_modifiers_and_summary) {
  const ElementInfo& link = element("Patient", "link");
  EXPECT_EQ(link.min, 0);
  EXPECT_EQ(link.max, ElementInfo::kUnbounded);
  EXPECT_TRUE(link.is_list());
  EXPECT_TRUE(link.is_modifier);
  EXPECT_TRUE(link.is_summary);
  const ElementInfo& status = element("Observation", "status");
  EXPECT_EQ(status.min, 1);
  EXPECT_EQ(status.max, 1);
  EXPECT_FALSE(status.is_list());
  EXPECT_EQ(element("xhtml", "extension").max, 0);
}

TEST(Schema, names_elements_by_the_path_of_the_definition_that_states_them) {
  EXPECT_EQ(element("Observation", "value").path, "Observation.value[x]");
  EXPECT_EQ(element("Patient", "text").path, "DomainResource.text");
  EXPECT_EQ(element("Patient.contact", "modifierExtension").path, "BackboneElement.modifierExtension");
}

TEST(Schema, resolves_content_references) {
  EXPECT_THAT(type_names(element("Observation.component", "referenceRange")),
              ElementsAre("Observation.referenceRange"));
  EXPECT_THAT(type_names(element("Questionnaire.item", "item")), ElementsAre("Questionnaire.item"));
  EXPECT_THAT(type_names(element("Bundle.entry", "link")), ElementsAre("Bundle.link"));
}

TEST(Schema, leaves_resources_within_resources_open) {
  EXPECT_THAT(type_names(element("Bundle.entry", "resource")), ElementsAre("Resource"));
  EXPECT_THAT(type_names(element("Bundle.entry.response", "outcome")), ElementsAre("Resource"));
  EXPECT_THAT(type_names(element("Patient", "contained")), ElementsAre("Resource"));
}

TEST(Schema, makes_one_element_of_a_choice_and_a_key_for_each_type) {
  const ElementInfo& deceased = element("Patient", "deceased");
  EXPECT_TRUE(deceased.is_choice);
  EXPECT_THAT(type_names(deceased), ElementsAre("boolean", "dateTime"));
  EXPECT_EQ(r4().name(deceased.types[1].json_key), "deceasedDateTime");
  EXPECT_EQ(element("Extension", "value").types.size(), 50U);
  EXPECT_EQ(element("ElementDefinition", "pattern").types.size(), 50U);
  EXPECT_EQ(element("Task.input", "value").types.size(), 50U);
  EXPECT_FALSE(element("Patient", "birthDate").is_choice);
}

TEST(Schema, knows_the_targets_of_references) {
  EXPECT_THAT(names(element("Patient", "managingOrganization").types[0].targets), ElementsAre("Organization"));
  EXPECT_THAT(names(element("Observation", "subject").types[0].targets),
              UnorderedElementsAre("Patient", "Group", "Device", "Location"));
  EXPECT_THAT(element("Observation", "focus").types[0].targets, IsEmpty());  // Reference(Any)
  EXPECT_THAT(names(element("PlanDefinition", "library").types[0].targets), ElementsAre("Library"));
}

TEST(Schema, names_the_profile_that_a_quantity_must_obey) {
  const ElementType& low = element("Range", "low").types[0];
  EXPECT_EQ(r4().type(low.type).name, "Quantity");
  EXPECT_EQ(r4().type(low.profile).name, "SimpleQuantity");
  EXPECT_TRUE(r4().type(low.profile).is_profile);
  EXPECT_EQ(element("SimpleQuantity", "comparator").max, 0);
  EXPECT_THAT(keys(type("SimpleQuantity").invariants), UnorderedElementsAre("ele-1", "qty-3", "sqty-1"));
  EXPECT_EQ(element("Observation", "value").types[0].profile, TypeId::none);
}

TEST(Schema, keeps_the_form_of_primitives) {
  EXPECT_EQ(type("id").regex, "[A-Za-z0-9\\-\\.]{1,64}");
  EXPECT_EQ(type("string").max_length, 1048576U);
  EXPECT_EQ(type("code").max_length, 1048576U);
  EXPECT_EQ(type("uri").max_length, 0U);
  const auto range = [](std::string_view name) {
    const auto& found = type(name).range;
    return found ? std::pair(found->least, found->greatest) : std::pair(0, 0);
  };
  EXPECT_THAT(range("integer"), Pair(-2147483647 - 1, 2147483647));
  EXPECT_THAT(range("unsignedInt"), Pair(0, 2147483647));
  EXPECT_THAT(range("positiveInt"), Pair(1, 2147483647));
  EXPECT_FALSE(type("decimal").range);
}

TEST(Schema, keeps_bindings) {
  const ElementInfo& gender = element("Patient", "gender");
  EXPECT_EQ(gender.binding, BindingStrength::required);
  EXPECT_EQ(gender.value_set_url, "http://hl7.org/fhir/ValueSet/administrative-gender");
  EXPECT_EQ(r4().value_set(gender.value_set).url, gender.value_set_url);
  const ElementInfo& language = element("Patient", "language");
  EXPECT_EQ(language.binding, BindingStrength::preferred);
  EXPECT_EQ(language.max_value_set_url, "http://hl7.org/fhir/ValueSet/all-languages");
  EXPECT_EQ(element("Patient", "birthDate").binding, BindingStrength::none);
  const ElementInfo& variant = element("MolecularSequence.structureVariant", "variantType");
  EXPECT_EQ(variant.value_set_url, "http://loinc.org/vs/LL379-9");
  EXPECT_EQ(variant.value_set, ValueSetId::none);
}

TEST(Schema, states_an_invariant_once_for_each_instance) {
  EXPECT_THAT(keys(type("HumanName").invariants), ElementsAre("ele-1"));
  EXPECT_THAT(keys(type("Extension").invariants), ElementsAre("ele-1", "ext-1"));
  EXPECT_THAT(keys(type("Patient.contact").invariants), ElementsAre("ele-1", "pat-1"));
  EXPECT_THAT(keys(type("Patient").invariants), UnorderedElementsAre("dom-2", "dom-3", "dom-4", "dom-5", "dom-6"));
  EXPECT_THAT(keys(type("Age").invariants), UnorderedElementsAre("ele-1", "qty-3", "age-1"));
  EXPECT_THAT(element("Patient", "contact").invariants, IsEmpty());
  EXPECT_THAT(element("Patient", "extension").invariants, IsEmpty());
  EXPECT_THAT(keys(element("Narrative", "div").invariants), ElementsAre("txt-1", "txt-2"));
  EXPECT_THAT(keys(element("Organization", "telecom").invariants), ElementsAre("org-3"));
}

TEST(Schema, keeps_an_invariants_severity_sentence_and_expression) {
  const auto& invariants = type("Patient").invariants;
  const auto dom6 = std::ranges::find(invariants, "dom-6", &Invariant::key);
  EXPECT_FALSE(dom6->is_error);
  EXPECT_EQ(dom6->expression, "text.`div`.exists()");
  EXPECT_EQ(dom6->human, "A resource should have narrative for robust management");
  EXPECT_EQ(dom6->source, "http://hl7.org/fhir/StructureDefinition/DomainResource");
  const Invariant& pat1 = type("Patient.contact").invariants[1];
  EXPECT_TRUE(pat1.is_error);
  EXPECT_EQ(pat1.expression, "name.exists() or telecom.exists() or address.exists() or organization.exists()");
}

TEST(Schema, tells_what_a_json_key_means) {
  const KeyMatch match = r4().find_key(type("Observation").id, "valueQuantity");
  ASSERT_TRUE(match);
  EXPECT_EQ(match.type, type("Quantity").id);
  EXPECT_EQ(match.element, element("Observation", "value").id);
  EXPECT_EQ(r4().name(match.name), "value");
  EXPECT_EQ(r4().find_key(type("Patient").id, "contact").type, type("Patient.contact").id);
  EXPECT_EQ(r4().find_key(type("Bundle.entry").id, "resource").type, type("Resource").id);
}

TEST(Schema, knows_no_key_that_the_type_lacks) {
  for (const std::string_view key : {"value", "value[x]", "valueSampledDatum", "valuequantity", "_status",
                                     "resourceType", "", "x", "valueQuantityvalueQuantity"})
    EXPECT_FALSE(r4().find_key(type("Observation").id, key)) << key;
  EXPECT_FALSE(r4().find_key(TypeId::none, "status"));
  // The same first and last eight bytes and the same length as a key that is there.
  EXPECT_TRUE(r4().find_key(type("Observation").id, "valueCodeableConcept"));
  EXPECT_FALSE(r4().find_key(type("Observation").id, "valueCodxxxxeConcept"));
}

TEST(Schema, numbers_the_keys_of_each_type_densely) {
  for (const TypeInfo& info : r4().types()) {
    std::vector<bool> seen(512);
    std::size_t count = 0;
    for (const ElementInfo& stated : info.elements)
      for (const ElementType& choice : stated.types) {
        const KeyMatch match = r4().find_key(info.id, r4().name(choice.json_key));
        ASSERT_LT(match.slot, seen.size());
        EXPECT_FALSE(seen[match.slot]) << info.name;
        seen[match.slot] = true;
        ++count;
      }
    EXPECT_TRUE(std::all_of(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count), [](bool b) { return b; }));
  }
}

TEST(Schema, finds_elements_only_in_types_that_have_them) {
  EXPECT_EQ(r4().find_element(type("Patient").id, "value"), nullptr);
  EXPECT_EQ(r4().find_element(type("Patient").id, "no such name at all"), nullptr);
  EXPECT_EQ(r4().find_element(TypeId::none, "name"), nullptr);
  EXPECT_EQ(r4().find_name("no such name at all"), NameId::none);
  EXPECT_EQ(r4().find_element(type("Patient").id, r4().find_name("name"))->owner, type("Patient").id);
}

TEST(Schema, has_the_search_parameters) {
  const auto find = [](std::string_view url) {
    const auto all = r4().search_parameters();
    const auto found = std::ranges::find(all, url, &SearchParameterInfo::url);
    EXPECT_NE(found, all.end()) << url;
    return *found;
  };
  const auto birthdate = find("http://hl7.org/fhir/SearchParameter/individual-birthdate");
  EXPECT_EQ(birthdate.code, "birthdate");
  EXPECT_EQ(birthdate.type, SearchType::date);
  EXPECT_EQ(birthdate.expression, "Patient.birthDate | Person.birthDate | RelatedPerson.birthDate");
  EXPECT_THAT(names(birthdate.bases), ElementsAre("Patient", "Person", "RelatedPerson"));
  const auto subject = find("http://hl7.org/fhir/SearchParameter/Observation-subject");
  EXPECT_THAT(names(subject.targets), UnorderedElementsAre("Group", "Device", "Patient", "Location"));
  const auto composite = find("http://hl7.org/fhir/SearchParameter/Observation-code-value-quantity");
  EXPECT_EQ(composite.type, SearchType::composite);
  ASSERT_EQ(composite.components.size(), 2U);
  EXPECT_EQ(composite.components[0].definition, "http://hl7.org/fhir/SearchParameter/clinical-code");
  EXPECT_EQ(composite.components[0].expression, "code");
}

TEST(Schema, has_the_five_compartments) {
  std::vector<TypeId> found;
  for (const CompartmentInfo& compartment : r4().compartments()) found.push_back(compartment.type);
  EXPECT_THAT(names(found), UnorderedElementsAre("Patient", "Encounter", "Practitioner", "RelatedPerson", "Device"));

  const auto patient = std::ranges::find(r4().compartments(), type("Patient").id, &CompartmentInfo::type);
  std::vector<std::string_view> parameters;
  for (const CompartmentMember& member : patient->members)
    if (member.type == type("AllergyIntolerance").id) parameters.push_back(member.parameter);
  EXPECT_THAT(parameters, ElementsAre("patient", "recorder", "asserter"));
  const auto encounter = std::ranges::find(r4().compartments(), type("Encounter").id, &CompartmentInfo::type);
  EXPECT_TRUE(std::ranges::any_of(encounter->members, [](const CompartmentMember& member) {
    return member.type == type("Encounter").id && member.parameter == "{def}";
  }));
}

TEST(Schema, leaves_out_what_the_package_added_to_fhir) {
  for (const std::string_view name : {"SubscriptionStatus", "Bot", "MetadataResource"})
    EXPECT_EQ(r4().find_type(name), TypeId::none) << name;
  EXPECT_FALSE(r4().find_key(type("Meta").id, "project"));
  EXPECT_FALSE(r4().find_key(type("Binary").id, "url"));
  EXPECT_FALSE(r4().find_key(type("ResearchStudy").id, "studyDesign"));
  EXPECT_EQ(element("ResearchStudy", "status").value_set_url, "http://hl7.org/fhir/ValueSet/research-study-status");
  EXPECT_EQ(element("ResearchStudy", "primaryPurposeType").binding, BindingStrength::extensible);
  EXPECT_TRUE(r4().find_key(type("EvidenceVariable.characteristic").id, "groupMeasure"));
}

}  // namespace
}  // namespace meridian::fhir
