#include "formats/astm/message.hpp"

#include <algorithm>
#include <utility>

#include "base/hex.hpp"
#include "formats/astm/faults.hpp"

namespace meridian::astm {
namespace {

struct Delimiters {
  char field = '|';
  char repeat = '\\';
  char component = '^';
  char escape = '&';
};

std::vector<std::string_view> split(std::string_view text, char at, std::size_t most) {
  std::vector<std::string_view> parts;
  while (parts.size() < most) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

/// LIS2-A2, 6.12: what the message is to be used for. QR and CR are Mindray's, of controls and calibrations.
Purpose purpose_of(std::string_view processing) {
  if (processing == "Q" || processing == "QR" || processing == "CR") return Purpose::control;
  return processing == "T" || processing == "D" ? Purpose::trial : Purpose::patient;
}

class Reader {
 public:
  Reader(const MessageLimits& limits, Issues& issues) : limits_(limits), issues_(issues) {}

  std::vector<Order> read(std::string_view text) {
    std::size_t begin = text.find_first_not_of("\r\n");
    text.remove_prefix(std::min(begin, text.size()));
    if (text.size() < 5 || text[0] != 'H') {
      issues_.add({Severity::fatal, IssueType::structure, kNoHeader});
      return {};
    }
    delimiters_ = {text[1], text[2], text[3], text[4]};
    while (!text.empty() && number_ < limits_.max_records) {
      const std::size_t end = text.find_first_of("\r\n");
      const std::string_view record = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (record.empty()) continue;
      ++number_;
      take(record);
    }
    if (text.find_first_not_of("\r\n") != std::string_view::npos) {
      issues_.add({Severity::fatal, IssueType::too_long, kTooMany, {std::to_string(limits_.max_records), "records"}});
      return {};
    }
    if (orders_.empty()) orders_.push_back(around_);
    return std::move(orders_);
  }

 private:
  void take(std::string_view record) {
    const char kind = record.front();
    fields_ = split(record, delimiters_.field, limits_.max_fields);
    switch (kind) {
      case 'H':
        around_.sender = part(5);
        around_.sent = part(14);
        around_.purpose = purpose_of(part(12));
        break;
      case 'P':
        take_patient();
        break;
      case 'O':
        take_order();
        break;
      case 'R':
        take_result();
        break;
      case 'C':
        take_comment();
        break;
      case 'Q':
        orders_.push_back(around_);
        orders_.back().is_question = true;
        orders_.back().specimen = part(3, 2).empty() ? part(3) : part(3, 2);
        is_order_open_ = false;
        break;
      case 'M':
      case 'S':
      case 'L':
        break;
      default:
        issues_.add({Severity::warning, IssueType::structure, kUnknownRecord, {std::string(1, kind)}, place()});
    }
  }
  std::string place() const { return "record " + std::to_string(number_); }

  void take_patient() {
    Order patient;
    patient.sender = around_.sender;
    patient.sent = around_.sent;
    patient.purpose = around_.purpose;
    patient.patient = part(3).empty() ? part(4) : part(3);
    for (int i = 1; i <= 5; ++i) {
      const std::string one = part(6, i);
      if (!one.empty()) patient.patient_name += (patient.patient_name.empty() ? "" : " ") + one;
    }
    patient.birth = part(8);
    patient.sex = part(9);
    around_ = std::move(patient);
    is_order_open_ = false;
  }

  void take_order() {
    Order order = around_;
    order.specimen = part(3);
    order.instrument_specimen = part(4);
    for (const std::string_view repeat : split(field(5), delimiters_.repeat, limits_.max_fields)) {
      std::string code = code_of(repeat);
      if (!code.empty()) order.tests.push_back(std::move(code));
    }
    order.priority = part(6);
    order.collected = part(8);
    order.specimen_kind = part(16);
    if (part(12) == "Q" && order.purpose == Purpose::patient) order.purpose = Purpose::control;
    orders_.push_back(std::move(order));
    is_order_open_ = true;
  }

  void take_result() {
    if (!is_order_open_) {
      orders_.push_back(around_);
      is_order_open_ = true;
    }
    TestResult result;
    result.test = code_of(field(3));
    result.value = part(4);
    result.unit = part(5);
    result.range = whole(6);
    result.flag = part(7);
    result.status = part(9);
    result.time = part(13).empty() ? part(12) : part(13);
    orders_.back().results.push_back(std::move(result));
  }

  void take_comment() {
    if (!is_order_open_ || orders_.empty()) return;  // of the patient or the header: not of a sample
    Order& order = orders_.back();
    (order.results.empty() ? order.comments : order.results.back().comments).push_back(whole(4));
  }

  std::string_view field(std::size_t number) const {
    return number <= fields_.size() ? fields_[number - 1] : std::string_view();
  }
  /// A component of the first repeat.
  std::string part(std::size_t number, std::size_t component = 1) {
    const std::string_view first = field(number).substr(0, field(number).find(delimiters_.repeat));
    const auto parts = split(first, delimiters_.component, limits_.max_fields);
    return component <= parts.size() ? text(parts[component - 1]) : std::string();
  }
  std::string whole(std::size_t number) { return text(field(number)); }
  /// `^^^GLU^1`: the fourth, else the first that there is.
  std::string code_of(std::string_view id) {
    id = id.substr(0, id.find(delimiters_.repeat));
    const auto parts = split(id, delimiters_.component, limits_.max_fields);
    if (parts.size() >= 4 && !parts[3].empty()) return text(parts[3]);
    const auto first = std::ranges::find_if(parts, [](std::string_view one) { return !one.empty(); });
    return first == parts.end() ? std::string() : text(*first);
  }

  std::string text(std::string_view raw) {
    std::string out;
    while (!raw.empty()) {
      const std::size_t begin = raw.find(delimiters_.escape);
      out += raw.substr(0, begin);
      if (begin == std::string_view::npos) break;
      raw.remove_prefix(begin);
      const std::size_t end = raw.find(delimiters_.escape, 1);
      const std::string_view escape = end == std::string_view::npos ? std::string_view() : raw.substr(1, end - 1);
      if (!resolve(escape, out)) {
        issues_.add({Severity::warning, IssueType::value, kBadEscape, {}, place()});
        out += raw.front();
        raw.remove_prefix(1);
        continue;
      }
      raw.remove_prefix(end + 1);
    }
    return out;
  }
  bool resolve(std::string_view escape, std::string& out) const {
    if (escape == "F") return out += delimiters_.field, true;
    if (escape == "S") return out += delimiters_.component, true;
    if (escape == "R") return out += delimiters_.repeat, true;
    if (escape == "E") return out += delimiters_.escape, true;
    if (escape == "H" || escape == "N") return true;  // highlighting on and off
    if (!escape.starts_with('X') || escape.size() < 3) return false;
    const auto bytes = from_hex(escape.substr(1));
    if (!bytes) return false;
    out += *bytes;
    return true;
  }

  const MessageLimits& limits_;
  Issues& issues_;
  Delimiters delimiters_;
  std::vector<std::string_view> fields_;
  std::size_t number_ = 0;
  Order around_;  // what the header and the patient say
  std::vector<Order> orders_;
  bool is_order_open_ = false;
};

}  // namespace

std::vector<Order> orders_of(std::string_view text, const MessageLimits& limits, Issues& issues) {
  return Reader(limits, issues).read(text);
}

}  // namespace meridian::astm
