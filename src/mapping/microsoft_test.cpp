// Differential: the 132 bundles that Microsoft's FHIR Converter is expected to make of its sample messages, against
// ours.
//
// For each expected resource of the key types: whether we make its counterpart, and whether its key fields agree. What
// is known to differ has a class, which docs/mapping-differences.md explains; what is left must agree to 95 %.
// The outside data may be absent. MERIDIAN_SHOW_DIFFERENCES=1 prints them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/date_time.hpp"
#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/bundle.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

struct KeyFields {
  const char* type;
  const char* key;  // resources with different values here are not counterparts; may be empty
  std::vector<const char*> fields;
};

const std::vector<KeyFields>& key_fields() {
  static const std::vector<KeyFields> all = {
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

/// Numbers without needless digits, times as instants: what means the same is the same text.
std::string normal(std::string_view text) {
  if (text.size() > 18 && text[4] == '-' && text[10] == 'T') {
    if (const Result<DateTime> time = DateTime::parse_fhir(text)) {
      return std::to_string(instant_range(*time, UtcOffset()).start.microseconds());
    }
  }
  if (const Result<Decimal> number = Decimal::parse(text); number && text.size() < 20) {
    std::string digits = number->to_string();
    if (digits.find('.') != std::string::npos) {
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.ends_with('.')) digits.pop_back();
    }
    return digits;
  }
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

std::set<std::string> values(fhir::Node node, std::string_view path) {
  std::set<std::string> out;
  const std::string_view head = path.substr(0, path.find('.'));
  for (const fhir::Node child : node.children()) {
    if (child.key() != head) continue;
    if (head.size() == path.size()) {
      if (!child.text().empty()) out.insert(normal(child.text()));
    } else {
      out.merge(values(child, path.substr(head.size() + 1)));
    }
  }
  return out;
}

std::vector<fhir::Node> resources(const fhir::Document& bundle, std::string_view type) {
  std::vector<fhir::Node> out;
  for (const fhir::Node entry : bundle.root().children()) {
    const fhir::Node resource = entry.child("resource");
    if (resource && bundle.schema().type(resource.type()).name == type) out.push_back(resource);
  }
  return out;
}

std::size_t common(const std::set<std::string>& a, const std::set<std::string>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&b](const std::string& x) { return b.contains(x); }));
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

struct Count {
  int agreed = 0;
  int total = 0;
};

class Comparison {
 public:
  void compare(const std::string& name, const fhir::Document& expected, const fhir::Document& ours,
               const std::string& text) {
    name_ = name;
    text_ = &text;
    for (const KeyFields& fields : key_fields())
      compare(fields, resources(expected, fields.type), resources(ours, fields.type));
  }

  Count all() const { return all_; }
  Count unexplained() const { return {all_.agreed, all_.total - explained_}; }
  const std::map<std::string, int>& classes() const { return classes_; }

 private:
  void compare(const KeyFields& fields, const std::vector<fhir::Node>& expected, const std::vector<fhir::Node>& ours) {
    struct Pair {
      std::size_t score, theirs, ours;
    };
    std::vector<Pair> pairs;
    const std::string key = fields.key;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      for (std::size_t j = 0; j < ours.size(); ++j) {
        std::size_t score = 0;
        for (const char* field : fields.fields)
          score += common(values(expected[i], field), values(ours[j], field)) * (key == field ? 20 : 1);
        const std::set<std::string> wanted = key.empty() ? std::set<std::string>() : values(expected[i], key);
        if (score > 0 && (wanted.empty() || common(wanted, values(ours[j], key)) > 0)) pairs.push_back({score, i, j});
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.score > b.score; });
    std::map<std::size_t, std::size_t> matched;
    std::set<std::size_t> used;
    for (const Pair& pair : pairs) {
      if (matched.contains(pair.theirs) || used.contains(pair.ours)) continue;
      matched[pair.theirs] = pair.ours;
      used.insert(pair.ours);
    }
    const std::string type = fields.type;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const bool is_matched = matched.contains(i);
      count(is_matched, type, type, is_matched ? "" : reason_of_absence(type, expected[i], *text_));
      if (!is_matched) continue;
      for (const char* field : fields.fields) {
        const std::set<std::string> here = values(ours[matched[i]], field);
        for (const std::string& value : values(expected[i], field)) {
          const std::string whole = type + '.' + field;
          const bool agrees = here.contains(value);
          count(agrees, whole, value, agrees ? "" : reason_of_difference(type, whole, value, *text_));
        }
      }
    }
  }

  void count(bool agrees, const std::string& field, const std::string& value, const std::string& reason) {
    ++all_.total;
    if (agrees) {
      ++all_.agreed;
      return;
    }
    explained_ += reason.empty() ? 0 : 1;
    ++classes_[reason.empty() ? "(not explained) " + field : reason];
    static const bool shows = std::getenv("MERIDIAN_SHOW_DIFFERENCES") != nullptr;
    if (shows) std::printf("%s\t%s\t%s\t%s\n", name_.c_str(), field.c_str(), value.c_str(), reason.c_str());
  }

  std::string name_;
  const std::string* text_ = nullptr;
  Count all_;
  int explained_ = 0;
  std::map<std::string, int> classes_;
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
  Comparison comparison;
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
    comparison.compare(name, expected, ours, text);
    ++bundles;
  }
  EXPECT_EQ(bundles, 132);
  const Count all = comparison.all();
  const Count rest = comparison.unexplained();
  for (const auto& [reason, count] : comparison.classes()) std::printf("%5d  %s\n", count, reason.c_str());
  std::printf("agreed %d of %d key fields; %d where nothing explains a difference: %.2f %%\n", all.agreed, all.total,
              rest.total, 100.0 * rest.agreed / rest.total);
  // What is reached may not be lost.
  EXPECT_GE(all.agreed * 1000, all.total * 880);
  EXPECT_GE(rest.agreed * 1000, rest.total * 950);
}

}  // namespace
}  // namespace meridian::mapping
