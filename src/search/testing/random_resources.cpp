#include "search/testing/random_resources.hpp"

#include <array>

namespace meridian::search::testing {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

const std::vector<std::string_view>& RandomSearch::types() {
  static const std::vector<std::string_view> kTypes{"Patient",           "Observation", "Encounter",      "Condition",
                                                    "MedicationRequest", "Location",    "RiskAssessment", "ValueSet"};
  return kTypes;
}

std::string RandomSearch::text() {
  if (chance(2)) return std::string(300, 'x') + std::string(one_of({"", "y", "Y"})) + std::string(below(900), 'z');
  return std::string(one_of(
      {"Chen",        "chen",   "CHEN", "Chén",           "cheng",       "Müller",  "muller", "张",        "张伟",
       "伟",          "ＡＢＣ", "abc",  "Peter  James",   "peter james", "O'Brien", "ß",      "strasse 1", "Straße",
       "東京 タワー", "a",      "1",    "Blood pressure", "  padded "}));
}

std::string RandomSearch::date() {
  return std::string(
      one_of({"2019", "2020", "2020-01", "2020-02", "2020-01-15", "2020-01-16", "2020-01-31", "2019-12-31",
              "2020-01-15T10:00:00Z", "2020-01-15T10:00:00.500Z", "2020-01-15T23:30:00+08:00",
              "2020-01-15T00:00:00-05:00", "2020-01-16T00:00:00Z", "1900-01-01", "not a date"}));
}

std::string RandomSearch::period() {
  std::string out = "{";
  if (chance(75)) out += "\"start\":" + quoted(date());
  if (chance(75)) out += std::string(out.size() > 1 ? "," : "") + "\"end\":" + quoted(date());
  return out + "}";
}

std::string RandomSearch::number() {
  return std::string(one_of({"0",
                             "1",
                             "2",
                             "5",
                             "5.4",
                             "5.40",
                             "5.35",
                             "5.45",
                             "5.449",
                             "100",
                             "99.5",
                             "100.5",
                             "100.49",
                             "140",
                             "139.99",
                             "-1",
                             "-0.5",
                             "1e2",
                             "0.002",
                             "1000",
                             "1.0000000000000001",
                             "1.0000000000000002",
                             "123456789012345678",
                             "123456789012345677",
                             "37.2",
                             "98.96"}));
}

std::string RandomSearch::quantity() {
  std::string out = "{\"value\":" + number();
  if (chance(15)) out += ",\"comparator\":" + quoted(one_of({"<", "<=", ">", ">="}));
  if (chance(50)) out += ",\"unit\":" + quoted(one_of({"mg", "g", "mmHg", "kg", "Cel"}));
  if (chance(70)) {
    out += ",\"system\":" +
           quoted(one_of({"http://unitsofmeasure.org", "http://unitsofmeasure.org", "http://x.org/units"}));
    out += ",\"code\":" + quoted(one_of({"mg", "g", "mm[Hg]", "kg", "Cel", "[degF]", "[pH]", "tablets"}));
  }
  return out + "}";
}

std::string RandomSearch::coding() {
  std::string out = "{";
  if (chance(80))
    out += "\"system\":" + quoted(one_of({"http://loinc.org", "http://snomed.info/sct", "http://x.org/s"})) + ",";
  out += "\"code\":" + quoted(one_of({"8480-6", "8462-4", "ABC", "abc", "a|b", "final", "x,y"}));
  if (chance(40)) out += ",\"display\":" + quoted(text());
  return out + "}";
}

std::string RandomSearch::concept_() {
  std::string out = "{\"coding\":[" + coding();
  if (chance(30)) out += "," + coding();
  out += "]";
  if (chance(30)) out += ",\"text\":" + quoted(text());
  return out + "}";
}

std::string RandomSearch::identifier() {
  std::string out = "{\"value\":" + quoted(one_of({"1", "12345", "A7", "a7"}));
  if (chance(60)) out += ",\"system\":" + quoted(one_of({"http://x.org/ids", "urn:oid:1.2.3"}));
  if (chance(50)) {
    out += ",\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":" +
           quoted(one_of({"MR", "SS"})) + "}],\"text\":" + quoted(text()) + "}";
  }
  return out + "}";
}

std::string RandomSearch::reference() {
  if (chance(15)) return "{\"identifier\":" + identifier() + ",\"display\":" + quoted(text()) + "}";
  std::string out =
      "{\"reference\":" +
      quoted(one_of({"Patient/1", "Patient/2", "Patient/1/_history/3", "Practitioner/1", "Location/1", "Group/2",
                     "http://other.org/fhir/Patient/1", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "#p"}));
  if (chance(20)) out += ",\"display\":" + quoted(text());
  return out + "}";
}

std::string RandomSearch::patient() {
  std::string out;
  const std::size_t names = below(3);
  if (names > 0) {
    out += ",\"name\":[";
    for (std::size_t i = 0; i < names; ++i) {
      out += std::string(i > 0 ? "," : "") + "{\"family\":" + quoted(text()) + ",\"given\":[" + quoted(text()) + "]}";
    }
    out += "]";
  }
  if (chance(60)) out += ",\"birthDate\":" + quoted(date());
  if (chance(60)) out += ",\"gender\":" + quoted(one_of({"male", "female", "nonsense"}));
  if (chance(40)) out += ",\"identifier\":[" + identifier() + "," + identifier() + "]";
  if (chance(40)) out += ",\"active\":" + std::string(one_of({"true", "false"}));
  if (chance(30)) out += ",\"deceasedBoolean\":" + std::string(one_of({"true", "false"}));
  if (chance(30)) out += ",\"telecom\":[{\"system\":\"phone\",\"value\":" + quoted(one_of({"555", "12345"})) + "}]";
  if (chance(30)) out += ",\"address\":[{\"city\":" + quoted(text()) + ",\"country\":\"CN\"}]";
  if (chance(30)) out += ",\"generalPractitioner\":[" + reference() + "," + reference() + "]";
  return out;
}

std::string RandomSearch::observation() {
  std::string out = ",\"status\":" + quoted(one_of({"final", "amended"})) + ",\"code\":" + concept_();
  if (chance(70)) out += ",\"subject\":" + reference();
  if (chance(40))
    out += ",\"effectiveDateTime\":" + quoted(date());
  else if (chance(40))
    out += ",\"effectivePeriod\":" + period();
  else if (chance(40))
    out += R"(,"effectiveTiming":{"event":[)" + quoted(date()) + "," + quoted(date()) + "]}";
  if (chance(50))
    out += ",\"valueQuantity\":" + quantity();
  else if (chance(30))
    out += ",\"valueCodeableConcept\":" + concept_();
  else if (chance(30))
    out += ",\"valueString\":" + quoted(text());
  else if (chance(30))
    out +=
        R"(,"valueSampledData":{"origin":{"value":1,"unit":"mg"},"period":1,"factor":2,"dimensions":1,"data":"1 2 E 5"})";
  if (chance(40)) {
    out += ",\"component\":[{\"code\":" + concept_() + ",\"valueQuantity\":" + quantity() +
           "},{\"code\":" + concept_() + ",\"valueQuantity\":" + quantity() + "}]";
  }
  if (chance(30)) out += ",\"performer\":[" + reference() + "]";
  if (chance(20))
    out += R"(,"text":{"status":"generated","div":"<div>)" +
           std::string(one_of({"Blood &amp; pressure", "血压 高", "<b>chen</b>'s"})) + R"(</div>"})";
  if (chance(20)) out += ",\"note\":[{\"text\":" + quoted(text()) + "}]";
  return out;
}

std::string RandomSearch::encounter() {
  std::string out = R"(,"status":"finished","class":)" + coding();
  if (chance(70)) out += ",\"period\":" + period();
  if (chance(50)) out += ",\"subject\":" + reference();
  if (chance(40))
    out += ",\"location\":[{\"location\":" + reference() + ",\"period\":" + period() +
           "},{\"location\":" + reference() + ",\"period\":" + period() + "}]";
  if (chance(40)) out += ",\"length\":" + quantity();
  return out;
}

std::string RandomSearch::condition_resource() {
  std::string out = ",\"code\":" + concept_() + ",\"subject\":" + reference();
  if (chance(40))
    out += ",\"onsetDateTime\":" + quoted(date());
  else if (chance(30))
    out += ",\"onsetPeriod\":" + period();
  else if (chance(30))
    out += ",\"onsetAge\":" + quantity();
  else if (chance(50))
    out += ",\"onsetRange\":{\"low\":" + quantity() + (chance(70) ? ",\"high\":" + quantity() : "") + "}";
  if (chance(30)) out += ",\"abatementString\":" + quoted(text());
  if (chance(30)) out += ",\"recordedDate\":" + quoted(date());
  return out;
}

std::string RandomSearch::medication_request() {
  std::string out = R"(,"status":"active","intent":"order","subject":)" + reference();
  if (chance(60))
    out += ",\"medicationCodeableConcept\":" + concept_();
  else
    out += ",\"medicationReference\":" + reference();
  if (chance(60))
    out += ",\"dosageInstruction\":[{\"timing\":{\"event\":[" + quoted(date()) + "," + quoted(date()) +
           "]}},{\"timing\":{\"repeat\":{\"boundsPeriod\":" + period() + "}}}]";
  if (chance(60)) out += ",\"authoredOn\":" + quoted(date());
  return out;
}

std::string RandomSearch::location() {
  std::string out = ",\"name\":" + quoted(text());
  if (chance(70)) {
    out += ",\"position\":{\"longitude\":" + std::string(one_of({"116.4", "-179.95", "179.95", "0", "116.9"})) +
           ",\"latitude\":" + std::string(one_of({"39.9", "-89.99", "0", "39.5", "-0.1"})) + "}";
  }
  if (chance(40)) out += ",\"alias\":[" + quoted(text()) + "]";
  return out;
}

std::string RandomSearch::risk_assessment() {
  std::string out = R"(,"status":"final","subject":)" + reference();
  if (chance(80)) {
    out += ",\"prediction\":[{";
    out += chance(60) ? "\"probabilityDecimal\":" + number()
                      : "\"probabilityRange\":{\"low\":" + quantity() + ",\"high\":" + quantity() + "}";
    out += "}";
    if (chance(30)) out += ",{\"probabilityDecimal\":" + number() + "}";
    out += "]";
  }
  return out;
}

std::string RandomSearch::value_set() {
  std::string out = R"(,"status":"active","url":)" +
                    quoted(one_of({"http://x.org/fhir/ValueSet/a", "http://x.org/fhir/ValueSet/a/b", "http://x.org",
                                   "http://x.org/fhir/", "urn:oid:1.2.3", "http://x.org/fhir/ValueSet/a|1"}));
  if (chance(40))
    out += R"(,"meta":{"profile":[)" + quoted(one_of({"http://x.org/p", "http://x.org/p|1.0", "http://x.org/p|2.0"})) +
           "]}";
  if (chance(30))
    out += ",\"useContext\":[{\"code\":" + coding() + ",\"valueQuantity\":" + quantity() + "},{\"code\":" + coding() +
           ",\"valueCodeableConcept\":" + concept_() + "}]";
  return out;
}

std::string RandomSearch::resource(std::string_view type, std::string_view id) {
  std::string out = "{\"resourceType\":" + quoted(type) + ",\"id\":" + quoted(id);
  if (type == "Patient") out += patient();
  if (type == "Observation") out += observation();
  if (type == "Encounter") out += encounter();
  if (type == "Condition") out += condition_resource();
  if (type == "MedicationRequest") out += medication_request();
  if (type == "Location") out += location();
  if (type == "RiskAssessment") out += risk_assessment();
  if (type == "ValueSet") out += value_set();
  return out + "}";
}

Operand RandomSearch::operand(const Parameter& parameter, Modifier modifier) {
  using fhir::SearchType;
  Operand out;
  const auto any_prefix = [&] { out.prefix = static_cast<Prefix>(below(10)); };
  const auto escaped = [](std::string_view text) {
    std::string kept;
    for (const char c : text) {
      if (c == '|' || c == ',' || c == '$' || c == '\\') kept.push_back('\\');
      kept.push_back(c);
    }
    return kept;
  };
  if (modifier == Modifier::missing) {
    out.text = one_of({"true", "false"});
    return out;
  }
  if (modifier == Modifier::text || (parameter.kind == SearchType::string)) {
    std::string text = this->text();
    if (chance(30)) text = text.substr(0, 1 + below(text.size()));
    if (chance(10)) text = one_of({"血", "压", "血压", "blood", "blood chen", "Pressure", "en", "he", " ", ""});
    out.text = escaped(text);
    return out;
  }
  const auto token = [&] {
    std::string code(one_of(
        {"8480-6", "8462-4", "ABC", "abc", "a\\|b", "final", "male", "true", "12345", "A7", "555", "1", "x\\,y", "7"}));
    switch (below(5)) {
      case 0:
        return std::string(
                   one_of({"http://loinc.org", "http://x.org/ids", "phone", "http://hl7.org/fhir/administrative-gender",
                           "http://hl7.org/fhir/observation-status"})) +
               "|";
      case 1:
        return "|" + code;
      case 2:
      case 3:
        return std::string(
                   one_of({"http://loinc.org", "http://x.org/ids", "phone", "http://hl7.org/fhir/administrative-gender",
                           "http://hl7.org/fhir/observation-status"})) +
               "|" + code;
      default:
        return code;
    }
  };
  switch (parameter.kind) {
    case SearchType::token:
      if (modifier == Modifier::of_type) {
        out.text = "http://terminology.hl7.org/CodeSystem/v2-0203|" + std::string(one_of({"MR", "mr", "SS"})) + "|" +
                   std::string(one_of({"1", "12345", "A7"}));
      } else {
        out.text = token();
      }
      break;
    case SearchType::reference:
      out.text =
          modifier == Modifier::identifier
              ? token()
              : std::string(one_of({"1", "2", "Patient/1", "Patient/2", "Practitioner/1", "Location/1", "Nothing/1",
                                    "http://other.org/fhir/Patient/1", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
                                    "Patient/1/_history/3", "http://x.org/p|1.0", "http://x.org/p|1", ""}));
      break;
    case SearchType::date:
      any_prefix();
      out.text = chance(20) ? std::string(one_of({"2020-01-15T10:00", "2020-01-15T10:00:00",
                                                  "2020-01-15T23:30:00 08:00", "9999", "0001"}))
                            : date();
      break;
    case SearchType::number:
      any_prefix();
      out.text = number();
      break;
    case SearchType::quantity:
      any_prefix();
      out.text = number();
      if (chance(70)) {
        out.text += "|" + std::string(one_of({"", "http://unitsofmeasure.org", "http://x.org/units"})) + "|" +
                    std::string(one_of({"mg", "g", "kg", "mm[Hg]", "mmHg", "Cel", "[degF]", "[pH]", "tablets", "ug"}));
      }
      break;
    case SearchType::uri:
      out.text = one_of({"http://x.org/fhir/ValueSet/a", "http://x.org/fhir/ValueSet/a/b/c", "http://x.org/",
                         "http://x.org", "http://x.org/fhir", "urn:oid:1.2.3", "http://x.org/p", "http://x.org/p|1.0",
                         "http://x.org/fhir/ValueSet/a\\|1", ""});
      break;
    case SearchType::special:
      out.text = std::string(one_of({"39.9|116.4|", "0|180|", "-90|0|", "0|0|", "0|-180|"})) +
                 std::string(one_of({"100|km", "5000|m", "20000|km", "0|km", "60|[mi_i]", "", "5|s"}));
      break;
    case SearchType::composite:
      for (const Parameter::Component& component : parameter.components) {
        out.components.push_back(operand(*component.definition, Modifier::none));
      }
      if (chance(2)) out.components.pop_back();
      break;
    case SearchType::string:
      break;
  }
  return out;
}

Condition RandomSearch::condition(const Parameters& parameters, fhir::TypeId type) {
  const auto all = parameters.of(type);
  Condition out;
  do {
    out.parameter = all[below(all.size())];
  } while (out.parameter->code == "_lastUpdated");
  if (chance(35)) out.modifier = static_cast<Modifier>(below(static_cast<std::size_t>(Modifier::version_below) + 1));
  const bool is_hierarchy = out.modifier == Modifier::above || out.modifier == Modifier::below;
  // What is above and below resources, others than the one at hand know.
  if (is_hierarchy && out.parameter->kind == fhir::SearchType::reference) out.modifier = Modifier::none;
  const std::size_t count = chance(75) ? 1 : 1 + below(3);
  for (std::size_t i = 0; i < count; ++i) out.operands.push_back(operand(*out.parameter, out.modifier));
  return out;
}

}  // namespace meridian::search::testing
