#include "mapping/imaging.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "mapping/internal/authority.hpp"
#include "mapping/internal/imaging_values.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

using dicom::DataSet;
using dicom::Tag;
using internal::ImagingCode;

constexpr Tag kPatientName{0x0010, 0x0010};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kStudyUid{0x0020, 0x000D};
constexpr Tag kSeriesUid{0x0020, 0x000E};

struct Identifier {
  std::string system;
  std::string value;
  bool operator==(const Identifier&) const = default;
};

struct Instance {
  std::string sop_class;
  std::optional<std::int64_t> number;
  std::string title;
};

struct Series {
  std::optional<std::int64_t> number;
  std::string modality;
  std::string description;
  std::string started;
  ImagingCode body_site;
  std::string laterality;
  std::vector<std::string> performers;
  std::map<std::string, Instance> instances;  // by UID
};

struct Patient {
  std::vector<Identifier> identifiers;
  std::optional<dicom::PersonName> name;
  std::string gender;
  std::string birth_date;
};

struct Study {
  std::string patient;  // id
  Identifier accession;
  std::string started;
  std::string description;
  std::string referrer;
  std::vector<std::string> interpreters;
  std::vector<ImagingCode> procedures;
  std::vector<ImagingCode> reasons;
  std::string reason_text;
  std::string note;
  std::map<std::string, Series> series;          // by UID
  std::map<std::string, std::string> series_of;  // instance UIDs to series UIDs
};

std::string text_of(const DataSet& set, Tag tag) {
  return internal::clean(dicom::text(set, tag));
}

/// The first word counts.
void take(std::string& into, std::string value) {
  if (into.empty()) into = std::move(value);
}
template <typename T>
void take(std::vector<T>& into, std::vector<T> values) {
  if (into.empty()) into = std::move(values);
}

std::optional<std::int64_t> unsigned_of(const DataSet& set, Tag tag) {
  const auto value = dicom::integer(set, tag);
  return value && *value >= 0 && *value <= INT32_MAX ? value : std::nullopt;
}

std::vector<std::string> names_of(const DataSet& set, Tag tag) {
  std::vector<std::string> names;
  for (const std::string& text : dicom::texts(set, tag)) {
    std::string name = internal::clean(internal::spoken(dicom::parse_person_name(text)));
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

/// HL7v2 Hierarchic Designator, as a sequence of one item or a text. PS3.3, table 10-17
std::string issuer(const DataSet& set, Tag name, Tag sequence) {
  std::string universal;
  std::string kind;
  std::string local = name == Tag() ? std::string() : text_of(set, name);
  for (const DataSet& item : dicom::items(set, sequence)) {
    if (local.empty()) local = text_of(item, Tag(0x0040, 0x0031));
    universal = text_of(item, Tag(0x0040, 0x0032));
    kind = text_of(item, Tag(0x0040, 0x0033));
    break;
  }
  return internal::authority_uri(local, universal, kind);
}

std::string gender_of(const DataSet& set) {
  const std::string sex = dicom::text(set, Tag(0x0010, 0x0040));
  if (sex == "M") return "male";
  if (sex == "F") return "female";
  return sex == "O" ? "other" : sex.empty() ? "" : "unknown";
}

std::string title_of(const DataSet& set) {
  std::string title = text_of(set, Tag(0x0070, 0x0080));
  for (const DataSet& item : dicom::items(set, Tag(0x0040, 0xA043))) take(title, text_of(item, Tag(0x0008, 0x0104)));
  take(title, text_of(set, Tag(0x0042, 0x0010)));
  if (!title.empty()) return title;
  for (const std::string& word : dicom::texts(set, Tag(0x0008, 0x0008))) title += (title.empty() ? "" : "\\") + word;
  return internal::clean(title);
}

void write_codeable(fhir::JsonWriter& json, const char* key, const std::vector<ImagingCode>& codes,
                    const std::string& text) {
  if (codes.empty() && text.empty()) return;
  json.key(key).begin_array().begin_object();
  if (!codes.empty()) {
    json.key("coding").begin_array();
    for (const ImagingCode& code : codes) write(json, code);
    json.end_array();
  }
  if (!text.empty()) json.key("text").string(text);
  json.end_object().end_array();
}

void write_text(fhir::JsonWriter& json, const char* key, const std::string& text) {
  if (!text.empty()) json.key(key).string(text);
}

void write_coding(fhir::JsonWriter& json, std::string_view system, std::string_view code,
                  std::string_view display = {}) {
  json.begin_object().key("system").string(system).key("code").string(code);
  if (!display.empty()) json.key("display").string(display);
  json.end_object();
}

/// Keys in the order of their numbers; those without one last.
template <typename T>
std::vector<const typename std::map<std::string, T>::value_type*> by_number(const std::map<std::string, T>& all) {
  std::vector<const typename std::map<std::string, T>::value_type*> order;
  order.reserve(all.size());
  for (const auto& one : all) order.push_back(&one);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    const std::int64_t first = a->second.number.value_or(INT64_MAX);
    const std::int64_t second = b->second.number.value_or(INT64_MAX);
    return first != second ? first < second : a->first < b->first;
  });
  return order;
}

/// Other, where no instance says one: FHIR must have it.
std::string modality_of(const Series& series) {
  return series.modality.empty() ? "OT" : series.modality;
}

constexpr std::string_view kModalities = "http://dicom.nema.org/resources/ontology/DCM";

void write_series(fhir::JsonWriter& json, const std::string& uid, const Series& series) {
  json.begin_object().key("uid").string(uid);
  if (series.number) json.key("number").number(*series.number);
  write_coding(json.key("modality"), kModalities, modality_of(series));
  write_text(json, "description", series.description);
  json.key("numberOfInstances").number(static_cast<std::int64_t>(series.instances.size()));
  if (!series.body_site.is_empty()) write(json.key("bodySite"), series.body_site);
  if (series.laterality == "R") write_coding(json.key("laterality"), "http://snomed.info/sct", "24028007", "Right");
  if (series.laterality == "L") write_coding(json.key("laterality"), "http://snomed.info/sct", "7771000", "Left");
  write_text(json, "started", series.started);
  if (!series.performers.empty()) {
    json.key("performer").begin_array();
    for (const std::string& name : series.performers) {
      json.begin_object().key("function").begin_object().key("coding").begin_array();
      write_coding(json, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "PRF", "performer");
      json.end_array().end_object().key("actor").begin_object().key("display").string(name).end_object().end_object();
    }
    json.end_array();
  }
  json.key("instance").begin_array();
  for (const auto* entry : by_number(series.instances)) {
    const Instance& instance = entry->second;
    json.begin_object().key("uid").string(entry->first);
    write_coding(json.key("sopClass"), "urn:ietf:rfc:3986", "urn:oid:" + instance.sop_class);
    if (instance.number) json.key("number").number(*instance.number);
    write_text(json, "title", instance.title);
    json.end_object();
  }
  json.end_array().end_object();
}

std::string patient_json(const std::string& id, const Patient& patient) {
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("Patient").key("id").string(id);
  if (!patient.identifiers.empty()) {
    json.key("identifier").begin_array();
    for (const Identifier& identifier : patient.identifiers) {
      json.begin_object();
      write_text(json, "system", identifier.system);
      json.key("value").string(identifier.value).end_object();
    }
    json.end_array();
  }
  if (patient.name) internal::write_names(json, *patient.name);
  write_text(json, "gender", patient.gender);
  write_text(json, "birthDate", patient.birth_date);
  json.end_object();
  return std::move(json).take();
}

std::string study_json(const std::string& id, const std::string& uid, const Study& study) {
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("ImagingStudy").key("id").string(id);
  json.key("identifier").begin_array();
  json.begin_object().key("use").string("official").key("system").string("urn:dicom:uid");
  json.key("value").string("urn:oid:" + uid).end_object();
  if (!study.accession.value.empty()) {
    json.begin_object().key("type").begin_object().key("coding").begin_array();
    write_coding(json, "http://terminology.hl7.org/CodeSystem/v2-0203", "ACSN", "Accession ID");
    json.end_array().end_object();
    write_text(json, "system", study.accession.system);
    json.key("value").string(study.accession.value).end_object();
  }
  json.end_array().key("status").string("available");
  std::set<std::string> modalities;
  std::int64_t instances = 0;
  for (const auto& [series_uid, series] : study.series) {
    modalities.insert(modality_of(series));
    instances += static_cast<std::int64_t>(series.instances.size());
  }
  json.key("modality").begin_array();
  for (const std::string& modality : modalities) write_coding(json, kModalities, modality);
  json.end_array();
  json.key("subject").begin_object().key("reference").string("Patient/" + study.patient).end_object();
  write_text(json, "started", study.started);
  if (!study.referrer.empty()) {
    json.key("referrer").begin_object().key("display").string(study.referrer).end_object();
  }
  if (!study.interpreters.empty()) {
    json.key("interpreter").begin_array();
    for (const std::string& name : study.interpreters) json.begin_object().key("display").string(name).end_object();
    json.end_array();
  }
  json.key("numberOfSeries").number(static_cast<std::int64_t>(study.series.size()));
  json.key("numberOfInstances").number(instances);
  write_codeable(json, "procedureCode", study.procedures, {});
  write_codeable(json, "reasonCode", study.reasons, study.reason_text);
  if (!study.note.empty()) {
    json.key("note").begin_array().begin_object().key("text").string(study.note).end_object().end_array();
  }
  write_text(json, "description", study.description);
  json.key("series").begin_array();
  for (const auto* series : by_number(study.series)) write_series(json, series->first, series->second);
  json.end_array().end_object();
  return std::move(json).take();
}

/// BODY PART and code sequences both say where.
ImagingCode body_site_of(const DataSet& set) {
  for (ImagingCode& code : internal::codes_of(set, Tag(0x0008, 0x2218))) return std::move(code);
  ImagingCode site;
  site.display = text_of(set, Tag(0x0018, 0x0015));
  return site;
}

}  // namespace

struct ImagingStudies::State {
  ImagingContext context;
  StableIds ids;
  std::map<std::string, Study> studies = {};     // by UID
  std::map<std::string, Patient> patients = {};  // by id
  std::size_t instances = 0;

  /// Whose study this is, and what is said of the person.
  std::string patient_of(const DataSet& set, const std::string& study_uid) {
    Patient said;
    const auto add = [&](const DataSet& from, Tag qualifiers) {
      const std::string number = text_of(from, kPatientId);
      if (number.empty()) return;
      Identifier identifier{issuer(from, Tag(0x0010, 0x0021), qualifiers), number};
      if (identifier.system.empty()) identifier.system = context.default_authority;
      if (std::find(said.identifiers.begin(), said.identifiers.end(), identifier) == said.identifiers.end()) {
        said.identifiers.push_back(std::move(identifier));
      }
    };
    add(set, Tag(0x0010, 0x0024));
    const bool has_number = !said.identifiers.empty();
    for (const DataSet& other : dicom::items(set, Tag(0x0010, 0x1002))) add(other, Tag(0x0010, 0x0024));
    std::string id;
    if (has_number) {
      const Identifier& own = said.identifiers[0];
      id = ids.id("Patient", own.system.empty() ? "urn:id:unknown" : own.system, own.value).to_string();
    } else {
      id = ids.id("Patient", "urn:dicom:uid", study_uid).to_string();
    }
    Patient& patient = patients[id];
    for (Identifier& identifier : said.identifiers) {
      const auto known = std::find(patient.identifiers.begin(), patient.identifiers.end(), identifier);
      if (known == patient.identifiers.end()) patient.identifiers.push_back(std::move(identifier));
    }
    if (!patient.name) {
      const std::string name = text_of(set, kPatientName);
      if (!name.empty()) patient.name = dicom::parse_person_name(name);
    }
    take(patient.gender, gender_of(set));
    if (const auto birth = dicom::date(set, Tag(0x0010, 0x0030))) take(patient.birth_date, birth->to_string());
    return id;
  }

  void take_study(Study& study, const DataSet& set) {
    const Tag issuer_of_accession(0x0008, 0x0051);
    if (study.accession.value.empty()) {
      study.accession = {issuer(set, Tag(), issuer_of_accession), text_of(set, Tag(0x0008, 0x0050))};
    }
    take(study.started, internal::date_time_text(set, Tag(0x0008, 0x0020), Tag(0x0008, 0x0030), context.zone));
    take(study.description, text_of(set, Tag(0x0008, 0x1030)));
    for (std::string& name : names_of(set, Tag(0x0008, 0x0090))) take(study.referrer, std::move(name));
    take(study.interpreters, names_of(set, Tag(0x0008, 0x1060)));
    take(study.procedures, internal::codes_of(set, Tag(0x0008, 0x1032)));
    take(study.reasons, internal::codes_of(set, Tag(0x0040, 0x100A)));
    take(study.reason_text, text_of(set, Tag(0x0040, 0x1002)));
    take(study.note, text_of(set, Tag(0x0032, 0x4000)));
  }

  void take_series(Series& series, const DataSet& set) {
    if (!series.number) series.number = unsigned_of(set, Tag(0x0020, 0x0011));
    take(series.modality, text_of(set, Tag(0x0008, 0x0060)));
    take(series.description, text_of(set, Tag(0x0008, 0x103E)));
    take(series.started, internal::date_time_text(set, Tag(0x0008, 0x0021), Tag(0x0008, 0x0031), context.zone));
    if (series.body_site.is_empty()) series.body_site = body_site_of(set);
    take(series.laterality, dicom::text(set, Tag(0x0020, 0x0060)));
    take(series.performers, names_of(set, Tag(0x0008, 0x1050)));
    take(series.performers, names_of(set, Tag(0x0008, 0x1070)));
  }

  template <typename Give>
  void each(Give give) const {
    std::set<std::string> given;
    for (const auto& [uid, study] : studies) {
      const std::string id = ids.id("ImagingStudy", "urn:dicom:uid", uid).to_string();
      give(study.patient, patient_json(study.patient, patients.at(study.patient)), given.insert(study.patient).second,
           id, study_json(id, uid, study));
    }
  }
};

ImagingStudies::ImagingStudies(ImagingContext context)
    : state_(std::make_unique<State>(State{context, StableIds(context.tenant_key)})) {}
ImagingStudies::ImagingStudies(ImagingStudies&&) noexcept = default;
ImagingStudies& ImagingStudies::operator=(ImagingStudies&&) noexcept = default;
ImagingStudies::~ImagingStudies() = default;

bool ImagingStudies::add(const DataSet& set, Issues& issues) {
  const auto leave_out = [&](const Message& message, Tag tag, std::vector<std::string> arguments, Severity severity) {
    issues.add({severity, IssueType::processing, message, std::move(arguments), dicom::to_string(tag)});
    return false;
  };
  struct Uid {
    Tag tag;
    const char* name;
    std::string value;
  };
  Uid uids[] = {{kStudyUid, "Study Instance UID", {}},
                {kSeriesUid, "Series Instance UID", {}},
                {dicom::tags::kSopInstance, "SOP Instance UID", {}},
                {dicom::tags::kSopClass, "SOP Class UID", {}}};
  for (Uid& uid : uids) {
    uid.value = dicom::text(set, uid.tag);
    if (!internal::is_uid(uid.value)) return leave_out(kNoUid, uid.tag, {uid.name}, Severity::error);
  }
  if (state_->instances >= state_->context.max_instances) {
    return leave_out(kTooMuch, dicom::tags::kSopInstance,
                     {std::to_string(state_->context.max_instances), "instances (max_instances)"}, Severity::error);
  }
  const std::string& study_uid = uids[0].value;
  const std::string patient = state_->patient_of(set, study_uid);
  Study& study = state_->studies[study_uid];
  take(study.patient, patient);
  if (study.patient != patient) return leave_out(kOtherPatient, kPatientId, {}, Severity::error);
  const auto [place, is_new] = study.series_of.emplace(uids[2].value, uids[1].value);
  if (!is_new) {
    if (place->second == uids[1].value) return false;
    return leave_out(kOtherSeries, kSeriesUid, {}, Severity::warning);
  }
  state_->take_study(study, set);
  Series& series = study.series[uids[1].value];
  state_->take_series(series, set);
  series.instances[uids[2].value] = {uids[3].value, unsigned_of(set, Tag(0x0020, 0x0013)), title_of(set)};
  ++state_->instances;
  return true;
}

std::size_t ImagingStudies::size() const {
  return state_->studies.size();
}

std::vector<std::string> ImagingStudies::resources() const {
  std::vector<std::string> out;
  state_->each([&](const std::string&, std::string patient, bool is_first, const std::string&, std::string study) {
    if (is_first) out.push_back(std::move(patient));
    out.push_back(std::move(study));
  });
  return out;
}

std::vector<std::string> ImagingStudies::bundles() const {
  std::vector<std::string> out;
  state_->each([&](const std::string& patient_id, const std::string& patient, bool, const std::string& study_id,
                   const std::string& study) {
    fhir::JsonWriter json;
    json.begin_object().key("resourceType").string("Bundle").key("type").string("transaction");
    json.key("entry").begin_array();
    const auto entry = [&](const std::string& type, const std::string& id, const std::string& resource) {
      json.begin_object().key("fullUrl").string("urn:uuid:" + id).key("resource").raw(resource);
      json.key("request").begin_object().key("method").string("PUT").key("url").string(type + '/' + id);
      json.end_object().end_object();
    };
    entry("Patient", patient_id, patient);
    entry("ImagingStudy", study_id, study);
    json.end_array().end_object();
    out.push_back(std::move(json).take());
  });
  return out;
}

}  // namespace meridian::mapping
