// Values: what a search parameter finds in a resource, as values of its kind: what indexing, matching and sorting see.
//
// FHIR's data types become few kinds here: a HumanName is several strings, a CodeableConcept several tokens, a Period
// an interval of instants. A value that cannot be read (a date that is none) is left out. Texts are views of the
// document or of the reader's own memory and live until its next read. Times count microseconds since 1970 in UTC; what
// was written without an offset lies in the reader's zone. One reader a thread, kept for long: its memory is reused.
// Specification: https://hl7.org/fhir/R4/search.html#table
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/instant.hpp"
#include "base/time_zone.hpp"
#include "formats/fhir/document.hpp"
#include "search/parameters.hpp"

namespace meridian::search {

/// How dates are read, and what they are near to.
struct Reading {
  TimeZone zone;               ///< of dates and times without an offset
  std::optional<Instant> now;  ///< what `ap` measures from; nothing: the system's clock
};

struct TokenValue {
  std::string_view system;  ///< empty: it has none
  std::string_view code;
  std::string_view text;       ///< display, text of the concept, of an identifier's type
  bool is_implied = false;     ///< the system is that of the element's binding; the value itself names none
  fhir::Node identifier_type;  ///< of an Identifier: its type, or null
  bool is_case_bound = false;  ///< of `_id`: upper and lower case differ
};

struct ReferenceValue {
  std::string_view type;     ///< "Patient"; empty when it is not known
  std::string_view id;       ///< of a relative reference; then `url` is empty
  std::string_view url;      ///< absolute, urn:uuid:… or canonical, without version; empty for a relative one
  std::string_view version;  ///< of a canonical: what follows `|`
  std::string_view text;     ///< display
  std::optional<TokenValue> identifier;
};

/// From `low` until just before `high`; kNever and kForever where it is open.
struct DateValue {
  static constexpr std::int64_t kNever = INT64_MIN;
  static constexpr std::int64_t kForever = INT64_MAX;
  std::int64_t low;
  std::int64_t high;
};

/// A number, or all numbers between two; without a bound it is open there.
struct NumberValue {
  std::optional<Decimal> low;
  std::optional<Decimal> high;
};

struct QuantityValue {
  NumberValue number;
  std::string_view system;
  std::string_view code;
  std::string_view unit;  ///< as people read it
  /// In base units of UCUM, rounded to 15 significant digits, with their code; empty when the unit is none of UCUM's or
  /// its scale has no zero (pH, B).
  NumberValue canonical;
  std::string_view dimension;
};

struct UriValue {
  std::string_view uri;
  std::string_view version;  ///< of a canonical: what follows `|`
};

/// WGS 84, in degrees.
struct PositionValue {
  double latitude;
  double longitude;
};

/// Those of the parameter's kind; the other lists are empty.
struct Values {
  std::vector<std::string_view> strings;  ///< as they stand
  std::vector<TokenValue> tokens;
  std::vector<ReferenceValue> references;
  std::vector<DateValue> dates;
  std::vector<NumberValue> numbers;
  std::vector<QuantityValue> quantities;
  std::vector<UriValue> uris;
  std::vector<PositionValue> positions;

  bool empty() const;
  void clear();
};

class ValueReader {
 public:
  explicit ValueReader(const fhir::Schema& schema, const TimeZone& zone = {});
  ~ValueReader();
  ValueReader(ValueReader&&) noexcept;

  /// Forgets what earlier reads gave: to be called before the first read of each resource. `id` replaces the resource's
  /// own when it is not empty.
  void begin(fhir::Node resource, std::string_view id = {});
  /// Of a parameter that is not composite. The reference lives until the next read; the texts until begin().
  const Values& read(const Parameter& parameter);
  /// Of a composite: how many of its items there are.
  std::size_t read_items(const Parameter& composite);
  /// Those of each component within one item; components in their order. Lives until the next call.
  std::span<const Values> read_item(const Parameter& composite, std::size_t index);
  /// Every text that _text (the narrative) or _content (strings, markdown and the narrative) looks into; of the
  /// narrative without its tags.
  const std::vector<std::string_view>& texts(bool narrative_only);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::search
