#include "mapping/ecg.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/hash.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/signal/leads.hpp"
#include "mapping/internal/authority.hpp"
#include "mapping/internal/json_parts.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

using fhir::JsonWriter;
using internal::clean;
using signal::Channel;
using signal::Ecg;
using signal::EcgMeasurement;
using signal::EcgSeries;
using signal::Recording;

constexpr std::string_view kMdc = "urn:iso:std:iso:11073:10101";
constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kUcum = "http://unitsofmeasure.org";

struct Known {
  std::string_view mdc;
  std::uint32_t term;
  std::string_view loinc;    ///< empty: none that says the same
  std::string_view display;  ///< LOINC's
};
/// Terms of the whole electrocardiogram: DICOM PS3.16, CID 3227 and 3689, gives them (the rate: IEEE 11073-10101) as
/// 2:number.
constexpr std::uint32_t kPartition = 2U << 16;
constexpr Known kMeasurements[] = {
    {"MDC_ECG_HEART_RATE", kPartition + 16'770, "8867-4", "Heart rate"},
    {"MDC_ECG_TIME_PD_RR", kPartition + 16'000, "", ""},
    {"MDC_ECG_TIME_PD_PP", kPartition + 16'140, "", ""},
    {"MDC_ECG_TIME_PD_P", kPartition + 16'184, "", ""},
    {"MDC_ECG_TIME_PD_PR", kPartition + 15'872, "8625-6", "P-R Interval"},
    {"MDC_ECG_TIME_PD_QRS", kPartition + 16'156, "8633-0", "QRS duration"},
    {"MDC_ECG_TIME_PD_QT", kPartition + 16'160, "8634-8", "Q-T interval"},
    {"MDC_ECG_TIME_PD_QTc", kPartition + 15'876, "8636-3", "Q-T interval corrected"},
};

std::string digits(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

/// UCUM's code of a unit that recordings have; empty where that is not known.
std::string_view ucum_code(std::string_view unit) {
  for (const std::string_view code : {"uV", "mV", "V", "ms", "s", "deg", "/min", "Hz", "nV"}) {
    if (unit == code) return code;
  }
  return unit == "mmHg" ? "mm[Hg]" : unit == "bpm" ? "/min" : std::string_view();
}

void write_quantity(JsonWriter& json, double value, const std::string& unit) {
  json.begin_object().key("value").number(digits(value));
  if (!clean(unit).empty()) json.key("unit").string(clean(unit));
  if (const std::string_view code = ucum_code(unit); !code.empty()) {
    json.key("system").string(kUcum).key("code").string(code);
  }
  json.end_object();
}

void write_code(JsonWriter& json, std::string_view system, std::string_view code, std::string_view display,
                std::string_view text) {
  json.begin_object();
  if (!code.empty()) {
    json.key("coding").begin_array().begin_object().key("system").string(system).key("code").string(code);
    if (!display.empty()) json.key("display").string(display);
    json.end_object().end_array();
  }
  if (!text.empty()) json.key("text").string(text);
  json.end_object();
}

void write_measurement_code(JsonWriter& json, const Known& known, std::string_view text) {
  json.begin_object().key("coding").begin_array();
  if (!known.loinc.empty()) {
    json.begin_object().key("system").string(kLoinc).key("code").string(known.loinc);
    json.key("display").string(known.display).end_object();
  }
  json.begin_object().key("system").string(kMdc).key("code").string(std::to_string(known.term)).end_object();
  json.end_array().key("text").string(text).end_object();
}

/// Of the recording's clock in its zone: `2020-02-29T22:34:56.000+08:00`.
std::string instant_text(const signal::LocalStart& start, double seconds_later, const TimeZone& zone) {
  if (start.year < 2 || start.year > 9'900) return {};  // what follows may be years later
  const auto date = Date::of(start.year, start.month, start.day);
  const std::uint32_t seconds = start.milliseconds / 1'000;
  const auto clock =
      Time::of(static_cast<int>(seconds / 3'600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  if (!date || !clock) return {};
  const auto local = DateTime::of(*date, *clock, UtcOffset());
  if (!local) return {};
  const std::int64_t wall =
      instant_range(*local, UtcOffset()).start.microseconds() + std::int64_t{start.milliseconds % 1'000} * 1'000;
  const Instant at = zone.earliest(wall);
  return local_time(Instant::from_microseconds(at.microseconds() + std::llround(seconds_later * 1e6)), zone)
      .to_string();
}

std::string data_text(const Channel& channel) {
  std::string out;
  out.reserve(channel.samples.size() * 5);
  const bool is_scaled = channel.scales.size() == 1;
  char text[32];
  for (std::size_t i = 0; i < channel.samples.size(); ++i) {
    if (!out.empty()) out += ' ';
    const std::int32_t sample = channel.samples[i];
    if (sample == signal::kMissing) {
      out += 'E';
      continue;
    }
    std::snprintf(text, sizeof text, is_scaled ? "%.0f" : "%.6f",
                  is_scaled ? static_cast<double>(sample) : channel.value(i));
    out += text;
  }
  return out;
}

class EcgMapper {
 public:
  EcgMapper(const Ecg& ecg, const EcgContext& context) : ecg_(ecg), context_(context), ids_(context.tenant_key) {}

  Result<std::vector<std::string>> run() {
    std::uint64_t samples = 0;
    for (const EcgSeries& series : ecg_.series) {
      for (const Channel& channel : series.recording.channels) samples += channel.samples.size();
    }
    if (samples > context_.max_samples) {
      return fail(ErrorCode::too_large, "more than " + std::to_string(context_.max_samples) +
                                            " samples are no Observation: ask for fewer frames");
    }
    add_patient();
    for (const EcgSeries& series : ecg_.series) {
      const std::string waves = series.recording.channels.empty() ? std::string() : add(waves_of(series));
      if (!series.measurements.empty()) add(measurements_of(series, waves));
    }
    if (!ecg_.statements.empty()) add_report();
    return std::move(resources_);
  }

 private:
  /// Puts `"id"` behind the type; the id is made of all that the resource says. Gives the reference.
  std::string add(const std::string& body) {
    const std::string_view type = internal::json_text_at(body, {"resourceType"});
    const Sha256Digest digest = sha256(body);
    const std::string identity(reinterpret_cast<const char*>(digest.data()), digest.size());
    const std::string id = ids_.id(type, "urn:sha256", identity).to_string();
    const std::size_t behind = body.find(',');
    resources_.push_back(body.substr(0, behind) + ",\"id\":\"" + id + '"' + body.substr(behind));
    std::string reference = std::string(type) + '/' + id;
    if (type == "Observation") results_.push_back(reference);
    return reference;
  }

  void add_patient() {
    const signal::EcgSubject& subject = ecg_.subject;
    const std::string number = clean(subject.id);
    const std::string family = clean(subject.family);
    if (number.empty() && family.empty()) return;
    std::string authority = internal::authority_uri("", clean(subject.authority), "ISO");
    if (authority.empty()) authority = context_.default_authority;
    JsonWriter json;
    json.begin_object().key("resourceType").string("Patient");
    std::string id;
    if (!number.empty()) {
      id = ids_.id("Patient", authority.empty() ? "urn:id:unknown" : authority, number).to_string();
      json.key("id").string(id);
      json.key("identifier").begin_array().begin_object();
      if (!authority.empty()) json.key("system").string(authority);
      json.key("value").string(number).end_object().end_array();
    }
    const std::string given = clean(subject.given);
    if (!family.empty() || !given.empty()) {
      json.key("name").begin_array().begin_object();
      // A name that is not parted may be of any order.
      if (given.empty()) json.key("text").string(family);
      if (!given.empty() && !family.empty()) json.key("family").string(family);
      if (!given.empty()) json.key("given").begin_array().string(given).end_array();
      json.end_object().end_array();
    }
    if (subject.sex != signal::Sex::unknown) {
      json.key("gender").string(subject.sex == signal::Sex::male     ? "male"
                                : subject.sex == signal::Sex::female ? "female"
                                                                     : "other");
    }
    if (!subject.birth_date.empty()) json.key("birthDate").string(subject.birth_date);
    json.end_object();
    if (number.empty()) {
      patient_ = add(std::move(json).take());
    } else {
      resources_.push_back(std::move(json).take());
      patient_ = "Patient/" + id;
    }
  }

  void begin(JsonWriter& json, std::string_view type, const EcgSeries* series) const {
    json.begin_object().key("resourceType").string(type);
    json.key("status").string(type == "Observation" ? "final" : "unknown");
    json.key("category").begin_array();
    if (type == "Observation") {
      write_code(json, "http://terminology.hl7.org/CodeSystem/observation-category", "procedure", "Procedure", "");
    } else {
      write_code(json, "http://terminology.hl7.org/CodeSystem/v2-0074", "EC", "", "Electrocardiac");
    }
    json.end_array();
    write_head(json, series);
  }

  void write_head(JsonWriter& json, const EcgSeries* series) const {
    if (!patient_.empty()) json.key("subject").begin_object().key("reference").string(patient_).end_object();
    if (series == nullptr || !series->recording.start) return;
    const Recording& recording = series->recording;
    const double begin = static_cast<double>(recording.first_frame) / recording.frames_per_second;
    const double end = begin + static_cast<double>(recording.frames) / recording.frames_per_second;
    // A recording lasts days, not ages: beyond that its rate is wrong.
    if (!(end < 1e9)) return;
    const std::string from = instant_text(*recording.start, begin, context_.zone);
    if (from.empty()) return;
    json.key("effectivePeriod").begin_object().key("start").string(from);
    json.key("end").string(instant_text(*recording.start, end, context_.zone)).end_object();
  }

  void write_device(JsonWriter& json) const {
    const signal::EcgDevice& device = ecg_.device;
    std::string name = clean(device.manufacturer);
    if (!name.empty() && !clean(device.model).empty()) name += ' ';
    name += clean(device.model);
    const std::string serial = clean(device.serial);
    if (name.empty() && serial.empty()) return;
    json.key("device").begin_object();
    if (!serial.empty()) json.key("identifier").begin_object().key("value").string(serial).end_object();
    if (!name.empty()) json.key("display").string(name);
    json.end_object();
  }

  std::string waves_of(const EcgSeries& series) const {
    const Recording& recording = series.recording;
    const bool is_ecg = std::any_of(recording.channels.begin(), recording.channels.end(),
                                    [](const Channel& channel) { return !channel.code.empty(); });
    JsonWriter json;
    begin(json, "Observation", &series);
    const std::string name = clean(recording.name);
    const std::string_view text = !name.empty() ? std::string_view(name) : "waveforms";
    if (is_ecg) {
      write_code(json.key("code"), kMdc, std::to_string(signal::Lead::kPotential), "MDC_ECG_ELEC_POTL", text);
    } else {
      write_code(json.key("code"), "", "", "", text);
    }
    write_device(json);
    json.key("component").begin_array();
    for (const Channel& channel : recording.channels) {
      json.begin_object();
      const std::string label = clean(channel.label);
      const std::string_view shown = label.empty() ? std::string_view("unnamed") : std::string_view(label);
      const signal::Lead* lead = signal::lead_by_code(channel.code);
      if (lead != nullptr) {
        write_code(json.key("code"), kMdc, std::to_string(lead->term()), "", shown);
      } else {
        write_code(json.key("code"), "", "", "", shown);
      }
      const double gain = channel.scales.size() == 1 ? channel.scales[0].gain : 1;
      const double zero = channel.scales.size() == 1 ? channel.scales[0].baseline : 0;
      json.key("valueSampledData").begin_object().key("origin");
      write_quantity(json, zero == 0 ? 0 : -zero / gain, channel.unit);
      json.key("period").number(digits(1e3 / (recording.frames_per_second * channel.samples_per_frame)));
      if (gain != 1) json.key("factor").number(digits(1 / gain));
      json.key("dimensions").number(std::int64_t{1});
      if (!channel.samples.empty()) json.key("data").string(data_text(channel));
      json.end_object().end_object();
    }
    json.end_array().end_object();
    return std::move(json).take();
  }

  std::string measurements_of(const EcgSeries& series, const std::string& waves) const {
    JsonWriter json;
    begin(json, "Observation", &series);
    write_code(json.key("code"), kLoinc, "34534-8", "12 lead EKG panel", "");
    write_device(json);
    if (!waves.empty()) {
      json.key("derivedFrom").begin_array().begin_object().key("reference").string(waves).end_object().end_array();
    }
    json.key("component").begin_array();
    for (const EcgMeasurement& measurement : series.measurements) {
      const auto* const known = std::find_if(std::begin(kMeasurements), std::end(kMeasurements), [&](const Known& one) {
        return one.mdc == measurement.code && measurement.lead.empty();
      });
      std::string text = clean(measurement.code);
      if (!measurement.lead.empty()) text += ' ' + clean(measurement.lead);
      json.begin_object();
      if (known != std::end(kMeasurements)) {
        write_measurement_code(json.key("code"), *known, text);
      } else {
        write_code(json.key("code"), "", "", "", text.empty() ? "unnamed" : text);
      }
      write_quantity(json.key("valueQuantity"), measurement.value, measurement.unit);
      json.end_object();
    }
    json.end_array().end_object();
    return std::move(json).take();
  }

  void add_report() {
    JsonWriter json;
    begin(json, "DiagnosticReport", ecg_.series.empty() ? nullptr : &ecg_.series[0]);
    write_code(json.key("code"), kLoinc, "11524-6", "EKG study", "");
    if (!results_.empty()) {
      json.key("result").begin_array();
      for (const std::string& result : results_) json.begin_object().key("reference").string(result).end_object();
      json.end_array();
    }
    std::string conclusion;
    for (const std::string& statement : ecg_.statements) {
      if (!conclusion.empty()) conclusion += '\n';
      conclusion += clean(statement);
    }
    if (!conclusion.empty()) json.key("conclusion").string(conclusion);
    json.end_object();
    add(std::move(json).take());
  }

  const Ecg& ecg_;
  const EcgContext& context_;
  const StableIds ids_;
  std::string patient_;
  std::vector<std::string> results_;
  std::vector<std::string> resources_;
};

}  // namespace

Result<std::vector<std::string>> resources_of(const Ecg& ecg, const EcgContext& context) {
  return EcgMapper(ecg, context).run();
}

std::string bundle_of(const std::vector<std::string>& resources) {
  JsonWriter json;
  json.begin_object().key("resourceType").string("Bundle").key("type").string("transaction");
  json.key("entry").begin_array();
  for (const std::string& resource : resources) {
    const std::string type(internal::json_text_at(resource, {"resourceType"}));
    const std::string id(internal::json_text_at(resource, {"id"}));
    json.begin_object().key("fullUrl").string("urn:uuid:" + id).key("resource").raw(resource);
    json.key("request").begin_object().key("method").string("PUT");
    std::string url = type;
    url += '/';
    url += id;
    json.key("url").string(url);
    json.end_object().end_object();
  }
  json.end_array().end_object();
  return std::move(json).take();
}

}  // namespace meridian::mapping
