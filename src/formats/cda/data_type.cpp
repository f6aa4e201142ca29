#include "formats/cda/data_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/uuid.hpp"

namespace meridian::cda {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Runs of blanks as one.
std::string on_one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (is_blank && (out.empty() || out.back() == ' ')) continue;
    out += is_blank ? ' ' : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

template <typename T, typename Read>
Interval<T> read_interval(Element element, Read read) {
  Interval<T> interval;
  interval.value = read(element);
  const Element low = element.child("low");
  const Element high = element.child("high");
  interval.low = read(low);
  interval.high = read(high);
  interval.center = read(element.child("center"));
  interval.width = read(element.child("width"));
  interval.is_low_open = low.attribute("inclusive") == "false";
  interval.is_high_open = high.attribute("inclusive") == "false";
  return interval;
}

constexpr std::array<std::pair<std::string_view, DataType>, 35> kTypes = {{
    {"BL", DataType::bl},           {"INT", DataType::integer},    {"REAL", DataType::real},
    {"ST", DataType::text},         {"ED", DataType::ed},          {"CD", DataType::code},
    {"CE", DataType::code},         {"CO", DataType::code},        {"CV", DataType::code},
    {"CS", DataType::code},         {"CR", DataType::other},       {"SC", DataType::text},
    {"PQ", DataType::pq},           {"IVL_PQ", DataType::ivl_pq},  {"IVL_INT", DataType::ivl_pq},
    {"IVL_REAL", DataType::ivl_pq}, {"IVL_MO", DataType::ivl_pq},  {"TS", DataType::pq_time},
    {"IVL_TS", DataType::ivl_ts},   {"PIVL_TS", DataType::pivl},   {"EIVL_TS", DataType::eivl},
    {"SXCM_TS", DataType::pq_time}, {"SXPR_TS", DataType::set},    {"SXCM_PQ", DataType::pq},
    {"II", DataType::ii},           {"TEL", DataType::tel},        {"MO", DataType::mo},
    {"RTO", DataType::rto},         {"RTO_PQ_PQ", DataType::rto},  {"RTO_QTY_QTY", DataType::rto},
    {"EN", DataType::name},         {"PN", DataType::name},        {"AD", DataType::address},
    {"GLIST_PQ", DataType::other},  {"SLIST_PQ", DataType::other},
}};

}  // namespace

std::string_view Name::part(std::string_view kind) const {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const NamePart& part) { return part.kind == kind; });
  return found == parts.end() ? std::string_view() : found->text;
}

Identifier read_identifier(Element element) {
  return {element.attribute("root"), element.attribute("extension"), element.attribute("assigningAuthorityName"),
          element.attribute("nullFlavor")};
}

Code read_code(Element element) {
  Code code{element.attribute("code"),
            element.attribute("codeSystem"),
            element.attribute("codeSystemName"),
            element.attribute("displayName"),
            element.attribute("nullFlavor"),
            element.child("originalText"),
            {}};
  // A translation has no translations of its own.
  for (const Element each : all(element, "translation")) {
    code.translations.push_back({each.attribute("code"),
                                 each.attribute("codeSystem"),
                                 each.attribute("codeSystemName"),
                                 each.attribute("displayName"),
                                 each.attribute("nullFlavor"),
                                 each.child("originalText"),
                                 {}});
  }
  return code;
}

Timestamp read_timestamp(Element element) {
  return {element.attribute("value"), element.attribute("nullFlavor")};
}

Quantity read_quantity(Element element) {
  const std::string_view unit = element.attribute("unit");
  return {element.attribute("value"), unit.empty() ? element.attribute("currency") : unit,
          element.attribute("nullFlavor")};
}

Interval<Timestamp> read_times(Element element) {
  return read_interval<Timestamp>(element, read_timestamp);
}
Interval<Quantity> read_quantities(Element element) {
  return read_interval<Quantity>(element, read_quantity);
}
Ratio read_ratio(Element element) {
  return {read_quantity(element.child("numerator")), read_quantity(element.child("denominator"))};
}

Frequency read_frequency(Element element) {
  Frequency frequency;
  frequency.period = read_quantity(element.child("period"));
  frequency.event = element.child("event").attribute("code");
  frequency.phase = read_times(element.child("phase"));
  frequency.is_institution_specified = element.attribute("institutionSpecified") == "true";
  return frequency;
}

Encapsulated read_encapsulated(Element element) {
  return {element.attribute("mediaType"), element.attribute("representation"),
          element.child("reference").attribute("value"), element.attribute("nullFlavor"), element};
}

Name read_name(Element element) {
  Name name;
  name.use = element.attribute("use");
  for (Element part = element.first_child(); part; part = part.next()) {
    if (part.name().empty() || part.text().empty()) continue;
    name.parts.push_back({part.name(), part.attribute("qualifier"), part.text()});
    if (!name.text.empty()) name.text += ' ';
    name.text += on_one_line(part.text());
  }
  if (name.parts.empty()) name.text = on_one_line(element.text());
  return name;
}

Telecom read_telecom(Element element) {
  return {element.attribute("value"), element.attribute("use")};
}

std::optional<bool> read_boolean(Element element) {
  const std::string_view value = element.attribute("value");
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return std::nullopt;
}

std::string_view type_name(Element element) {
  const std::string_view type = element.attribute("xsi:type");
  const std::size_t colon = type.find(':');
  return colon == std::string_view::npos ? type : type.substr(colon + 1);
}

DataType type_of(Element element) {
  const std::string_view name = type_name(element);
  if (name.empty()) return DataType::none;
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& each) { return each.first == name; });
  return found == kTypes.end() ? DataType::other : found->second;
}

bool is_timestamp(std::string_view text) {
  const std::size_t sign = text.find_first_of("+-");
  if (sign != std::string_view::npos) {
    const std::string_view offset = text.substr(sign + 1);
    if (offset.size() < 2 || offset.size() > 4 || !std::all_of(offset.begin(), offset.end(), is_digit)) return false;
    text = text.substr(0, sign);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view();
  if (whole.size() < 4 || whole.size() > 14 || whole.size() % 2 != 0) return false;
  if (!std::all_of(whole.begin(), whole.end(), is_digit) || !std::all_of(fraction.begin(), fraction.end(), is_digit))
    return false;
  const auto number = [&whole](std::size_t at) { return (whole[at] - '0') * 10 + (whole[at + 1] - '0'); };
  if (whole.size() >= 6 && (number(4) < 1 || number(4) > 12)) return false;
  if (whole.size() >= 8 && (number(6) < 1 || number(6) > 31)) return false;
  if (whole.size() >= 10 && number(8) > 23) return false;
  if (whole.size() >= 12 && number(10) > 59) return false;
  return whole.size() < 14 || number(12) <= 60;
}

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text[0] > '2' || text[0] < '0' || text[1] != '.' || text.back() == '.') return false;
  return text.find_first_not_of("0123456789.") == std::string_view::npos && text.find("..") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  return text.size() == 36 && Uuid::parse(text).has_value();
}

std::string value_text(Element element) {
  std::string out;
  const auto add = [&out](std::string_view text) {
    if (!text.empty()) out += (out.empty() ? "" : " ") + std::string(text);
  };
  const Code code = read_code(element);
  if (!code.code.empty() || !code.display.empty()) {
    add(code.display.empty() ? code.code : code.display);
    if (!code.display.empty() && !code.code.empty()) out += " (" + std::string(code.code) + ')';
  }
  add(element.attribute("value"));
  add(element.attribute("unit"));
  const Element low = element.child("low");
  const Element high = element.child("high");
  if (low || high) {
    add(value_text(low));
    add("..");
    add(value_text(high));
  }
  for (const std::string_view part : {"numerator", "denominator", "period", "center", "width", "event"}) {
    if (const Element child = element.child(part)) add(std::string(part) + ' ' + value_text(child));
  }
  if (out.empty()) out = on_one_line(element.text());
  if (out.empty()) {
    for (const Element each : all(element, "translation")) {
      if (out.empty()) out = value_text(each);
    }
  }
  if (out.empty() && is_null(element)) out = "(" + std::string(element.attribute("nullFlavor")) + ")";
  return out;
}

}  // namespace meridian::cda
