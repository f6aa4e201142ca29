// The data types of HL7 v3 as CDA R2 writes them, read out of elements.
//
// Texts are views into the Document; what is absent is empty. Nothing is checked here: validate.hpp does that.
// Specification: HL7 v3 Data Types XML ITS, Release 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/cda/document.hpp"

namespace meridian::cda {

/// II. With an extension the root is whose number it is; without one, it is the identifier.
struct Identifier {
  std::string_view root, extension, authority, null_flavor;
};

/// CD, CE, CV, CS.
struct Code {
  std::string_view code, system, system_name, display, null_flavor;
  Element original_text;  ///< ED: a text, or a reference into the narrative
  std::vector<Code> translations;
  bool empty() const { return code.empty() && null_flavor.empty() && translations.empty() && !original_text; }
};

/// TS.
struct Timestamp {
  std::string_view value, null_flavor;
};

/// PQ, INT, REAL, MO (its unit is the currency).
struct Quantity {
  std::string_view value, unit, null_flavor;
};

/// IVL<T>: a single value, or bounds.
template <typename T>
struct Interval {
  T value, low, high, center, width;
  bool is_low_open = false;
  bool is_high_open = false;
};

/// RTO: a quotient.
struct Ratio {
  Quantity numerator, denominator;
};

/// PIVL: every so often; EIVL: at an event such as a meal.
struct Frequency {
  Quantity period;
  std::string_view event;
  Interval<Timestamp> phase;
  bool is_institution_specified = false;
};

/// ED: text, bytes, or a reference to either.
struct Encapsulated {
  std::string_view media_type, representation, reference, null_flavor;
  Element element;
  bool is_base64() const { return representation == "B64"; }
};

/// EN, PN, ON; AD; and the parts of either, in order: {"given", "Jane"}.
struct NamePart {
  std::string_view kind, qualifier, text;
};
struct Name {
  std::string_view use;
  std::vector<NamePart> parts;
  std::string text;  ///< the parts as one line, or what stood without parts
  std::string_view part(std::string_view kind) const;
};
using Address = Name;

/// TEL: `tel:+86-10-…`
struct Telecom {
  std::string_view value, use;
};

Identifier read_identifier(Element element);
Code read_code(Element element);
Timestamp read_timestamp(Element element);
Quantity read_quantity(Element element);
Interval<Timestamp> read_times(Element element);
Interval<Quantity> read_quantities(Element element);
Ratio read_ratio(Element element);
Frequency read_frequency(Element element);
Encapsulated read_encapsulated(Element element);
Name read_name(Element element);
Telecom read_telecom(Element element);
std::optional<bool> read_boolean(Element element);

/// A type as `xsi:type` names it.
enum class DataType : std::uint8_t {
  none,
  bl,
  integer,
  real,
  text,
  ed,
  code,
  pq,
  ivl_pq,
  pq_time,
  ivl_ts,
  pivl,
  eivl,
  set,
  ii,
  tel,
  mo,
  rto,
  name,
  address,
  other
};
/// Without its prefix: `CD`. Empty when it does not say.
std::string_view type_name(Element element);
DataType type_of(Element element);

/// A point in time of HL7 v3: `20240501`, `202405011030+0800`. Whether it is one.
bool is_timestamp(std::string_view text);
bool is_oid(std::string_view text);
bool is_uuid(std::string_view text);
/// As people read it: a code's name, a quantity with its unit, an interval.
std::string value_text(Element element);

}  // namespace meridian::cda
