// Values of messages as the evaluator hands them about, and what becomes of them.
//
// Times: precision is kept as far as FHIR has words for it: year, month, day; with a time of day FHIR wants seconds, so
// hours and minutes are filled with zeros. A time without an offset gets that of the feed's zone at that local time.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/time_zone.hpp"
#include "formats/fhir/schema.hpp"
#include "formats/hl7v2/value.hpp"

namespace meridian::mapping::internal {

/// A value at some level; its parts are of the next lower one.
class Input {
 public:
  Input() = default;
  explicit Input(const hl7v2::Repetition& value) : value_(value) {}
  explicit Input(const hl7v2::Component& value) : value_(value) {}
  explicit Input(const hl7v2::Subcomponent& value) : value_(value) {}

  Input part(std::size_t number) const;
  hl7v2::Presence presence() const { return get().presence(); }
  bool has_value() const { return get().has_value(); }
  std::string_view text(std::string& buffer) const { return get().text(buffer); }
  std::string whole_text() const { return get().whole_text(); }
  std::size_t offset() const { return get().offset(); }

 private:
  const hl7v2::Value& get() const {
    return *std::visit([](const auto& value) -> const hl7v2::Value* { return &value; }, value_);
  }
  std::variant<hl7v2::Subcomponent, hl7v2::Component, hl7v2::Repetition> value_;
};

/// Text without blanks around it.
std::string_view trimmed(std::string_view text);

/// A v2 time (`20240131`, `202401311530+0800`) as FHIR's dateTime; empty when it is none.
std::string date_time(std::string_view text, const TimeZone& zone);
/// … as a date: what is finer is cut off. … as an instant: what is coarser than a day gives nothing.
std::string date(std::string_view text);
std::string instant(std::string_view text, const TimeZone& zone);
/// `1530`, `153059.25` as FHIR's time.
std::string time_of_day(std::string_view text);
/// As a point on the time line, in microseconds of UTC: the earliest it can mean. Nothing gives the smallest number.
std::int64_t microseconds(std::string_view text, const TimeZone& zone);
/// A number as JSON writes it, digits kept; empty when it is none.
std::string number(std::string_view text);

/// What a primitive of that type may hold, from a text; `is_literal` for numbers and booleans. Empty when it does not
/// fit.
std::string primitive(fhir::Primitive type, std::string_view text, const TimeZone& zone, bool& is_literal);

}  // namespace meridian::mapping::internal
