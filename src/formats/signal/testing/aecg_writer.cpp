#include "formats/signal/testing/aecg_writer.hpp"

#include <cmath>
#include <cstdio>

namespace meridian::signal::testing {
namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '&' || c == '"' || c == '>' || static_cast<unsigned char>(c) < 0x20) {
      out += "&#" + std::to_string(static_cast<unsigned char>(c)) + ';';
    } else {
      out += c;
    }
  }
  return out;
}

std::string time_text(const LocalStart& start) {
  char text[64];
  const unsigned seconds = start.milliseconds / 1'000;
  std::snprintf(text, sizeof text, "%04d%02d%02d%02u%02u%02u.%03u", start.year, start.month, start.day, seconds / 3'600,
                seconds / 60 % 60, seconds % 60, start.milliseconds % 1'000);
  return text;
}

std::string sequence(const std::string& code, const std::string& value) {
  return "<component><sequence><code code=\"" + escaped(code) + "\" codeSystem=\"2.16.840.1.113883.6.24\"/>" + value +
         "</sequence></component>\n";
}

std::string region(const EcgMark& mark) {
  std::string out = "<support><supportingROI classCode=\"ROIBND\"><code code=\"ROIPS\"/>";
  const auto bound = [](const char* name, double value) {
    return std::isnan(value) ? std::string()
                             : '<' + std::string(name) + " value=\"" + number(value) + "\" unit=\"ms\"/>";
  };
  const std::string bounds = bound("low", mark.from_ms) + bound("high", mark.to_ms);
  if (!bounds.empty()) {
    out += "<component><boundary><code code=\"TIME_RELATIVE\"/><value xsi:type=\"IVL_PQ\">" + bounds +
           "</value></boundary></component>";
  }
  if (!mark.lead.empty()) {
    out += "<component><boundary><code code=\"" + escaped(mark.lead) + "\"/></boundary></component>";
  }
  return out + "</supportingROI></support>";
}

std::string annotation(const std::string& code, const std::string& rest) {
  return "<component><annotation><code code=\"" + escaped(code) + "\"/>" + rest + "</annotation></component>\n";
}

std::string content(const Ecg& ecg, const EcgSeries& series, bool has_statements) {
  const Recording& recording = series.recording;
  const std::string increment = "<increment value=\"" + number(1 / recording.frames_per_second) + "\" unit=\"s\"/>";
  std::string out = "<code code=\"" + escaped(recording.name) + "\"/>";
  const EcgDevice& device = ecg.device;
  out += "<author><seriesAuthor><manufacturedSeriesDevice><id extension=\"" + escaped(device.serial) +
         "\"/><manufacturerModelName>" + escaped(device.model) + "</manufacturerModelName><softwareName>" +
         escaped(device.software) + "</softwareName></manufacturedSeriesDevice><manufacturerOrganization><name>" +
         escaped(device.manufacturer) + "</name></manufacturerOrganization></seriesAuthor></author>";
  out += "<component><sequenceSet>";
  if (recording.start) {
    out += sequence("TIME_ABSOLUTE", "<value xsi:type=\"GLIST_TS\"><head value=\"" + time_text(*recording.start) +
                                         "\"/>" + increment + "</value>");
  } else {
    out += sequence("TIME_RELATIVE",
                    "<value xsi:type=\"GLIST_PQ\"><head value=\"0\" unit=\"s\"/>" + increment + "</value>");
  }
  for (const Channel& channel : recording.channels) {
    const double scale = 1 / channel.scales[0].gain;
    const std::string unit = " unit=\"" + escaped(channel.unit) + "\"/>";
    std::string digits;
    for (const std::int32_t sample : channel.samples) {
      digits += sample == kMissing ? "-" : std::to_string(sample);
      digits += ' ';
    }
    out += sequence(channel.code, "<value xsi:type=\"SLIST_PQ\"><origin value=\"" +
                                      number(-channel.scales[0].baseline * scale) + '"' + unit + "<scale value=\"" +
                                      number(scale) + '"' + unit + "<digits>" + digits + "</digits></value>");
  }
  out += "</sequenceSet></component>\n<subjectOf><annotationSet>";
  for (const EcgMeasurement& measurement : series.measurements) {
    EcgMark place;
    place.lead = measurement.lead;
    out += annotation(measurement.code, "<value xsi:type=\"PQ\" value=\"" + number(measurement.value) + "\" unit=\"" +
                                            escaped(measurement.unit) + "\"/>" + region(place));
  }
  for (const EcgMark& mark : series.marks) {
    out += annotation("MDC_ECG_WAVC", "<value xsi:type=\"CE\" code=\"" + escaped(mark.code) + "\"/>" + region(mark));
  }
  if (has_statements) {
    for (const std::string& statement : ecg.statements) {
      out +=
          annotation("MDC_ECG_INTERPRETATION_STATEMENT", "<value xsi:type=\"ST\">" + escaped(statement) + "</value>");
    }
  }
  return out + "</annotationSet></subjectOf>";
}

}  // namespace

std::string aecg_document(const Ecg& ecg) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AnnotatedECG xmlns=\"urn:hl7-org:v3\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<id root=\"" +
      escaped(ecg.id) + "\"/><code code=\"93000\" codeSystem=\"2.16.840.1.113883.6.12\"/>\n";
  const EcgSubject& subject = ecg.subject;
  out += "<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject><id";
  if (subject.authority.empty()) {
    out += " root=\"" + escaped(subject.id) + "\"/>";
  } else {
    out += " root=\"" + escaped(subject.authority) + "\" extension=\"" + escaped(subject.id) + "\"/>";
  }
  out += "<subjectDemographicPerson><name><family>" + escaped(subject.family) + "</family><given>" +
         escaped(subject.given) + "</given></name>";
  const char* sex = subject.sex == Sex::male ? "M" : subject.sex == Sex::female ? "F" : nullptr;
  if (subject.sex == Sex::other) sex = "UN";
  if (sex != nullptr) out += "<administrativeGenderCode code=\"" + std::string(sex) + "\"/>";
  std::string birth = subject.birth_date;
  std::erase(birth, '-');
  if (!birth.empty()) out += "<birthTime value=\"" + birth + "\"/>";
  out +=
      "</subjectDemographicPerson></trialSubject></subject></subjectAssignment></componentOf></timepointEvent>"
      "</componentOf>\n";
  for (std::size_t i = 0; i < ecg.series.size(); ++i) {
    const EcgSeries& series = ecg.series[i];
    const std::string inner = content(ecg, series, i == 0);
    out += series.kind == EcgSeries::Kind::rhythm ? "<component><series>" + inner + "</series></component>\n"
                                                  : "<component><series><derivation><derivedSeries>" + inner +
                                                        "</derivedSeries></derivation></series></component>\n";
  }
  return out + "</AnnotatedECG>\n";
}

}  // namespace meridian::signal::testing
