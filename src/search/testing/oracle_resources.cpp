#include "search/testing/oracle_resources.hpp"

#include <string_view>

namespace meridian::testing {

std::string patient_id(Dice& dice) {
  return "p" + dice.number(12);
}
std::string observation_id(Dice& dice) {
  return "o" + dice.number(60);
}

namespace {

std::string meta(Dice& dice) {
  if (!dice.one_in(3)) return "";
  const char* profile = dice.one_in(2) ? "http://p/1" : "http://p/2|3";
  return std::string(R"(,"meta":{"tag":[{"system":"http://t","code":")") + (dice.one_in(2) ? "a" : "b") +
         R"("},{"code":"c"}],"profile":[")" + profile + R"("],"source":"http://s/1#x"})";
}

std::string references(std::string_view type, std::string_view initial, std::size_t most, std::size_t ids, Dice& dice) {
  std::string out = "[";
  const std::size_t count = dice.below(most) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "" : ",";
    out += R"({"reference":")" + std::string(type) + "/" + std::string(initial) + dice.number(ids) + R"("})";
  }
  return out + "]";
}

std::string patient(const std::string& id, Dice& dice) {
  std::string json = R"({"resourceType":"Patient","id":")" + id + "\"" + meta(dice);
  if (!dice.one_in(6)) {
    json += R"(,"name":[{"family":")" + dice.any(kFamilies) + R"(","given":[")" + dice.any(kGiven) + R"("]})";
    if (dice.one_in(4)) json += R"(,{"family":")" + dice.any(kFamilies) + R"("})";
    json += "]";
  }
  if (!dice.one_in(4)) json += R"(,"gender":")" + dice.any(kGenders) + "\"";
  if (!dice.one_in(4)) json += R"(,"birthDate":")" + dice.any(kDays) + "\"";
  if (!dice.one_in(3)) json += R"(,"managingOrganization":{"reference":"Organization/g)" + dice.number(6) + R"("})";
  if (!dice.one_in(3)) json += R"(,"generalPractitioner":)" + references("Practitioner", "d", 2, 4, dice);
  if (dice.one_in(2)) {
    json += R"(,"identifier":[{"system":"http://mrn","value":")" + dice.number(8) +
            R"(","type":{"coding":[{"system":"http://t","code":"MR"}],"text":"Medical record"}}])";
  }
  if (dice.one_in(3)) json += dice.one_in(2) ? R"(,"active":true)" : R"(,"active":false)";
  return json + "}";
}

std::string quantity(Dice& dice) {
  std::string json = R"({"value":)" + dice.any(kValues);
  if (!dice.one_in(4)) {
    const std::string unit = dice.any(kUnits);
    json += R"(,"unit":")" + unit + "\"";
    if (!dice.one_in(4)) json += R"(,"system":"http://unitsofmeasure.org","code":")" + unit + "\"";
  }
  return json + "}";
}

std::string concept_of(Dice& dice) {
  const std::string system = dice.any(kSystems);
  std::string json = R"({"coding":[{"code":")" + dice.any(kCodes) + R"(","display":"Systolic pressure")";
  if (!system.empty()) json += R"(,"system":")" + system + "\"";
  json += "}";
  if (dice.one_in(4)) json += R"(,{"code":")" + dice.any(kCodes) + R"(","system":"http://other"})";
  return json + R"(],"text":")" + (dice.one_in(2) ? "Pressure of blood" : "Haemoglobin") + "\"}";
}

std::string observation(const std::string& id, Dice& dice) {
  std::string json = R"({"resourceType":"Observation","id":")" + id + "\"" + meta(dice) + R"(,"status":")" +
                     dice.any(kStatus) + R"(","code":)" + concept_of(dice);
  if (!dice.one_in(6)) json += R"(,"subject":{"reference":"Patient/)" + patient_id(dice) + R"("})";
  if (dice.one_in(3)) json += R"(,"encounter":{"reference":"Encounter/e)" + dice.number(6) + R"("})";
  if (dice.one_in(2)) json += R"(,"performer":)" + references("Practitioner", "d", 3, 4, dice);
  if (dice.one_in(4)) json += R"(,"hasMember":)" + references("Observation", "o", 2, 60, dice);
  switch (dice.below(5)) {
    case 0:
      json += R"(,"effectivePeriod":{"start":")" + dice.any(kDates) + "\"";
      if (!dice.one_in(3)) json += R"(,"end":"2022-01-01")";
      json += "}";
      break;
    case 1:
      break;
    default:
      json += R"(,"effectiveDateTime":")" + dice.any(kDates) + "\"";
  }
  if (!dice.one_in(3)) json += R"(,"valueQuantity":)" + quantity(dice);
  if (dice.one_in(3)) {
    json += R"(,"component":[{"code":)" + concept_of(dice) + R"(,"valueQuantity":)" + quantity(dice) + "}";
    if (dice.one_in(2)) json += R"(,{"code":)" + concept_of(dice) + R"(,"valueQuantity":)" + quantity(dice) + "}";
    json += "]";
  }
  return json + "}";
}

std::string other(std::string_view type, const std::string& id, Dice& dice) {
  std::string json = R"({"resourceType":")" + std::string(type) + R"(","id":")" + id + "\"" + meta(dice);
  if (type == "Organization") {
    json += R"(,"name":")" + dice.any(kFamilies) + " Hospital\"";
    if (dice.one_in(2)) json += R"(,"partOf":{"reference":"Organization/g)" + dice.number(6) + R"("})";
  } else if (type == "Practitioner") {
    json += R"(,"name":[{"family":")" + dice.any(kFamilies) + R"("}])";
  } else if (type == "Encounter") {
    json += R"(,"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/)" + patient_id(dice) +
            R"("},"period":{"start":")" + dice.any(kDates) + R"("},"length":{"value":)" + dice.any(kValues) +
            R"(,"system":"http://unitsofmeasure.org","code":"min"})";
  } else if (type == "Group") {
    json += R"(,"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/)" + patient_id(dice) +
            R"("}},{"entity":{"reference":"Patient/)" + patient_id(dice) + R"("}}])";
  } else if (type == "List") {
    json += R"(,"status":"current","mode":"working","entry":[{"item":{"reference":"Patient/)" + patient_id(dice) +
            R"("}},{"item":{"reference":"Observation/)" + observation_id(dice) + R"("}}])";
  } else if (type == "QuestionnaireResponse") {
    json += R"(,"status":"completed","questionnaire":"http://q/)" + dice.number(2) + dice.any(kVersions) + "\"";
  } else if (type == "RiskAssessment") {
    json += R"(,"status":"final","subject":{"reference":"Patient/)" + patient_id(dice) +
            R"("},"prediction":[{"probabilityDecimal":0.)" + dice.number(9) + "5}";
    if (dice.one_in(2)) json += R"(,{"probabilityDecimal":0.)" + dice.number(99) + "}";
    json += "]";
  }
  return json + "}";
}

struct Kind {
  const char* type;
  const char* initial;
  std::size_t ids;
  std::size_t weight;
};
constexpr std::array<Kind, 9> kKinds{{{"Patient", "p", 12, 5},
                                      {"Observation", "o", 60, 12},
                                      {"Organization", "g", 6, 2},
                                      {"Practitioner", "d", 4, 1},
                                      {"Encounter", "e", 6, 1},
                                      {"Group", "r", 3, 1},
                                      {"List", "l", 3, 1},
                                      {"RiskAssessment", "k", 5, 1},
                                      {"QuestionnaireResponse", "q", 6, 1}}};

}  // namespace

void write_something(World& world, Dice& dice) {
  std::size_t ticket = dice.below(25);
  for (const Kind& kind : kKinds) {
    if (ticket >= kind.weight) {
      ticket -= kind.weight;
      continue;
    }
    const std::string id = kind.initial + dice.number(kind.ids);
    const std::string_view type = kind.type;
    if (dice.one_in(10)) {
      world.remove(type, id);
    } else if (type == "Patient") {
      world.put(type, id, patient(id, dice));
    } else if (type == "Observation") {
      world.put(type, id, observation(id, dice));
    } else {
      world.put(type, id, other(type, id, dice));
    }
    return;
  }
}

}  // namespace meridian::testing
