#include "formats/signal/aecg.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "formats/signal/faults.hpp"
#include "formats/signal/internal/aecg_values.hpp"
#include "formats/signal/leads.hpp"
#include "formats/tree/xml.hpp"

namespace meridian::signal {
namespace {

using internal::number_of;
using internal::seconds_of;
using internal::time_of;
using tree::all;
using tree::Element;

constexpr tree::Namespace kNamespaces[] = {
    {"urn:hl7-org:v3", "", "hl7"},
    {"http://www.w3.org/2001/XMLSchema-instance", "xsi", "xsi"},
};
constexpr std::string_view kRoot = "AnnotatedECG";
constexpr std::size_t kLookedAt = 4'096;  // for the root: a declaration and comments may come before it

bool is_time(std::string_view code) {
  return code == "TIME_ABSOLUTE" || code == "TIME_RELATIVE";
}

/// The code in the form of IEEE 11073-10101, whatever its letters are.
std::string lead_code(std::string_view code) {
  const Lead* lead = lead_by_code(code);
  return std::string(lead != nullptr ? lead->code : code);
}

/// Whatever text there is of a name, parted or not.
std::string text_of(Element element) {
  std::string text;
  for (const char c : element.all_text()) {
    const bool is_blank = static_cast<unsigned char>(c) <= 0x20;
    if (!is_blank) text += c;
    if (is_blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

class AecgReader {
 public:
  AecgReader(const tree::Document& document, const EcgLimits& limits, Issues& issues)
      : document_(document), limits_(limits), issues_(issues), samples_left_(limits.max_samples) {}

  Result<Ecg> read() {
    const Element root = document_.root();
    ecg_.id = root.child("id").attribute("root");
    if (const auto extension = root.child("id").attribute("extension"); !extension.empty()) {
      ecg_.id += '^' + std::string(extension);
    }
    read_subject(root);
    for (const Element component : all(root, "component")) {
      for (const Element series : all(component, "series")) {
        TRY(read_series(series, EcgSeries::Kind::rhythm));
        for (const Element derivation : all(series, "derivation")) {
          for (const Element derived : all(derivation, "derivedSeries")) {
            TRY(read_series(derived, EcgSeries::Kind::beat));
          }
        }
      }
    }
    return std::move(ecg_);
  }

 private:
  void complain(const Message& message, std::vector<std::string> arguments, Element at,
                Severity severity = Severity::error, IssueType type = IssueType::value) {
    // A path is counted among siblings: not for issues that nobody will see.
    std::string path = issues_.dropped() == 0 ? at.path() : std::string();
    issues_.add({severity, type, message, std::move(arguments), std::move(path), document_.position(at)});
  }

  void read_subject(Element root) {
    const Element subject = root.child("componentOf")
                                .child("timepointEvent")
                                .child("componentOf")
                                .child("subjectAssignment")
                                .child("subject")
                                .child("trialSubject");
    const Element id = subject.child("id");
    // Without an extension the root alone is the number.
    ecg_.subject.id = id.attribute("extension");
    ecg_.subject.authority = id.attribute("root");
    if (ecg_.subject.id.empty()) std::swap(ecg_.subject.id, ecg_.subject.authority);
    const Element person = subject.child("subjectDemographicPerson");
    const Element name = person.child("name");
    ecg_.subject.family = text_of(name.child("family") ? name.child("family") : name);
    ecg_.subject.given = text_of(name.child("given"));
    ecg_.subject.birth_date = internal::date_of(person.child("birthTime").attribute("value"));
    const std::string_view sex = person.child("administrativeGenderCode").attribute("code");
    ecg_.subject.sex = sex == "M" ? Sex::male : sex == "F" ? Sex::female : sex == "UN" ? Sex::other : Sex::unknown;
  }

  void read_device(Element series) {
    const Element author = series.child("author").child("seriesAuthor");
    const Element device = author.child("manufacturedSeriesDevice");
    if (!device || !ecg_.device.model.empty()) return;
    ecg_.device.model = text_of(device.child("manufacturerModelName"));
    ecg_.device.software = text_of(device.child("softwareName"));
    ecg_.device.serial = device.child("id").attribute("extension");
    ecg_.device.manufacturer = text_of(author.child("manufacturerOrganization").child("name"));
  }

  Result<> read_series(Element series, EcgSeries::Kind kind) {
    read_device(series);
    const std::size_t first = ecg_.series.size();
    for (const Element component : all(series, "component")) {
      for (const Element set : all(component, "sequenceSet")) {
        if (++sets_ > limits_.max_series) {
          return fail(ErrorCode::too_large,
                      "the document has more than " + std::to_string(limits_.max_series) + " series");
        }
        EcgSeries made;
        made.kind = kind;
        made.recording.name = series.child("code").attribute("code");
        if (TRY(read_set(set, made.recording))) ecg_.series.push_back(std::move(made));
      }
    }
    // Annotations are of the whole series; its first set has them.
    EcgSeries unheard;
    EcgSeries& target = first < ecg_.series.size() ? ecg_.series[first] : unheard;
    const std::optional<LocalStart> start = time_of(series.child("effectiveTime").child("low").attribute("value"));
    if (!target.recording.start && kind == EcgSeries::Kind::rhythm) target.recording.start = start;
    for (const Element subject : all(series, "subjectOf")) {
      for (const Element set : all(subject, "annotationSet")) TRY(read_annotations(set, target));
    }
    return {};
  }

  /// Whether there is something in it.
  Result<bool> read_set(Element set, Recording& recording) {
    std::optional<double> increment;
    for (const Element component : all(set, "component")) {
      const Element sequence = component.child("sequence");
      if (is_time(sequence.child("code").attribute("code"))) increment = read_time(sequence, recording);
    }
    if (!increment) {
      complain(faults::kAecgNoTime, {}, set, Severity::error, IssueType::structure);
      return false;
    }
    recording.frames_per_second = 1 / *increment;
    std::size_t leads = 0;
    for (const Element component : all(set, "component")) {
      const Element sequence = component.child("sequence");
      const std::string_view code = sequence.child("code").attribute("code");
      if (!sequence || is_time(code)) continue;
      if (++leads > limits_.max_channels) {
        return fail(ErrorCode::too_large, "a series has more than " + std::to_string(limits_.max_channels) + " leads");
      }
      TRY(read_lead(sequence, code, recording));
    }
    std::size_t longest = 0;
    for (const Channel& channel : recording.channels) longest = std::max(longest, channel.samples.size());
    std::uint64_t filled = 0;
    for (const Channel& channel : recording.channels) filled += longest - channel.samples.size();
    if (filled > samples_left_) return fail(too_many_samples());
    samples_left_ -= filled;
    if (filled > 0) complain(faults::kAecgLengths, {}, set, Severity::warning, IssueType::structure);
    for (Channel& channel : recording.channels) channel.samples.resize(longest, kMissing);
    recording.frames = longest;
    return !recording.channels.empty();
  }

  /// From sample to sample, in seconds.
  std::optional<double> read_time(Element sequence, Recording& recording) {
    const Element value = sequence.child("value");
    const Element head = value.child("head");
    const std::optional<double> increment = seconds_of(value.child("increment"));
    if (!increment || !(*increment > 0) || !(*increment < 1e6) || !(*increment > 1e-9)) {
      complain(faults::kAecgTime, {}, value ? value : sequence);
      return std::nullopt;
    }
    if (value.attribute("xsi:type") == "GLIST_TS" && head) {
      recording.start = time_of(head.attribute("value"));
      if (!recording.start) complain(faults::kAecgTime, {}, head, Severity::warning);
    }
    return increment;
  }

  Error too_many_samples() const {
    return Error(ErrorCode::too_large,
                 "the document has more than " + std::to_string(limits_.max_samples) + " samples");
  }

  Result<> read_lead(Element sequence, std::string_view code, Recording& recording) {
    const Element value = sequence.child("value");
    const std::string_view type = value.attribute("xsi:type");
    if (type != "SLIST_PQ" && type != "SLIST_INT") {
      complain(faults::kAecgValue, {std::string(type.substr(0, 20))}, value ? value : sequence, Severity::error,
               IssueType::not_supported);
      return {};
    }
    const std::optional<double> origin = number_of(value.child("origin").attribute("value"));
    const std::optional<double> scale = number_of(value.child("scale").attribute("value"));
    if (!origin || !scale || *scale == 0 || std::abs(*origin / *scale) > 1e9 || !std::isfinite(1 / *scale)) {
      complain(faults::kAecgScale, {}, value);
      return {};
    }
    Channel channel;
    channel.code = lead_code(code);
    const Lead* lead = lead_by_code(code);
    channel.label = lead != nullptr ? lead->label : code;
    channel.unit = value.child("scale").attribute("unit");
    channel.resolution_bits = 16;
    // A sample means sample · scale + origin.
    const double zero = -*origin / *scale;
    channel.scales = {{0, 1 / *scale, static_cast<std::int32_t>(std::lround(zero))}};
    if (std::abs(zero - std::round(zero)) > 1e-6) complain(faults::kAecgOrigin, {}, value, Severity::warning);
    const Element digits = value.child("digits");
    internal::Digits read = internal::digits_of(digits.all_text(), samples_left_);
    if (!read.is_whole) return fail(too_many_samples());
    samples_left_ -= read.samples.size();
    if (read.bad > 0) complain(faults::kAecgDigits, {std::to_string(read.bad)}, digits);
    channel.samples = std::move(read.samples);
    recording.channels.push_back(std::move(channel));
    return {};
  }

  /// All annotations below it; those of leads stand within others. Without recursion: they may be deep.
  Result<> read_annotations(Element set, EcgSeries& series) {
    Element at = set.first_child();
    while (at) {
      if (at.is("annotation")) TRY(read_annotation(at, series));
      if (at.first_child()) {
        at = at.first_child();
        continue;
      }
      while (at && at != set && !at.next()) at = at.parent();
      if (at == set) return {};
      at = at.next();
    }
    return {};
  }

  Result<> read_annotation(Element annotation, EcgSeries& series) {
    if (++findings_ > limits_.max_findings) {
      return fail(ErrorCode::too_large,
                  "the document has more than " + std::to_string(limits_.max_findings) + " annotations");
    }
    const std::string_view code = annotation.child("code").attribute("code");
    const Element value = annotation.child("value");
    const std::string_view type = value.attribute("xsi:type");
    EcgMark mark;
    read_region(annotation, series.recording, mark);
    if (type == "PQ" || type == "INT" || type == "REAL") {
      const std::optional<double> number = number_of(value.attribute("value"));
      if (number) {
        series.measurements.push_back({std::string(code), *number, std::string(value.attribute("unit")), mark.lead});
      } else if (value.attribute("nullFlavor").empty()) {
        complain(faults::kAecgValue, {std::string(type)}, value, Severity::warning);
      }
      return {};
    }
    if (type == "ST" || type == "ED") {
      if (std::string text = text_of(value); !text.empty()) ecg_.statements.push_back(std::move(text));
      return {};
    }
    mark.code = type == "CE" || type == "CD" || type == "CV" ? value.attribute("code") : code;
    // One that only holds others marks nothing.
    const bool is_place = !std::isnan(mark.from_ms) || !std::isnan(mark.to_ms);
    if (!mark.code.empty() && (is_place || value)) series.marks.push_back(std::move(mark));
    return {};
  }

  /// Where it is: its own boundaries, and the lead of the annotations around it.
  void read_region(Element annotation, const Recording& recording, EcgMark& mark) {
    for (const Element component : all(annotation.child("support").child("supportingROI"), "component")) {
      const Element boundary = component.child("boundary");
      const std::string_view code = boundary.child("code").attribute("code");
      if (is_time(code)) read_boundary(boundary.child("value"), recording, mark);
      if (!is_time(code) && mark.lead.empty()) mark.lead = lead_code(code);
    }
    // An annotation within another is of the same lead, where it does not name one itself.
    if (mark.lead.empty()) {
      const auto around = leads_.find(annotation.around("annotation").number());
      if (around != leads_.end()) mark.lead = around->second;
    }
    if (!mark.lead.empty()) leads_[annotation.number()] = mark.lead;
  }

  static void read_boundary(Element value, const Recording& recording, EcgMark& mark) {
    const auto place = [&](Element bound, double& into) {
      if (!bound) return;
      if (bound.attribute("unit").empty()) {
        const std::optional<LocalStart> time = time_of(bound.attribute("value"));
        if (time && recording.start && recording.start->year != 0) {
          into = internal::milliseconds_between(*recording.start, *time);
        }
      } else if (const auto seconds = seconds_of(bound)) {
        into = *seconds * 1e3;
      }
    };
    place(value.child("low"), mark.from_ms);
    place(value.child("high"), mark.to_ms);
    // A point in time.
    if (value.child("center")) {
      place(value.child("center"), mark.from_ms);
      mark.to_ms = mark.from_ms;
    } else if (!value.attribute("value").empty()) {
      place(value, mark.from_ms);
      mark.to_ms = mark.from_ms;
    }
  }

  const tree::Document& document_;
  const EcgLimits& limits_;
  Issues& issues_;
  std::uint64_t samples_left_;
  std::size_t findings_ = 0;
  std::size_t sets_ = 0;
  std::unordered_map<std::uint32_t, std::string> leads_;  // of annotations, by their number
  Ecg ecg_;
};

}  // namespace

bool is_aecg(std::string_view bytes) {
  // UTF-16 has a zero beside each letter of it.
  std::string head;
  for (const char c : bytes.substr(0, kLookedAt)) {
    if (c != '\0') head += c;
  }
  const std::size_t at = head.find(kRoot);
  return at != std::string::npos && head.find('<') != std::string::npos && at > 0 &&
         (head[at - 1] == '<' || head[at - 1] == ':');
}

Result<Ecg> read_aecg(std::string_view bytes, const EcgLimits& limits, Issues& issues) {
  tree::XmlOptions options;
  options.namespaces = kNamespaces;
  options.limits.max_bytes = limits.max_bytes;
  const tree::Document document = tree::read_xml(bytes, options, issues);
  if (!document) return fail(ErrorCode::malformed_input, "the document cannot be read");
  if (!document.root().is(kRoot)) return fail(ErrorCode::malformed_input, "this is no AnnotatedECG");
  return AecgReader(document, limits, issues).read();
}

}  // namespace meridian::signal
