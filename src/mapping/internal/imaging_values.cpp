#include "mapping/internal/imaging_values.hpp"

#include "mapping/internal/authority.hpp"

namespace meridian::mapping::internal {
namespace {

using dicom::DataSet;
using dicom::NameGroup;
using dicom::PersonName;
using dicom::Tag;

constexpr std::size_t kMaxUidBytes = 64;

/// PS3.16, table 8-1: how FHIR calls the coding schemes of DICOM.
std::string system_of(const DataSet& item) {
  struct Scheme {
    std::string_view name;
    std::string_view system;
  };
  constexpr Scheme kSchemes[] = {
      {"DCM", "http://dicom.nema.org/resources/ontology/DCM"},
      {"SCT", "http://snomed.info/sct"},
      {"SRT", "http://snomed.info/srt"},
      {"SNM3", "http://snomed.info/srt"},
      {"99SDM", "http://snomed.info/srt"},
      {"LN", "http://loinc.org"},
      {"UCUM", "http://unitsofmeasure.org"},
      {"RADLEX", "http://www.radlex.org"},
      {"FMA", "urn:oid:2.16.840.1.113883.6.119"},
      {"I10", "http://hl7.org/fhir/sid/icd-10"},
      {"I10C", "http://hl7.org/fhir/sid/icd-10-cm"},
      {"I9C", "http://hl7.org/fhir/sid/icd-9-cm"},
      {"C4", "http://www.ama-assn.org/go/cpt"},
  };
  const std::string scheme = dicom::text(item, Tag(0x0008, 0x0102));
  for (const Scheme& known : kSchemes) {
    if (known.name == scheme) return std::string(known.system);
  }
  const std::string uid = dicom::text(item, Tag(0x0008, 0x010C));
  if (is_uid(uid)) return "urn:oid:" + uid;
  return scheme.empty() ? std::string() : "urn:id:" + uri_part(scheme);
}

void append_word(std::string& out, const std::string& word) {
  if (word.empty()) return;
  if (!out.empty()) out += ' ';
  out += word;
}

/// Words of a component, each a name.
void write_words(fhir::JsonWriter& json, const char* key, std::initializer_list<const std::string*> words) {
  bool is_begun = false;
  for (const std::string* word : words) {
    if (word->empty()) continue;
    if (!is_begun) json.key(key).begin_array();
    is_begun = true;
    json.string(*word);
  }
  if (is_begun) json.end_array();
}

void write_name(fhir::JsonWriter& json, const NameGroup& group, std::string_view representation, bool is_official) {
  if (group.is_empty()) return;
  json.begin_object();
  if (!representation.empty()) {
    json.key("extension").begin_array().begin_object();
    json.key("url").string("http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation");
    json.key("valueCode").string(representation).end_object().end_array();
  }
  if (is_official) json.key("use").string("official");
  if (!group.family.empty()) json.key("family").string(group.family);
  write_words(json, "given", {&group.given, &group.middle});
  write_words(json, "prefix", {&group.prefix});
  write_words(json, "suffix", {&group.suffix});
  json.end_object();
}

}  // namespace

ImagingCode code_of(const DataSet& item) {
  // The value is short, long or a URN, each with an attribute of its own.
  ImagingCode code;
  for (const Tag tag : {Tag(0x0008, 0x0100), Tag(0x0008, 0x0119), Tag(0x0008, 0x0120)}) {
    if (code.code.empty()) code.code = dicom::text(item, tag);
  }
  code.display = dicom::text(item, Tag(0x0008, 0x0104));
  code.system = system_of(item);
  return code;
}

std::vector<ImagingCode> codes_of(const DataSet& set, Tag sequence) {
  std::vector<ImagingCode> codes;
  for (const DataSet& item : dicom::items(set, sequence)) {
    ImagingCode code = code_of(item);
    if (!code.is_empty()) codes.push_back(std::move(code));
  }
  return codes;
}

void write(fhir::JsonWriter& json, const ImagingCode& code) {
  json.begin_object();
  if (!code.system.empty() && !code.code.empty()) json.key("system").string(code.system);
  if (!code.code.empty()) json.key("code").string(code.code);
  if (!code.display.empty()) json.key("display").string(code.display);
  json.end_object();
}

std::string date_time_text(const DataSet& set, Tag date, Tag time, const TimeZone& zone) {
  const auto value = dicom::date_time(set, date, time);
  if (!value) return {};
  if (!value->has_time()) return value->to_string();
  const Time& clock = value->time();
  const auto whole = Time::of(clock.hour(), clock.minute(), clock.second(), clock.fraction(), clock.fraction_digits());
  if (!whole) return value->date().to_string();
  auto offset = value->offset();
  if (!offset) {
    const auto local = DateTime::of(value->date(), *whole, UtcOffset());
    if (!local) return value->date().to_string();
    const std::int64_t microseconds = instant_range(*local, UtcOffset()).start.microseconds();
    const auto ahead =
        UtcOffset::of(static_cast<int>(zone.offset_at(zone.earliest(microseconds)).microseconds() / 60'000'000));
    if (!ahead) return value->date().to_string();
    offset = *ahead;
  }
  const auto made = DateTime::of(value->date(), *whole, offset);
  return made ? made->to_string() : value->date().to_string();
}

bool is_uid(std::string_view text) {
  return text.size() <= kMaxUidBytes && is_oid(text) && text.back() != '.' && text.find("..") == std::string_view::npos;
}

std::string spoken(const PersonName& name) {
  const NameGroup& latin = name.alphabetic;
  std::string out;
  for (const std::string* part : {&latin.prefix, &latin.given, &latin.middle, &latin.family, &latin.suffix}) {
    append_word(out, *part);
  }
  // Chinese, Japanese and Korean names are written family first and without a gap.
  const std::string own = name.ideographic.family + name.ideographic.given;
  if (!own.empty()) out += out.empty() ? own : " (" + own + ")";
  return out;
}

void write_names(fhir::JsonWriter& json, const PersonName& name) {
  const bool is_any = !name.alphabetic.is_empty() || !name.ideographic.is_empty() || !name.phonetic.is_empty();
  if (!is_any) return;
  const bool has_others = !name.ideographic.is_empty() || !name.phonetic.is_empty();
  json.key("name").begin_array();
  write_name(json, name.alphabetic, has_others ? "ABC" : "", true);
  write_name(json, name.ideographic, "IDE", name.alphabetic.is_empty());
  write_name(json, name.phonetic, "SYL", false);
  json.end_array();
}

}  // namespace meridian::mapping::internal
