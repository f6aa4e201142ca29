#include "imaging/internal/worklist_text.hpp"

#include <cstdio>

#include "base/utf8.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr std::size_t kNameCharacters = 64;  // of a component group
constexpr std::size_t kCodeCharacters = 16;
constexpr std::size_t kMeaningCharacters = 64;
constexpr std::string_view kRepresentation = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

struct Scheme {
  std::string_view system;
  std::string_view designator;
};
// PS3.16, table 8-1
constexpr Scheme kSchemes[] = {
    {"http://dicom.nema.org/resources/ontology/DCM", "DCM"},
    {"http://snomed.info/sct", "SCT"},
    {"http://snomed.info/srt", "SRT"},
    {"http://loinc.org", "LN"},
    {"http://unitsofmeasure.org", "UCUM"},
    {"http://www.radlex.org", "RADLEX"},
    {"http://hl7.org/fhir/sid/icd-10", "I10"},
    {"http://hl7.org/fhir/sid/icd-10-cm", "I10C"},
    {"http://hl7.org/fhir/sid/icd-9-cm", "I9C"},
    {"http://www.ama-assn.org/go/cpt", "C4"},
};

enum class Writing : std::uint8_t { alphabetic, ideographic, phonetic };

bool has_ideographs(std::string_view text) {
  // U+2E80 to U+9FFF and U+F900 to U+FAFF are three bytes from E2 BA on; beyond the basic plane, four from F0 A0.
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
    if ((byte == 0xE2 && next >= 0xBA) || (byte >= 0xE3 && byte <= 0xE9) ||
        (byte == 0xEF && next >= 0xA4 && next < 0xAC) || (byte == 0xF0 && next >= 0xA0)) {
      return true;
    }
  }
  return false;
}

/// What separates parts of a name may not stand within one.
std::string component(std::string_view text) {
  std::string out = limited(text, kNameCharacters);
  for (char& c : out) {
    if (c == '^' || c == '=') c = ' ';
  }
  return out;
}

void add_word(std::string& to, std::string_view word) {
  if (word.empty()) return;
  if (!to.empty()) to += ' ';
  to += word;
}

/// family^given^middle^prefix^suffix of a HumanName, without what is empty at the end.
std::string group_of(fhir::Node name) {
  std::string family(text_in(name, "family"));
  std::string given;
  std::string middle;
  std::string prefix;
  std::string suffix;
  for (const fhir::Node part : name.children()) {
    if (part.key() == "given") given.empty() ? add_word(given, part.text()) : add_word(middle, part.text());
    if (part.key() == "prefix") add_word(prefix, part.text());
    if (part.key() == "suffix") add_word(suffix, part.text());
  }
  if (family.empty() && given.empty()) family = text_in(name, "text");
  std::string out;
  for (const std::string* part : {&family, &given, &middle, &prefix, &suffix}) {
    if (part != &family) out += '^';
    out += component(*part);
  }
  out.erase(out.find_last_not_of('^') + 1);
  return limited(out, kNameCharacters);
}

Writing writing_of(fhir::Node name, std::string_view group) {
  for (const fhir::Node extension : name.children()) {
    if (extension.key() != "extension" || text_in(extension, "url") != kRepresentation) continue;
    const std::string_view code = text_in(extension, "value");
    if (code == "IDE") return Writing::ideographic;
    if (code == "SYL") return Writing::phonetic;
    if (code == "ABC") return Writing::alphabetic;
  }
  return has_ideographs(group) ? Writing::ideographic : Writing::alphabetic;
}

bool is_in_use(fhir::Node name) {
  const std::string_view use = text_in(name, "use");
  return use != "old" && use != "nickname" && use != "maiden" && text_in(name.child("period"), "end").empty();
}

}  // namespace

std::string limited(std::string_view text, std::size_t characters) {
  std::string out;
  std::size_t seen = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80 && seen++ == characters) break;
    out += byte < 0x20 || byte == 0x7F || c == '\\' ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out.erase(0, out.find_first_not_of(' '));
  return out;
}

std::string person_name(fhir::Node person) {
  std::string groups[3];
  for (const fhir::Node name : person.children()) {
    if (name.key() != "name" || !is_in_use(name)) continue;
    std::string group = group_of(name);
    std::string& into = groups[static_cast<std::size_t>(writing_of(name, group))];
    if (into.empty() || text_in(name, "use") == "official") into = std::move(group);
  }
  if (groups[0].empty()) std::swap(groups[0], groups[1]);
  std::string out = groups[0] + '=' + groups[1] + '=' + groups[2];
  out.erase(out.find_last_not_of('=') + 1);
  return out;
}

std::string person_name(std::string_view spoken) {
  return component(spoken);
}

std::string concept_text(fhir::Node value) {
  if (!value) return {};
  std::string text(text_in(value, "text"));
  for (const fhir::Node coding : value.children()) {
    if (coding.key() == "coding" && text.empty()) text = text_in(coding, "display");
  }
  if (text.empty()) text = value.child("coding") ? text_in(value.child("coding"), "code") : std::string_view();
  return text;
}

void add_said(fhir::Node value, std::vector<Said>& out) {
  for (const fhir::Node part : value.children()) {
    if (part.key() == "coding") {
      out.push_back({std::string(text_in(part, "system")), std::string(text_in(part, "code")),
                     std::string(text_in(part, "display"))});
    } else if (part.key() == "text") {
      out.push_back({{}, {}, std::string(part.text())});
    }
  }
}

std::vector<Item> code_items(fhir::Node value) {
  std::vector<Item> items;
  for (const fhir::Node coding : value.children()) {
    const std::string_view code = coding.key() == "coding" ? text_in(coding, "code") : std::string_view();
    if (code.empty()) continue;
    const std::string_view system = text_in(coding, "system");
    Item item;
    // PS3.3, 8.1: the value is short, or has an attribute of its own.
    item.attributes.set(code.size() <= kCodeCharacters ? dicom::Tag(0x0008, 0x0100) : dicom::Tag(0x0008, 0x0119),
                        limited(code, kMeaningCharacters));
    std::string designator = "L";
    for (const Scheme& scheme : kSchemes) {
      if (scheme.system == system) designator = scheme.designator;
    }
    if (system.starts_with("urn:id:") && system.size() <= 7 + kCodeCharacters) designator = system.substr(7);
    if (system.starts_with("urn:oid:")) item.attributes.set({0x0008, 0x010C}, std::string(system.substr(8)));
    item.attributes.set({0x0008, 0x0102}, designator);
    std::string meaning(text_in(coding, "display"));
    if (meaning.empty()) meaning = concept_text(value);
    item.attributes.set({0x0008, 0x0104}, limited(meaning, kMeaningCharacters));
    items.push_back(std::move(item));
  }
  return items;
}

std::optional<LocalTime> local_time_of(std::string_view text, const TimeZone& zone) {
  const Result<DateTime> parsed = DateTime::parse_fhir(text);
  if (!parsed || parsed->date().precision() != Precision::day) return std::nullopt;
  const bool has_time = parsed->has_time();
  const DateTime local = has_time ? local_time(instant_range(*parsed, zone).start, zone, 0) : *parsed;
  char day[16];
  std::snprintf(day, sizeof day, "%04d%02d%02d", local.date().year(), local.date().month(), local.date().day());
  if (!has_time) return LocalTime{day, "000000"};
  char time[16];
  std::snprintf(time, sizeof time, "%02d%02d%02d", local.time().hour(), local.time().minute(), local.time().second());
  return LocalTime{day, time};
}

}  // namespace meridian::imaging::internal
