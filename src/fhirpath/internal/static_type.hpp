// StaticType: what is known of a result before any data is seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhirpath/value.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhirpath::internal {

/// System types as a set of bits.
using SystemTypes = std::uint16_t;
constexpr SystemTypes bit(ValueType type) {
  return static_cast<SystemTypes>(1U << static_cast<unsigned>(type));
}
inline constexpr SystemTypes kBooleans = bit(ValueType::boolean);
inline constexpr SystemTypes kStrings = bit(ValueType::string);
inline constexpr SystemTypes kIntegers = bit(ValueType::integer) | bit(ValueType::long_integer);
inline constexpr SystemTypes kNumbers = kIntegers | bit(ValueType::decimal);
inline constexpr SystemTypes kDates = bit(ValueType::date) | bit(ValueType::date_time);
inline constexpr SystemTypes kTimes = kDates | bit(ValueType::time);
inline constexpr SystemTypes kQuantities = bit(ValueType::quantity);
inline constexpr SystemTypes kAnySystem = 0xFFFF;

struct StaticType {
  bool is_any = false;        ///< nothing is known of the types
  bool is_plural = false;     ///< there may be several items
  bool is_unordered = false;  ///< their order is not defined
  SystemTypes system = 0;
  std::vector<fhir::TypeId> nodes;  ///< no type twice

  bool is_nothing() const { return !is_any && system == 0 && nodes.empty(); }
  void add(fhir::TypeId type) {
    for (const fhir::TypeId known : nodes) {
      if (known == type) return;
    }
    nodes.push_back(type);
  }
  void add(const StaticType& other) {
    is_any = is_any || other.is_any;
    is_unordered = is_unordered || other.is_unordered;
    system |= other.system;
    for (const fhir::TypeId type : other.nodes) add(type);
  }

  static StaticType any(bool plural = true) {
    StaticType type;
    type.is_any = true;
    type.is_plural = plural;
    return type;
  }
  static StaticType of(SystemTypes system, bool plural = false) {
    StaticType type;
    type.system = system;
    type.is_plural = plural;
    return type;
  }
};

/// The System type that a FHIR primitive's value has; none for what is not a primitive.
ValueType system_type_of(fhir::Primitive primitive);

/// Every System type that the items can be taken for, FHIR primitives and quantities included.
SystemTypes usable_as(const StaticType& type, const fhir::Schema& schema);

/// "HumanName", "Patient or Person", "System.String", "anything"; with "[]" when there may be several.
std::string describe(const StaticType& type, const fhir::Schema& schema);
std::string_view system_name(ValueType type);  ///< "String"

}  // namespace meridian::fhirpath::internal
