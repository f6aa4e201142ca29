// The engine against brute force: random worlds, random searches, the same answers in the same order, page by page.
//
// MERIDIAN_ORACLE_QUERIES=100000 asks so many searches instead of the usual number; MERIDIAN_ORACLE_SEED chooses
// others.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/random.hpp"
#include "search/engine.hpp"
#include "search/testing/world.hpp"

namespace meridian::search {
namespace {

using index::Row;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using testing::BruteForce;
using testing::World;

/// Chances in the words of what is made from them.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_.below(bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string any(const std::array<const char*, N>& words) {
    return words[below(N)];
  }
  std::string number(std::size_t bound) { return std::to_string(below(bound)); }

 private:
  SeededRandom random_;
};

constexpr std::array kFamilies{"Chen", "chen", "Li", "Müller", "Muller", "Ödegaard", "陈", "陈伟", "O'Neil", "van Dam"};
constexpr std::array kGiven{"Anna", "Ann", "Peter", "Björn", "伟", "Mary Ann"};
constexpr std::array kCodes{"8480-6", "8462-4", "718-7", "2345-7", "A1"};
constexpr std::array kSystems{"http://loinc.org", "http://other", ""};
constexpr std::array kStatus{"final", "preliminary", "amended", "cancelled"};
constexpr std::array kGenders{"male", "female", "other"};
constexpr std::array kDates{"2019",
                            "2019-12",
                            "2020-01",
                            "2020-01-15",
                            "2020-02-29",
                            "2020-02-29T10:00:00Z",
                            "2020-02-29T10:00:00.500Z",
                            "2020-03-01T23:30:00-02:00",
                            "2021-06-30",
                            "1999-01-01"};
constexpr std::array kDays{"2019-12-31", "2020-01-15", "2020-02-29", "1999-01-01", "1980", "1980-05"};
constexpr std::array kValues{"1", "5.4", "5.40", "5.5", "100", "140", "-3", "0.001", "1234567.8"};
constexpr std::array kUnits{"mg", "g", "kg", "mm[Hg]", "kPa", "{beats}"};
constexpr std::array kPrefixes{"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
constexpr std::array kTags{"http://t|a", "http://t|b", "c"};

std::string patient_id(Dice& dice) {
  return "p" + dice.number(12);
}
std::string observation_id(Dice& dice) {
  return "o" + dice.number(60);
}

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
  if (!dice.one_in(3)) json += R"(,"managingOrganization":{"reference":"Organization/g)" + dice.number(4) + R"("})";
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
    if (dice.one_in(2)) json += R"(,"partOf":{"reference":"Organization/g)" + dice.number(4) + R"("})";
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
constexpr std::array<Kind, 8> kKinds{{{"Patient", "p", 12, 5},
                                      {"Observation", "o", 60, 12},
                                      {"Organization", "g", 4, 1},
                                      {"Practitioner", "d", 4, 1},
                                      {"Encounter", "e", 6, 1},
                                      {"Group", "r", 3, 1},
                                      {"List", "l", 3, 1},
                                      {"RiskAssessment", "k", 5, 1}}};

void write_something(World& world, Dice& dice) {
  std::size_t ticket = dice.below(23);
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

class Codes final : public CodeSets {
 public:
  Result<std::vector<std::pair<std::string, std::string>>> codes(Relation relation,
                                                                 std::string_view text) const override {
    if (text == "http://vs/missing") return fail(ErrorCode::not_found, "no such value set");
    if (relation == Relation::above)
      return std::vector<std::pair<std::string, std::string>>{{"http://loinc.org", "718-7"}};
    return std::vector<std::pair<std::string, std::string>>{{"http://loinc.org", "8480-6"}, {"http://other", "A1"}};
  }
};

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

std::pair<std::string, std::string> patient_condition(Dice& dice) {
  switch (dice.below(22)) {
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
    case 19:
      return {"_id", patient_id(dice) + "," + patient_id(dice)};
    case 20:
      return {"active", dice.one_in(2) ? "true" : "false"};
    default:
      return common_condition(dice);
  }
}

std::pair<std::string, std::string> observation_condition(Dice& dice) {
  switch (dice.below(30)) {
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

struct Request {
  std::string type;
  Pairs pairs;
  std::optional<Query::Compartment> compartment;

  std::string text() const {
    std::string out = type + "?";
    for (const auto& [name, value] : pairs) out += name + "=" + value + "&";
    if (compartment) out += " in " + compartment->type + "/" + compartment->id;
    return out;
  }
};

Request make_request(Dice& dice) {
  Request request;
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
      request.type = "Patient";
      break;
    case 3: {
      constexpr std::array kOthers{"Organization", "Encounter", "Group", "RiskAssessment"};
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
                                                            : common_condition(dice));
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
    request.compartment = dice.one_in(4) ? Query::Compartment{"Encounter", "e" + dice.number(6)}
                                         : Query::Compartment{"Patient", patient_id(dice)};
  }
  return request;
}

/// Sees observations that are final, no organization's, and everything else.
class Blinkers final : public Visibility {
 public:
  explicit Blinkers(const Parameters& parameters) : parameters_(parameters) {
    Condition condition;
    condition.parameter = parameters.find(parameters.schema().find_type("Observation"), "status");
    condition.name = "status";
    condition.operands.push_back({Prefix::eq, "final", {}});
    final_.conditions.push_back(std::move(condition));
    nothing_.kind = Filter::Kind::any;
  }
  Result<const Filter*> of(fhir::TypeId type) const override {
    if (parameters_.schema().type(type).name == "Observation") return &final_;
    if (parameters_.schema().type(type).name == "Organization") return &nothing_;
    return nullptr;
  }

 private:
  const Parameters& parameters_;
  Filter final_;
  Filter nothing_;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string listed(const World& world, const std::vector<Row>& rows) {
  std::string out;
  for (const Row row : rows) out += world.address(row) + "#" + std::to_string(row) + " ";
  return out;
}

/// Every page of a search, one after another.
Result<std::vector<Row>> pages(const Engine& engine, World& world, const index::IndexView& view, Query query,
                               const Visibility* visibility, std::uint64_t& total) {
  std::vector<Row> all;
  for (;;) {
    const SearchPage page = TRY(engine.search(view, world, query, visibility, {}));
    if (page.matches.size() > query.count) return fail(ErrorCode::internal, "a page is too long");
    all.insert(all.end(), page.matches.begin(), page.matches.end());
    total = page.total.value_or(0);
    if (page.next.empty()) return all;
    if (page.matches.empty() || all.size() > 100'000) return fail(ErrorCode::internal, "pages do not end");
    query.cursor = page.next;
  }
}

TEST(Engine, answers_random_searches_as_brute_force_does) {
  const std::uint64_t wanted = setting("MERIDIAN_ORACLE_QUERIES", 10'000);
  std::uint64_t seed = setting("MERIDIAN_ORACLE_SEED", 20'260'801);
  const Parameters& parameters = *Parameters::r4();
  const Codes codes;
  // Small worlds would never go the ways of large ones.
  constexpr Tuning kLarge{2, 2, 2, 2, 4, 0};
  constexpr Tuning kMixed{3, 1, 0, 5, 20, 2};
  const std::array<Engine, 3> engines{Engine(Parameters::r4(), &codes), Engine(Parameters::r4(), &codes, {}, kLarge),
                                      Engine(Parameters::r4(), &codes, {}, kMixed)};
  const Blinkers blinkers(parameters);
  std::uint64_t asked = 0;
  std::uint64_t found_something = 0;
  std::uint64_t differences = 0;
  while (asked < wanted && differences < 10) {
    Dice dice(seed++);
    World world(Parameters::r4());
    for (std::size_t writes = 40 + dice.below(120); writes > 0; --writes) {
      write_something(world, dice);
      if (dice.one_in(50)) world.flush();
    }
    const index::IndexView view = world.view();
    const Visibility* visibility = dice.one_in(3) ? &blinkers : nullptr;
    BruteForce brute(world, parameters, &codes, visibility);
    for (int i = 0; i < 200 && asked < wanted && differences < 10; ++i, ++asked) {
      const Request request = make_request(dice);
      Issues issues;
      Query query = parse_query(parameters,
                                request.type.empty() ? fhir::TypeId::none : parameters.schema().find_type(request.type),
                                request.pairs, {}, issues);
      ASSERT_FALSE(issues.has_errors()) << request.text() << text(issues.all()[0], Language::english);
      query.compartment = request.compartment;
      std::uint64_t total = 0;
      const auto got = pages(engines[asked % engines.size()], world, view, query, visibility, total);
      const auto expected = brute.search(query);
      ASSERT_TRUE(expected.has_value()) << request.text() << expected.error().message();
      found_something += expected->empty() ? 0 : 1;
      if (got && *got == *expected && total == expected->size()) continue;
      ++differences;
      ADD_FAILURE() << "seed " << seed - 1 << ", engine " << asked % engines.size()
                    << (visibility != nullptr ? ", with blinkers" : "") << ": " << request.text() << "\n  got      "
                    << (got ? listed(world, *got) : got.error().message()) << "\n  expected "
                    << listed(world, *expected) << "\n  total " << total;
    }
  }
  EXPECT_GT(found_something, asked / 4) << "the searches are too narrow to show anything";
  RecordProperty("queries", std::to_string(asked));
}

}  // namespace
}  // namespace meridian::search
