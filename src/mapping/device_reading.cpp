#include "mapping/device_reading.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "base/date_time.hpp"
#include "base/time_zone.hpp"
#include "base/trim.hpp"
#include "formats/tree/builder.hpp"
#include "mapping/internal/device_paths.hpp"
#include "mapping/internal/record_value.hpp"
#include "mapping/internal/values.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping {
namespace {

using internal::DeviceListPaths;
using internal::DevicePaths;
using internal::DeviceValuePaths;
using internal::Place;
using internal::PlaceValue;

constexpr std::size_t kMostSamples = 100'000;  // of one channel in one message
constexpr std::size_t kMostResults = 1'000;
constexpr std::size_t kLongestText = 500;
constexpr int kDigits = 6;  // behind the point, of what was converted
constexpr std::int64_t kQuarter = std::int64_t{15} * 60 * 1'000'000;

std::string first(const std::optional<Place>& place, tree::Element from) {
  if (!place) return {};
  std::vector<PlaceValue> found;
  internal::find_places(*place, from, 1, found);
  if (found.empty()) return {};
  return std::string(trimmed(found.front().text()).substr(0, kLongestText));
}

/// UCUM of how people write units, where it is not the same.
std::string_view ucum_of(std::string_view unit) {
  constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
      {"mmHg", "mm[Hg]"}, {"cmH2O", "cm[H2O]"}, {"bpm", "/min"},   {"°C", "Cel"},         {"C", "Cel"},
      {"°F", "[degF]"},   {"F", "[degF]"},      {"lb", "[lb_av]"}, {"lbs", "[lb_av]"},    {"in", "[in_i]"},
      {"IU/L", "[IU]/L"}, {"10^9/L", "10*9/L"}, {"sec", "s"},      {"L/minute", "L/min"}, {"10^12/L", "10*12/L"}};
  for (const auto& [written, code] : kKnown) {
    if (unit == written) return code;
  }
  return unit;
}

/// What became of one value.
struct Judged {
  enum class As : std::uint8_t { nothing, value, error };
  As as = As::nothing;
  std::string text;
  std::string note;
};

std::string range_text(const DeviceValue& value) {
  return value.low->to_string() + " to " + value.high->to_string() + ' ' + value.unit;
}

Judged judge(const DeviceValue& value, const DeviceValuePaths& paths, const std::string& sent,
             const std::string& sent_unit) {
  Judged judged;
  if (sent.empty()) return judged;
  if (value.is_text) return {Judged::As::value, sent, {}};
  const auto error = [&](std::string why) {
    return Judged{
        Judged::As::error, {}, value.display + " was sent as " + sent + ' ' + sent_unit + ": " + std::move(why)};
  };
  const internal::Measured measured = internal::read_measured(sent);
  Result<Decimal> number = Decimal::parse(measured.number.empty() ? "-" : measured.number);
  if (!number) return error("it is no number");
  if (value.scale) number = multiply(*number, *value.scale);
  std::optional<units::Unit> from = paths.sent;
  if (!sent_unit.empty()) {
    const Result<units::Unit> parsed = units::Unit::parse(ucum_of(sent_unit));
    if (!parsed) return error("the unit is not known");
    from = *parsed;
  }
  if (number && from && !(*from == paths.ucum)) {
    number = units::convert(*number, *from, paths.ucum);
    if (number) number = number->rounded(kDigits).normalized();
  }
  if (!number) return error("it cannot be converted into " + value.unit);
  const bool is_plausible = !value.low || (*number >= *value.low && *number <= *value.high);
  if (!is_plausible) return error("it lies outside " + range_text(value));
  judged.as = Judged::As::value;
  judged.text = number->to_string();
  return judged;
}

std::string time_text(Instant instant, const TimeZone& zone) {
  return local_time(instant, zone).to_string();
}

class Reader {
 public:
  Reader(const DeviceKind& kind, const tree::Document& sent, const TimeZone& zone, Instant arrived, Issues& issues)
      : kind_(kind), paths_(*kind.paths), root_(sent.root()), zone_(zone), arrived_(arrived), issues_(issues) {}

  DeviceReading read(const KnownDevice& device) {
    out_.open("record");
    const std::string said = first(paths_.time, root_);
    const std::optional<Instant> time = set_right(said);
    if (!time) return {};
    reading_.time = *time;
    element("device", device.number);
    element("where", device.where);
    element("type_code", kind_.mdc);
    element("type_name", kind_.mdc_name);
    element("type_text", kind_.title_english);
    element("said", said.empty() ? time_text(arrived_, zone_) : said);
    element("sequence", first(paths_.sequence, root_));
    element("time", time_text(*time, zone_));
    element("issued", time_text(arrived_, zone_));
    element("patient_no", first(paths_.patient, root_));
    element("visit_no", first(paths_.visit, root_));
    if (kind_.is_list) {
      read_list();
    } else {
      read_values();
    }
    for (const std::string& note : notes_) element("note", note);
    if (reading_.values + reading_.implausible > 0) element("values", std::to_string(reading_.values));
    out_.close();
    reading_.record = out_.finish();
    return std::move(reading_);
  }

 private:
  void element(std::string_view name, std::string_view text) {
    if (!text.empty()) out_.element(name, text);
  }
  void warn(std::string note) {
    issues_.add({Severity::warning, IssueType::value, kDeviceValue, {note}});
    notes_.push_back(std::move(note));
  }

  std::optional<Instant> parse(const std::string& said) const {
    const std::string compact =
        kind_.is_epoch ? internal::time_of_epoch(said) : internal::compact_time(said, internal::DateOrder::year_first);
    const std::int64_t time = internal::microseconds(compact, zone_);
    if (compact.empty() || time == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    return Instant::from_microseconds(time);
  }

  /// Nothing: the message is refused.
  std::optional<Instant> set_right(const std::string& said) {
    if (said.empty()) {
      if (paths_.time) note_clock("the device did not say when it measured: the time of arrival is taken");
      return arrived_;
    }
    const std::optional<Instant> time = parse(said);
    if (!time) {
      if (kind_.rule == ClockRule::refuse) return refuse();
      note_clock("the time " + said + " cannot be read: the time of arrival is taken");
      return arrived_;
    }
    const std::int64_t ahead = (*time - arrived_).microseconds();
    const std::int64_t tolerance = kind_.tolerance.microseconds();
    if (ahead <= tolerance && -ahead <= std::max(tolerance, kind_.stored.microseconds())) return time;
    if (kind_.rule == ClockRule::refuse) return refuse();
    if (kind_.rule == ClockRule::offset) {
      const std::int64_t shift = (ahead + (ahead < 0 ? -kQuarter : kQuarter) / 2) / kQuarter * kQuarter;
      if (std::llabs(ahead - shift) <= tolerance && std::llabs(shift) <= 96 * kQuarter) {
        note_clock("the device's clock said " + said + ": " + std::to_string(-shift / 60'000'000) +
                   " minutes were added, as of a clock set to another zone");
        return Instant::from_microseconds(time->microseconds() - shift);
      }
    }
    note_clock("the device's clock said " + said + ": the time of arrival is taken");
    return arrived_;
  }
  void note_clock(std::string note) {
    reading_.is_clock_corrected = true;
    notes_.push_back(std::move(note));
  }
  std::optional<Instant> refuse() {
    issues_.add({Severity::error, IssueType::value, kDeviceClock, {}, "time"});
    return std::nullopt;
  }

  void read_values() {
    for (std::size_t i = 0; i < kind_.values.size(); ++i) {
      const DeviceValue& value = kind_.values[i];
      const DeviceValuePaths& paths = paths_.values[i];
      if (value.rate) {
        read_series(value, paths);
        continue;
      }
      keep(value, judge(value, paths, first(paths.from, root_), first(paths.unit, root_)));
    }
  }

  void keep(const DeviceValue& value, Judged judged) {
    if (judged.as == Judged::As::nothing) return;
    const bool is_value = judged.as == Judged::As::value;
    ++(is_value ? reading_.values : reading_.implausible);
    element((is_value ? "v_" : "x_") + value.name, is_value ? judged.text : "error");
    if (!is_value) warn(std::move(judged.note));
  }

  void read_series(const DeviceValue& value, const DeviceValuePaths& paths) {
    std::vector<PlaceValue> found;
    internal::find_places(*paths.from, root_, kMostSamples + 1, found);
    if (found.empty()) return;
    if (found.size() > kMostSamples) {
      found.resize(kMostSamples);
      warn(value.display + " has more than " + std::to_string(kMostSamples) + " samples: the rest was left out");
    }
    DeviceSeries& series = reading_.series.emplace_back(DeviceSeries{value.name, reading_.time, *value.rate, {}});
    series.samples.reserve(found.size());
    for (const PlaceValue& one : found) {
      const std::string text(trimmed(one.text()));
      char* end = nullptr;
      const double sample = std::strtod(text.c_str(), &end);
      series.samples.push_back(text.empty() || *end != '\0' ? std::numeric_limits<double>::quiet_NaN() : sample);
    }
  }

  void read_list() {
    const DeviceListPaths& list = *paths_.list;
    std::vector<PlaceValue> found;
    internal::find_places(list.each, root_, kMostResults + 1, found);
    if (found.size() > kMostResults) {
      issues_.add({Severity::error, IssueType::too_long, kTooManyResults, {std::to_string(kMostResults)}});
      return;
    }
    for (const PlaceValue& item : found) read_result(list, item.element);
  }

  void read_result(const DeviceListPaths& list, tree::Element item) {
    const std::string name = first(list.name, item);
    const std::string sent = first(list.value, item);
    if (name.empty()) return;
    const auto known = std::ranges::find(paths_.values, name, &DeviceValuePaths::name);
    out_.open("result");
    element("device", first(paths_.device, root_));
    element("name", name);
    element("specimen", first(paths_.specimen, root_));
    element("flag", first(list.flag, item));
    element("range", first(list.range, item));
    element("status", first(list.status, item));
    const std::string said = first(list.time, item);
    const std::optional<Instant> measured = said.empty() ? std::nullopt : parse(said);
    element("said", said.empty() ? first(paths_.time, root_) : said);
    element("time", time_text(measured.value_or(reading_.time), zone_));
    element("issued", time_text(arrived_, zone_));
    const std::string unit = first(list.unit, item);
    if (known == paths_.values.end()) {
      ++reading_.values;
      element("display", name);
      element("v", sent);
      element("unit", unit);
      issues_.add({Severity::warning, IssueType::code_invalid, kDeviceTest, {name}});
    } else {
      const DeviceValue& value = kind_.values[static_cast<std::size_t>(known - paths_.values.begin())];
      Judged judged = judge(value, *known, sent, value.sent.empty() ? unit : std::string());
      element("display", value.display);
      element("loinc", value.loinc);
      const bool is_value = judged.as == Judged::As::value;
      if (judged.as != Judged::As::nothing) ++(is_value ? reading_.values : reading_.implausible);
      const std::string comparator = is_value && !value.is_text ? internal::read_measured(sent).comparator : "";
      element("v", is_value ? comparator + judged.text : std::string());
      element("ucum", value.unit);
      element("unit", value.shown);
      if (judged.as == Judged::As::error) {
        element("x", "error");
        element("note", judged.note);
        issues_.add({Severity::warning, IssueType::value, kDeviceValue, {judged.note}});
      }
    }
    out_.close();
  }

  const DeviceKind& kind_;
  const DevicePaths& paths_;
  const tree::Element root_;
  const TimeZone& zone_;
  const Instant arrived_;
  Issues& issues_;
  tree::Builder out_;
  DeviceReading reading_;
  std::vector<std::string> notes_;
};

}  // namespace

std::string device_number(const DeviceKind& kind, const tree::Document& record) {
  return first(kind.paths->device, record.root());
}

std::vector<std::string> device_numbers(const std::vector<DeviceKind>& kinds, const tree::Document& record) {
  std::vector<std::string> numbers;
  for (const DeviceKind& kind : kinds) {
    std::string number = device_number(kind, record);
    if (!number.empty() && std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(std::move(number));
  }
  return numbers;
}

DeviceReading read_device(const DeviceKind& kind, const tree::Document& sent, const KnownDevice& device,
                          const TimeZone& zone, Instant arrived, Issues& issues) {
  return Reader(kind, sent, zone, arrived, issues).read(device);
}

}  // namespace meridian::mapping
