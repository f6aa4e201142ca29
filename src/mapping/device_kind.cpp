#include "mapping/device_kind.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <set>
#include <utility>

#include "mapping/internal/device_paths.hpp"
#include "mapping/internal/yaml_tree.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping {
namespace {

using internal::DeviceListPaths;
using internal::DevicePaths;
using internal::DeviceValuePaths;
using internal::Place;
using internal::YamlTree;

constexpr std::size_t kMostValues = 500;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// `3718-7`: digits, a hyphen, the check digit that belongs to them (modulus 10).
bool is_loinc(std::string_view code) {
  const std::size_t hyphen = code.find('-');
  if (hyphen == 0 || hyphen == std::string_view::npos || hyphen + 2 != code.size()) return false;
  int sum = 0;
  bool is_doubled = true;
  for (std::size_t i = hyphen; i-- > 0;) {
    if (code[i] < '0' || code[i] > '9') return false;
    const int digit = code[i] - '0';
    sum += is_doubled ? digit * 2 / 10 + digit * 2 % 10 : digit;
    is_doubled = !is_doubled;
  }
  return code.back() - '0' == (10 - sum % 10) % 10;
}

class KindReader {
 public:
  KindReader(std::string path, Issues& issues) : path_(std::move(path)), issues_(issues) {}

  std::optional<DeviceKind> read(const YamlTree& root) {
    members(root,
            {"about", "device", "title", "type", "payload", "clock", "category", "panel", "subject", "each", "values"});
    kind_.name = text(root, "device", true);
    if (!kind_.name.empty() && !is_name(kind_.name)) fault(root, kBadDeviceKind, "a kind is named by a-z 0-9 _ -");
    if (const YamlTree* title = root.find("title")) {
      members(*title, {"en", "zh"});
      kind_.title_english = text(*title, "en", true);
      kind_.title_chinese = text(*title, "zh");
    } else {
      fault(root, kMissingMember, "title");
    }
    if (const YamlTree* type = root.find("type")) {
      members(*type, {"mdc", "name"});
      kind_.mdc = mdc(*type);
      kind_.mdc_name = text(*type, "name", true);
    }
    read_payload(root);
    read_clock(root);
    kind_.category = text(root, "category");
    if (const YamlTree* panel = root.find("panel")) {
      members(*panel, {"loinc", "display"});
      kind_.panel = loinc(*panel);
      kind_.panel_display = text(*panel, "display", true);
    }
    const std::string subject = text(root, "subject");
    kind_.is_about_device = subject == "device";
    if (!subject.empty() && subject != "device" && subject != "patient") {
      fault(*root.find("subject"), kBadDeviceKind, "\"subject\" is patient or device");
    }
    if (const YamlTree* each = root.find("each")) read_list(*each);
    read_values(root);
    if (is_faulty_) return std::nullopt;
    kind_.paths = std::make_shared<const DevicePaths>(std::move(paths_));
    return std::move(kind_);
  }

 private:
  void fault(const YamlTree& at, const Message& message, std::string what) {
    issues_.add({Severity::error, IssueType::value, message, {std::move(what)}, path_, {0, at.line, 1}});
    is_faulty_ = true;
  }
  void members(const YamlTree& map, std::initializer_list<std::string_view> known) {
    for (const YamlTree::Member& member : map.members) {
      if (std::ranges::find(known, member.name) == known.end()) fault(member.value, kUnknownMember, member.name);
    }
  }
  std::string text(const YamlTree& map, std::string_view name, bool is_required = false) {
    const YamlTree* found = map.find(name);
    if (found != nullptr && found->is_text() && !found->text.empty()) return found->text;
    if (found != nullptr || is_required) fault(found != nullptr ? *found : map, kMissingMember, std::string(name));
    return {};
  }
  std::string loinc(const YamlTree& map) {
    std::string code = text(map, "loinc");
    if (!code.empty() && !is_loinc(code))
      fault(map, kBadDeviceKind, code + " is no LOINC code: its check digit is wrong");
    return code;
  }
  std::string mdc(const YamlTree& map) {
    std::string code = text(map, "mdc");
    if (!std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; })) {
      fault(map, kBadDeviceKind, "a code of IEEE 11073-10101 is a number");
    }
    return code;
  }
  std::optional<Place> place(const YamlTree& map, std::string_view name, bool is_required = false) {
    const std::string path = text(map, name, is_required);
    if (path.empty()) return std::nullopt;
    std::optional<Place> compiled = internal::read_place(path);
    if (!compiled) fault(*map.find(name), kBadPath, path);
    return compiled;
  }
  std::optional<Decimal> number(const YamlTree& at, const std::string& digits) {
    const Result<Decimal> parsed = Decimal::parse(digits);
    if (parsed) return *parsed;
    fault(at, kBadDeviceKind, "\"" + digits + "\" is no number");
    return std::nullopt;
  }
  std::optional<Decimal> decimal(const YamlTree& map, std::string_view name) {
    const std::string digits = text(map, name);
    return digits.empty() ? std::nullopt : number(map, digits);
  }
  std::optional<units::Unit> unit(const YamlTree& map, std::string_view name) {
    const std::string code = text(map, name);
    if (code.empty()) return std::nullopt;
    const Result<units::Unit> parsed = units::Unit::parse(code);
    if (parsed) return *parsed;
    fault(map, kBadDeviceKind, parsed.error().message());
    return std::nullopt;
  }

  void read_payload(const YamlTree& root) {
    const YamlTree* payload = root.find("payload");
    if (payload == nullptr) return fault(root, kMissingMember, "payload");
    members(*payload, {"device", "time", "time_as", "sequence", "patient", "visit", "specimen"});
    if (std::optional<Place> device = place(*payload, "device", true)) paths_.device = *std::move(device);
    paths_.time = place(*payload, "time");
    paths_.sequence = place(*payload, "sequence");
    paths_.patient = place(*payload, "patient");
    paths_.visit = place(*payload, "visit");
    paths_.specimen = place(*payload, "specimen");
    const std::string as = text(*payload, "time_as");
    kind_.is_epoch = as == "epoch";
    if (!as.empty() && as != "epoch") fault(*payload, kBadDeviceKind, "\"time_as\" is epoch, or is left out");
  }

  Duration duration(const YamlTree& map, std::string_view name, Duration otherwise) {
    const std::string given = text(map, name);
    if (given.empty()) return otherwise;
    std::int64_t number = 0;
    const char* end = given.data() + given.size();
    const auto [at, error] = std::from_chars(given.data(), end, number);
    if (error == std::errc() && number >= 0 && number <= 36'500 && end - at == 1) {
      if (*at == 'd') return Duration::days(number);
      if (*at == 'h') return Duration::hours(number);
      if (*at == 'm') return Duration::minutes(number);
      if (*at == 's') return Duration::seconds(number);
    }
    fault(map, kBadDeviceKind, "\"" + std::string(name) + "\" is a length of time: 30s, 2m, 12h, 30d");
    return otherwise;
  }

  void read_clock(const YamlTree& root) {
    const YamlTree* clock = root.find("clock");
    if (clock == nullptr) return;
    members(*clock, {"tolerance", "stored", "correct"});
    kind_.tolerance = duration(*clock, "tolerance", kind_.tolerance);
    kind_.stored = duration(*clock, "stored", kind_.stored);
    const std::string rule = text(*clock, "correct");
    if (rule == "offset") {
      kind_.rule = ClockRule::offset;
    } else if (rule == "refuse") {
      kind_.rule = ClockRule::refuse;
    } else if (!rule.empty() && rule != "arrival") {
      fault(*clock, kBadDeviceKind, "\"correct\" is arrival, offset or refuse");
    }
  }

  void read_list(const YamlTree& each) {
    members(each, {"of", "name", "value", "unit", "flag", "range", "status", "time"});
    kind_.is_list = true;
    DeviceListPaths& list = paths_.list.emplace();
    if (std::optional<Place> of = place(each, "of", true)) list.each = *std::move(of);
    if (std::optional<Place> name = place(each, "name", true)) list.name = *std::move(name);
    if (std::optional<Place> value = place(each, "value", true)) list.value = *std::move(value);
    list.unit = place(each, "unit");
    list.flag = place(each, "flag");
    list.range = place(each, "range");
    list.status = place(each, "status");
    list.time = place(each, "time");
  }

  void read_values(const YamlTree& root) {
    const YamlTree* values = root.find("values");
    if (values == nullptr || !values->is_list() || values->items.empty() || values->items.size() > kMostValues) {
      return fault(root, kMissingMember, "values");
    }
    std::set<std::string> names;
    for (const YamlTree& item : values->items) {
      read_value(item);
      const std::string& name = kind_.values.back().name;
      if (!names.insert(name).second) fault(item, kDuplicateName, name);
    }
  }

  void read_value(const YamlTree& item) {
    members(item, {"name", "from", "display", "loinc", "mdc", "mdc_name", "unit", "shown", "sent", "unit_from",
                   "plausible", "scale", "text", "high_rate"});
    DeviceValue& value = kind_.values.emplace_back();
    DeviceValuePaths& paths = paths_.values.emplace_back();
    value.name = text(item, "name", true);
    if (!is_name(value.name)) fault(item, kBadDeviceKind, "a value is named by a-z 0-9 _ -");
    value.display = text(item, "display", true);
    value.loinc = loinc(item);
    value.mdc = mdc(item);
    value.mdc_name = text(item, "mdc_name", !value.mdc.empty());
    value.is_text = text(item, "text") == "true";
    value.rate = decimal(item, "high_rate");
    value.scale = decimal(item, "scale");
    value.unit = text(item, "unit", !value.is_text);
    value.shown = text(item, "shown");
    value.sent = text(item, "sent");
    if (value.shown.empty()) value.shown = value.unit;
    paths.ucum = unit(item, "unit").value_or(units::Unit::one());
    paths.sent = unit(item, "sent");
    if (paths.sent && !units::comparable(*paths.sent, paths.ucum)) {
      fault(item, kBadDeviceKind, value.sent + " cannot be converted into " + value.unit);
    }
    if (value.rate && (*value.rate <= Decimal(0) || *value.rate > Decimal(100'000))) {
      fault(item, kBadDeviceKind, "\"high_rate\" is a number of samples a second");
    }
    if (kind_.is_list) {
      paths.name = text(item, "from", true);
    } else {
      paths.from = place(item, "from", true);
      paths.unit = place(item, "unit_from");
    }
    const YamlTree* plausible = item.find("plausible");
    if (plausible == nullptr) {
      if (!value.is_text && !value.rate) fault(item, kMissingMember, "plausible");
      return;
    }
    if (!plausible->is_list() || plausible->items.size() != 2) {
      return fault(*plausible, kBadDeviceKind, "\"plausible\" is two numbers: [30, 250]");
    }
    value.low = number(item, plausible->items[0].text);
    value.high = number(item, plausible->items[1].text);
    if (value.low && value.high && *value.high < *value.low) {
      fault(*plausible, kBadDeviceKind, "\"plausible\" is two numbers, the smaller first");
    }
  }

  const std::string path_;
  Issues& issues_;
  DeviceKind kind_;
  DevicePaths paths_;
  bool is_faulty_ = false;
};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Rows of a map.
class Rows {
 public:
  void constant(const std::string& to, std::string_view value, const std::string& when = {}) {
    out_ += "      - {to: " + quoted(to) + ", value: " + quoted(value);
    if (!when.empty()) out_ += ", when: " + quoted(when);
    out_ += "}\n";
  }
  void value(const std::string& from, const std::string& to, const std::string& as = {}) {
    out_ += "      - {from: " + from + ", to: " + quoted(to);
    if (!as.empty()) out_ += ", as: " + as;
    out_ += "}\n";
  }
  void reference(const std::string& to, const std::string& name) {
    out_ += "      - {to: " + to + ", reference: " + name + "}\n";
  }
  void coding(const std::string& to, std::string_view system, std::string_view code, std::string_view display,
              const std::string& when = {}) {
    if (code.empty()) return;
    constant(to + ".code", code, when);
    constant(to + ".system", system, when);
    if (!display.empty()) constant(to + ".display", display, when);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kMdc = "urn:iso:std:iso:11073:10101";
constexpr std::string_view kUcum = "http://unitsofmeasure.org";
constexpr std::string_view kCategory = "http://terminology.hl7.org/CodeSystem/observation-category";
constexpr std::string_view kAbsent = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/// One value, in the Observation itself or in a component of it.
void add_value(Rows& rows, const DeviceValue& value, const std::string& at) {
  const std::string has = "v_" + value.name + " valued";
  const std::string lacks = "x_" + value.name + " valued";
  const std::string any = has + " or " + lacks;
  rows.coding(at + "code.coding#loinc", kLoinc, value.loinc, value.display, any);
  rows.coding(at + "code.coding#mdc", kMdc, value.mdc, value.mdc_name, any);
  rows.constant(at + "code.text", value.display, any);
  if (value.is_text) {
    rows.value("v_" + value.name, at + "valueString");
  } else {
    rows.value("v_" + value.name, at + "valueQuantity.value");
    rows.constant(at + "valueQuantity.unit", value.shown, has);
    rows.constant(at + "valueQuantity.system", kUcum, has);
    rows.constant(at + "valueQuantity.code", value.unit, has);
  }
  rows.coding(at + "dataAbsentReason.coding#1", kAbsent, "error", "Error", lacks);
}

}  // namespace

std::optional<DeviceKind> read_device_kind(const std::string& path, const std::string& yaml, Issues& issues) {
  const std::optional<YamlTree> root = internal::read_yaml(path, yaml, issues);
  if (!root) return std::nullopt;
  return KindReader(path, issues).read(*root);
}

std::string record_map_of(const DeviceKind& kind) {
  const std::string name = kind.record_map();
  std::string out = "record: " + name + "\nid: [device, said, sequence]\norder: [device]\ntime: [time]\n";
  if (!kind.is_list) {
    Rows rows;
    rows.constant("status", "final");
    rows.coding("category#1.coding#1", kCategory, kind.category, {});
    rows.reference("subject", kind.is_about_device ? "device" : "patient");
    rows.reference("encounter", "visit");
    rows.reference("device", "device");
    rows.value("time", "effectiveDateTime");
    rows.value("issued", "issued");
    rows.value("note", "note.text");
    if (kind.is_single()) {
      add_value(rows, kind.values.front(), {});
    } else {
      rows.coding("code.coding#1", kLoinc, kind.panel, kind.panel_display);
      rows.constant("code.text", kind.panel.empty() ? kind.title_english : kind.panel_display);
      for (const DeviceValue& value : kind.values) {
        if (!value.rate) add_value(rows, value, "component#" + value.name + '.');
      }
    }
    out += "maps:\n  " + name + "/Observation:\n    rows:\n" + rows.take();
  }
  out += "do:\n  - record: {make: Device, as: device, identity: record-device, maps: [device/Device]}\n";
  if (!kind.is_about_device) {
    out +=
        "  - record: {also: true, make: Patient, as: patient, identity: record-patient, when: patient_no valued, "
        "maps: [record/Patient]}\n"
        "  - record: {also: true, make: Encounter, as: visit, identity: record-visit, when: visit_no valued and "
        "patient_no valued, maps: [device/Encounter]}\n";
  }
  if (kind.is_list) {
    out +=
        "  - result: {make: Observation, as: reading, identity: device-result, rank: owner, "
        "maps: [device-result/Observation]}\n";
  } else {
    out +=
        "  - record: {also: true, make: Observation, as: reading, identity: device-reading, rank: owner, "
        "when: values valued, maps: [" +
        name + "/Observation]}\n";
  }
  return out;
}

}  // namespace meridian::mapping
