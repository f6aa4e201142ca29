#include "imaging/worklist_rules.hpp"

#include <algorithm>
#include <set>

#include "connect/declaration.hpp"
#include "imaging/query.hpp"

namespace meridian::imaging {
namespace {

using connect::DeclarationReader;

constexpr std::size_t kMaxTitleBytes = 16;
constexpr std::uint32_t kMaxDays = 3660;
constexpr std::uint32_t kMaxSteps = 1'000'000;

// PS3.3, C.7.3.1.1.1, those by which something is acquired or done.
constexpr std::string_view kModalities[] = {
    "AR",  "BI", "BMD",     "CFM", "CR",     "CT",   "DG",  "DX",  "ECG", "EEG", "EMG", "EOG", "EPS",
    "ES",  "GM", "HD",      "IO",  "IVOCT",  "IVUS", "KER", "LEN", "LS",  "MG",  "MR",  "NM",  "OAM",
    "OCT", "OP", "OPM",     "OPT", "OPTBSV", "OPV",  "OSS", "OT",  "PA",  "POS", "PT",  "PX",  "RESP",
    "RF",  "RG", "RTIMAGE", "SM",  "SRF",    "TG",   "US",  "VA",  "XA",  "XC"};

constexpr std::string_view kDicomCodes[] = {"http://dicom.nema.org/resources/ontology/DCM",
                                            "urn:oid:1.2.840.10008.2.16.4"};
constexpr std::string_view kSections = "http://terminology.hl7.org/CodeSystem/v2-0074";

struct Section {
  std::string_view code;
  std::string_view modality;  ///< empty: of imaging, and no more is known
};
// HL7 v2, table 0074: those of imaging.
constexpr Section kSectionsOfImaging[] = {{"CT", "CT"},  {"NMR", "MR"}, {"NMS", "NM"}, {"OUS", "US"},
                                          {"RUS", "US"}, {"VUS", "US"}, {"CUS", "US"}, {"EC", "ECG"},
                                          {"RAD", ""},   {"RX", ""},    {"XRC", ""},   {"IMG", ""}};

bool fits(std::string_view pattern, std::string_view folded) {
  return matches(Attribute{{}, dicom::Vr::lo, std::string(pattern)}, folded);
}

bool fits(const ModalityRule& rule, const Said& one) {
  const bool is_code = !one.code.empty() && (rule.system.empty() || rule.system == one.system) &&
                       std::ranges::find(rule.codes, one.code) != rule.codes.end();
  if (is_code) return true;
  if (one.text.empty()) return false;
  const std::string text = folded_name(one.text);
  return std::ranges::any_of(rule.texts, [&](const std::string& pattern) { return fits(pattern, text); });
}

const Section* section_of(const Said& one) {
  if (one.system != kSections) return nullptr;
  const auto* const at = std::ranges::find(kSectionsOfImaging, one.code, &Section::code);
  return at == std::end(kSectionsOfImaging) ? nullptr : at;
}

std::uint32_t read_number(DeclarationReader& reader, const YAML::Node& map, const char* key, std::uint32_t otherwise,
                          std::uint32_t least, std::uint32_t most) {
  const YAML::Node node = map[key];
  if (!node.IsDefined()) return otherwise;
  const auto value = node.as<std::int64_t>(-1);
  if (value >= least && value <= most) return static_cast<std::uint32_t>(value);
  reader.fault(
      node, "\"" + std::string(key) + "\" is a number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

std::string read_modality(DeclarationReader& reader, const YAML::Node& map) {
  std::string modality = reader.text(map, "modality", true);
  if (map["modality"].IsDefined() && !is_modality(modality)) {
    reader.fault(map["modality"], "\"" + modality + "\" is no modality of DICOM (PS3.3, C.7.3.1.1.1)");
  }
  return modality;
}

std::vector<std::string> read_folded(DeclarationReader& reader, const YAML::Node& map, const char* key) {
  std::vector<std::string> texts = reader.texts(map, key);
  for (std::string& text : texts) {
    text = folded_name(text);
    if (text.empty()) reader.fault(map[key], "\"" + std::string(key) + "\" has a text without words");
  }
  return texts;
}

void read_rule(DeclarationReader& reader, const YAML::Node& map, WorklistRules& rules) {
  if (!map.IsMap()) return reader.fault(map, "a rule is a map: modality, and system, codes or texts");
  reader.keys(map, {"modality", "system", "codes", "texts"});
  ModalityRule rule;
  rule.modality = read_modality(reader, map);
  rule.system = reader.text(map, "system");
  rule.codes = reader.texts(map, "codes");
  rule.texts = read_folded(reader, map, "texts");
  if (rule.codes.empty() && rule.texts.empty()) reader.fault(map, "a rule has \"codes\" or \"texts\"");
  if (!rule.system.empty() && rule.codes.empty()) reader.fault(map["system"], "a \"system\" is that of \"codes\"");
  rules.modalities.push_back(std::move(rule));
}

void read_station(DeclarationReader& reader, const YAML::Node& map, WorklistRules& rules) {
  if (!map.IsMap()) return reader.fault(map, "a station is a map: title, modality, name, places");
  reader.keys(map, {"title", "modality", "name", "places"});
  Station station;
  station.title = reader.text(map, "title", true);
  station.own = folded_name(station.title);
  const bool is_title = !station.title.empty() && station.title.size() <= kMaxTitleBytes &&
                        station.title.find_first_of("\\\n\r\t*?") == std::string::npos;
  if (map["title"].IsDefined() && !is_title) {
    reader.fault(map["title"], "an AE title has 1 to 16 characters and no backslash");
  }
  if (std::ranges::find(rules.stations, station.title, &Station::title) != rules.stations.end()) {
    reader.fault(map["title"], "the station \"" + station.title + "\" is there already");
  }
  station.modality = read_modality(reader, map);
  station.name = reader.text(map, "name");
  station.places = read_folded(reader, map, "places");
  rules.stations.push_back(std::move(station));
}

void read_rules(DeclarationReader& reader, const YAML::Node& root, WorklistRules& rules) {
  reader.keys(root, {"days_before", "days_after", "limit", "candidates", "hide_archived", "modalities", "stations"});
  rules.days_before = read_number(reader, root, "days_before", rules.days_before, 0, kMaxDays);
  rules.days_after = read_number(reader, root, "days_after", rules.days_after, 0, kMaxDays);
  rules.limit = read_number(reader, root, "limit", rules.limit, 1, kMaxSteps);
  rules.candidates = read_number(reader, root, "candidates", rules.candidates, 1, kMaxSteps);
  rules.hides_archived = reader.flag(root, "hide_archived", rules.hides_archived);
  const auto read_list = [&](const char* key, auto read) {
    const YAML::Node list = root[key];
    if (!list.IsDefined()) return;
    if (!list.IsSequence()) return reader.fault(list, "\"" + std::string(key) + "\" must be a list");
    for (const YAML::Node& one : list) read(reader, one, rules);
  };
  read_list("modalities", read_rule);
  read_list("stations", read_station);
}

}  // namespace

std::optional<WorklistRules> parse_worklist_rules(const std::string& yaml, const std::string& origin,
                                                  std::vector<std::string>& faults) {
  return connect::declared<WorklistRules>(yaml, origin, faults, read_rules);
}

Result<WorklistRules> read_worklist_rules(const std::string& folder) {
  WorklistRules rules;
  const auto take = [&](const std::string& yaml, const std::string& name, std::vector<std::string>& faults) {
    if (name != kWorklistFile) return;
    if (std::optional<WorklistRules> read = parse_worklist_rules(yaml, name, faults)) rules = *std::move(read);
  };
  TRY(connect::read_declarations(folder, "the worklist", take, [](std::vector<std::string>&) {}));
  return rules;
}

bool is_modality(std::string_view code) {
  return std::ranges::find(kModalities, code) != std::end(kModalities);
}

std::string modality_of(const WorklistRules& rules, const std::vector<Said>& said) {
  for (const Said& one : said) {
    const bool is_of_dicom = std::ranges::find(kDicomCodes, one.system) != std::end(kDicomCodes);
    if (is_of_dicom && is_modality(one.code)) return one.code;
  }
  for (const ModalityRule& rule : rules.modalities) {
    if (std::ranges::any_of(said, [&](const Said& one) { return fits(rule, one); })) return rule.modality;
  }
  for (const Said& one : said) {
    const Section* const section = section_of(one);
    if (section != nullptr && !section->modality.empty()) return std::string(section->modality);
  }
  return {};
}

bool is_of_imaging(const std::vector<Said>& category) {
  return std::ranges::any_of(category, [](const Said& one) {
    return (one.system == "http://snomed.info/sct" && one.code == "363679005") || one.code == "imaging" ||
           section_of(one) != nullptr;
  });
}

std::vector<const Station*> stations_at(const WorklistRules& rules, std::string_view modality,
                                        const std::vector<std::string>& places) {
  std::vector<std::string> folded;
  folded.reserve(places.size());
  for (const std::string& place : places) folded.push_back(folded_name(place));
  std::vector<const Station*> here;
  std::vector<const Station*> anywhere;
  for (const Station& station : rules.stations) {
    if (!modality.empty() && station.modality != modality) continue;
    const bool is_here = std::ranges::any_of(folded, [&](const std::string& place) {
      return place == station.own ||
             std::ranges::any_of(station.places, [&](const std::string& pattern) { return fits(pattern, place); });
    });
    if (is_here) here.push_back(&station);
    if (station.places.empty() && !modality.empty()) anywhere.push_back(&station);
  }
  return here.empty() ? anywhere : here;
}

}  // namespace meridian::imaging
