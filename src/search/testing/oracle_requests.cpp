#include "search/testing/oracle_requests.hpp"

#include <string_view>

namespace meridian::testing {
namespace {

std::string token(Dice& dice) {
  switch (dice.below(5)) {
    case 0:
      return dice.any(kSystems) + "|" + dice.any(kCodes);
    case 1:
      return "http://loinc.org|";
    default:
      return dice.any(kCodes);
  }
}
std::string date(Dice& dice) {
  return dice.any(kPrefixes) + (dice.one_in(3) ? dice.any(kDays) : dice.any(kDates));
}
std::string amount(Dice& dice) {
  std::string text = dice.any(kPrefixes) + dice.any(kValues);
  if (dice.one_in(3)) return text;
  return text + (dice.one_in(2) ? "|http://unitsofmeasure.org|" : "||") + dice.any(kUnits);
}
std::string several(Dice& dice, std::string (*make)(Dice&)) {
  std::string text = make(dice);
  while (dice.one_in(4)) text += "," + make(dice);
  return text;
}
std::string text_of(Dice& dice) {
  const std::string text = dice.one_in(2) ? dice.any(kFamilies) : dice.any(kGiven);
  return dice.one_in(3) ? text.substr(0, text.find_first_of("nrel") + 1) : text;
}
std::string text_or_any(Dice& dice) {
  const std::string text = text_of(dice);
  return text.empty() ? "a" : text;
}

std::pair<std::string, std::string> common_condition(Dice& dice) {
  switch (dice.below(6)) {
    case 0:
      return {"_tag", dice.any(kTags)};
    case 1:
      return {"_lastUpdated",
              dice.any(kPrefixes) + "2020-01-01T00:0" + dice.number(5) + ":" + "0" + dice.number(9) + "Z"};
    case 2:
      return {"_profile", dice.one_in(2) ? "http://p/1" : "http://p/2"};
    case 3:
      return {"_source", "http://s/1"};
    case 4:
      return {"_tag:missing", dice.one_in(2) ? "true" : "false"};
    default:
      return {"_tag:not", dice.any(kTags)};
  }
}

std::string hierarchy(Dice& dice, const std::string& code) {
  return code + (dice.one_in(3) ? ":above" : ":below");
}
std::string organization(Dice& dice) {
  return (dice.one_in(3) ? "g" : "Organization/g") + dice.number(6);
}

/// Of types that have few conditions of their own.
std::pair<std::string, std::string> other_condition(std::string_view type, Dice& dice) {
  if (type == "Organization" && !dice.one_in(3)) return {hierarchy(dice, "partof"), several(dice, organization)};
  if (type == "QuestionnaireResponse" && !dice.one_in(3)) {
    const std::string code = dice.one_in(4) ? "questionnaire" : hierarchy(dice, "questionnaire");
    return {code, "http://q/" + dice.number(2) + dice.any(kVersions)};
  }
  return common_condition(dice);
}

std::pair<std::string, std::string> patient_condition(Dice& dice) {
  switch (dice.below(25)) {
    case 0:
      return {"name", several(dice, text_or_any)};
    case 1:
      return {"family:exact", several(dice, text_or_any)};
    case 2:
      return {"name:contains", text_or_any(dice)};
    case 3:
      return {"gender", dice.any(kGenders)};
    case 4:
      return {"gender:not", dice.any(kGenders)};
    case 5:
      return {"birthdate", several(dice, date)};
    case 6:
      return {"birthdate:missing", dice.one_in(2) ? "true" : "false"};
    case 7:
      return {"identifier", (dice.one_in(2) ? "http://mrn|" : "") + dice.number(8)};
    case 8:
      return {"identifier:of-type", "http://t|MR|" + dice.number(8)};
    case 9:
      return {"organization", "Organization/g" + dice.number(4)};
    case 10:
      return {"general-practitioner", "d" + dice.number(4) + ",Practitioner/d1"};
    case 11:
      return {"organization.name", text_or_any(dice)};
    case 12:
      return {"organization.partof.name", text_or_any(dice)};
    case 13:
      return {"general-practitioner:Practitioner.family", text_or_any(dice)};
    case 14:
      return {"_has:Observation:patient:code", several(dice, token)};
    case 15:
      return {"_has:Observation:subject:date", date(dice)};
    case 16:
      return {"_has:Group:member:_id", "r" + dice.number(3)};
    case 17:
      return {"_has:Observation:patient:_has:Observation:has-member:status", dice.any(kStatus)};
    case 18:
      return {"_list", "l" + dice.number(3)};
    case 21:
      return {hierarchy(dice, "organization"), several(dice, organization)};
    case 22:
      return {hierarchy(dice, "organization.partof"), organization(dice)};
    case 23:
      return {"_list", "l" + dice.number(3) + ",List/l" + dice.number(3)};
    case 19:
      return {"_id", patient_id(dice) + "," + patient_id(dice)};
    case 20:
      return {"active", dice.one_in(2) ? "true" : "false"};
    default:
      return common_condition(dice);
  }
}

std::pair<std::string, std::string> observation_condition(Dice& dice) {
  switch (dice.below(32)) {
    case 0:
      return {"code", several(dice, token)};
    case 1:
      return {"code:not", token(dice)};
    case 2:
      return {"code:in", "http://vs/1"};
    case 3:
      return {"code:not-in", "http://vs/1"};
    case 4:
      return {"code:text", dice.one_in(2) ? "press" : "haemo"};
    case 5:
      return {"date", several(dice, date)};
    case 6:
      return {"date", date(dice)};
    case 7:
      return {"value-quantity", several(dice, amount)};
    case 8:
      return {"value-quantity", amount(dice)};
    case 9:
      return {"status", dice.any(kStatus)};
    case 10:
      return {"status:not", dice.any(kStatus) + "," + dice.any(kStatus)};
    case 11:
      return {"subject", "Patient/" + patient_id(dice)};
    case 12:
      return {"subject:Patient", patient_id(dice)};
    case 13:
      return {"patient", patient_id(dice) + "," + patient_id(dice)};
    case 14:
      return {"performer", "Practitioner/d" + dice.number(4)};
    case 15:
      return {"subject:missing", dice.one_in(2) ? "true" : "false"};
    case 16:
      return {"subject:Patient.name", text_or_any(dice)};
    case 17:
      return {"subject.birthdate", date(dice)};
    case 18:
      return {"patient.organization.name", text_or_any(dice)};
    case 19:
      return {"performer:Practitioner.name", text_or_any(dice)};
    case 20:
      return {"has-member.code", token(dice)};
    case 21:
      return {"subject:Patient._has:Group:member:_id", "r" + dice.number(3)};
    case 22:
      return {"_has:Observation:has-member:code", token(dice)};
    case 23:
      return {"code-value-quantity", token(dice) + "$" + amount(dice)};
    case 24:
      return {"component-code-value-quantity", dice.any(kCodes) + "$" + amount(dice)};
    case 25:
      return {"component-code", token(dice)};
    case 26:
      return {"encounter.date", date(dice)};
    case 29:
      return {hierarchy(dice, "subject:Patient.organization"), organization(dice)};
    case 30:
      return {"_list", "l" + dice.number(3)};
    case 27:
      return {"_id", observation_id(dice)};
    case 28:
      return {"value-quantity:missing", dice.one_in(2) ? "true" : "false"};
    default:
      return common_condition(dice);
  }
}

std::string filter_test(bool of_patients, Dice& dice) {
  if (of_patients) {
    switch (dice.below(8)) {
      case 0:
        return "name co \"" + text_or_any(dice) + "\"";
      case 1:
        return "family eq \"" + dice.any(kFamilies) + "\"";
      case 2:
        return "given ew \"" + std::string(dice.one_in(2) ? "n" : "r") + "\"";
      case 3:
        return "birthdate po " + dice.any(kDays);
      case 4:
        return "gender ne " + dice.any(kGenders);
      case 5:
        return "organization pr " + std::string(dice.one_in(2) ? "true" : "false");
      case 6:
        return "organization.name sw \"" + text_or_any(dice) + "\"";
      default:
        return "birthdate " + std::string(dice.one_in(2) ? "ge " : "lt ") + dice.any(kDays);
    }
  }
  switch (dice.below(7)) {
    case 0:
      return "code eq " + token(dice);
    case 1:
      return "status ne " + dice.any(kStatus);
    case 2:
      return "value-quantity gt " + dice.any(kValues);
    case 3:
      return "subject re Patient/" + patient_id(dice);
    case 4:
      return "date " + std::string(dice.one_in(2) ? "le " : "po ") + dice.any(kDates);
    case 5:
      return "subject[gender eq male].name co \"" + text_or_any(dice) + "\"";
    default:
      return "code in http://vs/1";
  }
}

std::string filter_text(bool of_patients, Dice& dice, int depth = 0) {
  std::string text = depth < 3 && dice.one_in(3) ? std::string(dice.one_in(2) ? "not " : "") + "(" +
                                                       filter_text(of_patients, dice, depth + 1) + ")"
                                                 : filter_test(of_patients, dice);
  while (dice.one_in(3)) text += (dice.one_in(2) ? " and " : " or ") + filter_test(of_patients, dice);
  return text;
}

std::string sort_text(std::string_view type, Dice& dice) {
  constexpr std::array kPatient{"family", "name", "birthdate", "gender", "_id", "_lastUpdated", "identifier"};
  constexpr std::array kObservation{
      "date", "code", "value-quantity", "status", "_lastUpdated", "component-value-quantity", "_id"};
  constexpr std::array kOther{"_lastUpdated", "_id", "_tag"};
  std::string text;
  do {
    text += text.empty() ? "" : ",";
    text += dice.one_in(2) ? "-" : "";
    text += type == "Patient" ? dice.any(kPatient) : type == "Observation" ? dice.any(kObservation) : dice.any(kOther);
  } while (dice.one_in(3));
  return text;
}

}  // namespace

OracleRequest make_request(Dice& dice) {
  OracleRequest request;
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
      request.type = "Patient";
      break;
    case 3: {
      constexpr std::array kOthers{"Organization", "Encounter", "Group", "RiskAssessment", "QuestionnaireResponse"};
      request.type = dice.any(kOthers);
      break;
    }
    case 4:
      if (dice.one_in(2)) request.pairs.emplace_back("_type", "Patient,Observation,Encounter");
      break;
    default:
      request.type = "Observation";
  }
  std::size_t conditions = dice.below(4);
  if (request.type == "RiskAssessment" && dice.one_in(2)) {
    request.pairs.emplace_back("probability", dice.any(kPrefixes) + "0." + dice.number(99));
  }
  for (; conditions > 0; --conditions) {
    request.pairs.push_back(request.type == "Patient"       ? patient_condition(dice)
                            : request.type == "Observation" ? observation_condition(dice)
                                                            : other_condition(request.type, dice));
  }
  if (dice.one_in(6)) {
    const bool of_numbers = request.type == "RiskAssessment";
    const std::string name = request.type == "Patient" ? "birthdate" : of_numbers ? "probability" : "date";
    const auto bound = [&] { return of_numbers ? "0." + dice.number(99) : dice.any(kDates); };
    if (request.type == "Patient" || request.type == "Observation" || of_numbers) {
      constexpr std::array kLower{"gt", "ge", "sa"};
      constexpr std::array kUpper{"lt", "le", "eb"};
      request.pairs.emplace_back(name, dice.any(kLower) + bound());
      request.pairs.emplace_back(name, dice.any(kUpper) + bound());
    }
  }
  const bool of_patients = request.type == "Patient";
  if ((of_patients || request.type == "Observation") && dice.one_in(5)) {
    request.pairs.emplace_back("_filter", filter_text(of_patients, dice));
  }
  if (dice.one_in(2)) request.pairs.emplace_back("_sort", sort_text(request.type, dice));
  request.pairs.emplace_back("_count", std::to_string(1 + dice.below(9)));
  if (dice.one_in(10)) {
    request.compartment = dice.one_in(4) ? search::Query::Compartment{"Encounter", "e" + dice.number(6)}
                                         : search::Query::Compartment{"Patient", patient_id(dice)};
  }
  return request;
}

}  // namespace meridian::testing
