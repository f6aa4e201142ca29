// Values of messages as the evaluator hands them about, and what becomes of them.
//
// Times: precision is kept as far as FHIR has words for it: year, month, day; with a time of day FHIR wants seconds, so
// hours and minutes are filled with zeros. A time without an offset gets that of the feed's zone at that local time.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/time_zone.hpp"
#include "base/trim.hpp"
#include "formats/fhir/schema.hpp"
#include "formats/hl7v2/value.hpp"
#include "mapping/internal/place.hpp"

namespace meridian::mapping::internal {

/// A value at some level; its parts are of the next lower one.
class Input {
 public:
  Input() = default;
  explicit Input(const hl7v2::Repetition& value) : value_(value) {}
  explicit Input(const hl7v2::Component& value) : value_(value) {}
  explicit Input(const hl7v2::Subcomponent& value) : value_(value) {}
  explicit Input(const PlaceValue& value) : value_(value) {}

  Input part(std::size_t number) const;
  hl7v2::Presence presence() const {
    const PlaceValue* place = std::get_if<PlaceValue>(&value_);
    if (place == nullptr) return get().presence();
    return place->exists() ? hl7v2::Presence::value : hl7v2::Presence::absent;
  }
  bool has_value() const { return presence() == hl7v2::Presence::value; }
  std::string_view text(std::string& buffer) const {
    const PlaceValue* place = std::get_if<PlaceValue>(&value_);
    return place == nullptr ? get().text(buffer) : place->text();
  }
  std::string whole_text() const {
    const PlaceValue* place = std::get_if<PlaceValue>(&value_);
    return place == nullptr ? get().whole_text() : std::string(place->text());
  }
  /// Of a document; absent for values of messages.
  tree::Element element() const {
    const PlaceValue* place = std::get_if<PlaceValue>(&value_);
    return place == nullptr ? tree::Element() : place->element;
  }

 private:
  const hl7v2::Value& get() const {
    if (const auto* whole = std::get_if<hl7v2::Repetition>(&value_)) return *whole;
    if (const auto* component = std::get_if<hl7v2::Component>(&value_)) return *component;
    return *std::get_if<hl7v2::Subcomponent>(&value_);
  }
  std::variant<hl7v2::Subcomponent, hl7v2::Component, hl7v2::Repetition, PlaceValue> value_;
};

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
