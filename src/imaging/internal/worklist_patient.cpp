#include "imaging/internal/worklist_patient.hpp"

#include <algorithm>

#include "base/decimal.hpp"
#include "http/target.hpp"
#include "imaging/internal/worklist_text.hpp"

namespace meridian::imaging::internal {
namespace {

using dicom::Tag;

constexpr std::size_t kLong = 64;
constexpr std::size_t kNumberBytes = 16;  // of DS
constexpr std::uint32_t kListed = 200;    // allergies, alerts
constexpr Tag kMedicalAlerts{0x0010, 0x2000};
constexpr Tag kAllergies{0x0010, 0x2110};
constexpr Tag kSize{0x0010, 0x1020};
constexpr Tag kWeight{0x0010, 0x1030};
constexpr Tag kPregnancy{0x0010, 0x21C0};

bool asks(const WorklistKeys& keys, Tag tag) {
  return keys.query.keys.find(tag) != nullptr;
}

std::string_view code_in(fhir::Node value) {
  const fhir::Node coding = value ? value.child("coding") : fhir::Node();
  return coding ? text_in(coding, "code") : std::string_view();
}

bool has_code(fhir::Node value, std::initializer_list<std::string_view> codes) {
  if (!value) return false;
  return std::ranges::any_of(value.children(), [&](const fhir::Node coding) {
    return coding.key() == "coding" && std::ranges::find(codes, text_in(coding, "code")) != codes.end();
  });
}

/// The number under which images of this patient come back to it: the one that its id was made of; else the medical
/// record number; else the first.
fhir::Node number_of(fhir::Node patient, const StepSettings& settings) {
  const std::string_view id = text_in(patient, "id");
  fhir::Node first;
  fhir::Node record;
  for (const fhir::Node identifier : patient.children()) {
    const std::string_view value = identifier.key() == "identifier" ? text_in(identifier, "value") : std::string_view();
    if (value.empty() || text_in(identifier, "use") == "old") continue;
    std::string_view system = text_in(identifier, "system");
    if (system.empty()) system = "urn:id:unknown";
    if (settings.ids.id("Patient", system, value).to_string() == id) return identifier;
    if (!first) first = identifier;
    if (!record && code_in(identifier.child("type")) == "MR") record = identifier;
  }
  return record ? record : first;
}

/// What the mapping of images makes the same URI of again; nothing where that is what it takes anyway.
void describe_issuer(Item& item, std::string_view system, const StepSettings& settings) {
  std::string issuer;
  std::vector<Item> qualifiers;
  if (system.empty() || system == settings.default_authority || system == "urn:id:unknown") {
    // not told
  } else if (system.starts_with("urn:id:")) {
    issuer = http::percent_decode(system.substr(7)).value_or("");
  } else {
    const bool is_oid = system.starts_with("urn:oid:");
    const bool is_uuid = system.starts_with("urn:uuid:");
    Item& one = qualifiers.emplace_back();
    one.attributes.set({0x0040, 0x0032}, std::string(is_oid ? system.substr(8) : is_uuid ? system.substr(9) : system));
    one.attributes.set({0x0040, 0x0033}, is_oid ? "ISO" : is_uuid ? "UUID" : "URI");
  }
  item.attributes.set({0x0010, 0x0021}, limited(issuer, kLong));
  item.set({0x0010, 0x0024}, std::move(qualifiers));
}

std::string sex_of(fhir::Node patient) {
  const std::string_view gender = text_in(patient, "gender");
  return gender == "male" ? "M" : gender == "female" ? "F" : gender == "other" ? "O" : "";
}

/// The newest final value of a quantity, times `factor` where the unit is `unit`; a decimal text, or empty.
std::string measured(Records& records, const std::string& patient, const char* code,
                     std::initializer_list<std::pair<std::string_view, const char*>> units) {
  const fhir::Node found = records.first("Observation", {{"patient", patient},
                                                         {"code", std::string("http://loinc.org|") + code},
                                                         {"status", "final,amended,corrected"},
                                                         {"_sort", "-date"}});
  const fhir::Node quantity = found ? found.child("value") : fhir::Node();
  if (!quantity || quantity.key() != "valueQuantity") return {};
  std::string_view unit = text_in(quantity, "code");
  if (unit.empty()) unit = text_in(quantity, "unit");
  for (const auto& [known, factor] : units) {
    if (known != unit) continue;
    const Result<Decimal> value = Decimal::parse(text_in(quantity, "value"));
    const Result<Decimal> times = Decimal::parse(factor);
    if (!value || !times) return {};
    const Result<Decimal> product = multiply(*value, *times);
    std::string text = product ? product->to_string() : std::string();
    return text.size() <= kNumberBytes ? text : text.substr(0, kNumberBytes);
  }
  return {};
}

/// PS3.3, table C.3-4: 1 not, 2 possibly, 3 definitely pregnant, 4 unknown.
std::string pregnancy_of(Records& records, const std::string& patient) {
  const fhir::Node found = records.first("Observation", {{"patient", patient},
                                                         {"code", "http://loinc.org|82810-3"},
                                                         {"status", "final,amended,corrected"},
                                                         {"_sort", "-date"}});
  const fhir::Node value = found ? found.child("value") : fhir::Node();
  if (has_code(value, {"77386006", "LA15173-0"})) return "3";
  if (has_code(value, {"60001007", "LA26683-5"})) return "1";
  if (has_code(value, {"102874004", "152231000119106"})) return "2";
  return value ? "4" : "";
}

std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    const std::string one = limited(text, kLong);
    if (!one.empty()) out += (out.empty() ? "" : "\\") + one;
  }
  return out;
}

std::string allergies_of(Records& records, const std::string& patient) {
  std::vector<std::string> texts;
  for (const fhir::Node one : records.all("AllergyIntolerance", {{"patient", patient}}, kListed)) {
    if (has_code(one.child("clinicalStatus"), {"inactive", "resolved"})) continue;
    if (has_code(one.child("verificationStatus"), {"refuted", "entered-in-error"})) continue;
    texts.push_back(concept_text(one.child("code")));
  }
  return listed(texts);
}

std::string alerts_of(Records& records, const std::string& patient) {
  std::vector<std::string> texts;
  for (const fhir::Node one : records.all("Flag", {{"patient", patient}}, kListed)) {
    if (text_in(one, "status") == "active") texts.push_back(concept_text(one.child("code")));
  }
  return listed(texts);
}

void describe_visit(Item& item, fhir::Node order, Records& records) {
  std::string number;
  std::string place;
  const fhir::Node reference = order.child("encounter");
  if (const fhir::Node encounter = reference ? records.target(reference, order) : fhir::Node()) {
    for (const fhir::Node child : encounter.children()) {
      if (child.key() == "identifier" && number.empty()) number = text_in(child, "value");
      if (child.key() != "location" || text_in(child, "status") == "completed") continue;
      const fhir::Node location = child.child("location");
      if (!location) continue;
      std::string shown(text_in(location, "display"));
      if (shown.empty()) {
        if (const fhir::Node target = records.target(location, encounter)) shown = text_in(target, "name");
      }
      if (!shown.empty()) place = std::move(shown);  // the last is the newest
    }
  }
  item.attributes.set({0x0038, 0x0010}, limited(number, kLong));
  item.attributes.set({0x0038, 0x0300}, limited(place, kLong));
  item.attributes.set({0x0038, 0x0050}, "");  // Special Needs
  item.attributes.set({0x0038, 0x0500}, "");  // Patient State
}

}  // namespace

std::string practitioner_name(fhir::Node reference, fhir::Node within, Records& records) {
  fhir::Node person = records.target(reference, within);
  if (person && person.child("practitioner")) person = records.target(person.child("practitioner"), person);
  std::string name = person && person.child("name") && !person.child("name").has_value() ? person_name(person) : "";
  return name.empty() ? person_name(text_in(reference, "display")) : name;
}

void describe_patient(Item& item, fhir::Node order, const WorklistKeys& keys, const StepSettings& settings,
                      Records& records) {
  const fhir::Node subject = order.child("subject");
  const fhir::Node patient = subject ? records.target(subject, order) : fhir::Node();
  Attributes& out = item.attributes;
  std::string name = patient ? person_name(patient) : std::string();
  if (name.empty() && subject) name = person_name(text_in(subject, "display"));
  out.set({0x0010, 0x0010}, name);
  const fhir::Node number = patient ? number_of(patient, settings) : fhir::Node();
  out.set({0x0010, 0x0020}, number ? limited(text_in(number, "value"), kLong) : "");
  describe_issuer(item, number ? text_in(number, "system") : std::string_view(), settings);
  std::string born(patient ? text_in(patient, "birthDate") : std::string_view());
  std::erase(born, '-');
  out.set({0x0010, 0x0030}, born.size() == 8 ? born : "");
  out.set({0x0010, 0x0040}, patient ? sex_of(patient) : "");
  describe_visit(item, order, records);
  if (!patient) return;
  const std::string reference = "Patient/" + std::string(text_in(patient, "id"));
  if (asks(keys, kSize)) out.set(kSize, measured(records, reference, "8302-2", {{"m", "1"}, {"cm", "0.01"}}));
  if (asks(keys, kWeight)) out.set(kWeight, measured(records, reference, "29463-7", {{"kg", "1"}, {"g", "0.001"}}));
  if (asks(keys, kMedicalAlerts)) out.set(kMedicalAlerts, alerts_of(records, reference));
  if (asks(keys, kAllergies)) out.set(kAllergies, allergies_of(records, reference));
  if (asks(keys, kPregnancy)) out.set(kPregnancy, dicom::Vr::us, pregnancy_of(records, reference));
}

}  // namespace meridian::imaging::internal
