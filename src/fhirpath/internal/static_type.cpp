#include "fhirpath/internal/static_type.hpp"

#include <array>

namespace meridian::fhirpath::internal {

// https://hl7.org/fhir/R4/fhirpath.html#types
ValueType system_type_of(fhir::Primitive primitive) {
  using fhir::Primitive;
  switch (primitive) {
    case Primitive::none:
      return ValueType::none;
    case Primitive::boolean:
      return ValueType::boolean;
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
      return ValueType::integer;
    case Primitive::integer64:
      return ValueType::long_integer;
    case Primitive::decimal:
      return ValueType::decimal;
    case Primitive::date:
      return ValueType::date;
    case Primitive::date_time:
    case Primitive::instant:
      return ValueType::date_time;
    case Primitive::time:
      return ValueType::time;
    default:
      return ValueType::string;
  }
}

SystemTypes usable_as(const StaticType& type, const fhir::Schema& schema) {
  if (type.is_any) return kAnySystem;
  SystemTypes types = type.system;
  const fhir::TypeId quantity = schema.find_type("Quantity");
  for (const fhir::TypeId node : type.nodes) {
    const fhir::TypeInfo& info = schema.type(node);
    if (info.primitive != fhir::Primitive::none) {
      types |= bit(system_type_of(info.primitive));
    } else if (schema.is_a(node, quantity)) {
      types |= kQuantities;
    } else if (info.is_abstract) {
      return kAnySystem;
    }
  }
  return types;
}

std::string_view system_name(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "Boolean";
    case ValueType::integer:
      return "Integer";
    case ValueType::long_integer:
      return "Long";
    case ValueType::decimal:
      return "Decimal";
    case ValueType::string:
      return "String";
    case ValueType::date:
      return "Date";
    case ValueType::date_time:
      return "DateTime";
    case ValueType::time:
      return "Time";
    case ValueType::quantity:
      return "Quantity";
    case ValueType::type_info:
      return "TypeInfo";
    default:
      return "Any";
  }
}

std::string describe(const StaticType& type, const fhir::Schema& schema) {
  if (type.is_nothing()) return "nothing";
  std::string out;
  auto also = [&out](std::string_view prefix, std::string_view name) {
    if (!out.empty()) out += " or ";
    out.append(prefix).append(name);
  };
  constexpr std::size_t kNamed = 6;
  if (type.is_any) {
    out = "anything";
  } else {
    for (std::size_t i = 0; i < type.nodes.size() && i < kNamed; ++i) also("", schema.type(type.nodes[i]).name);
    if (type.nodes.size() > kNamed) also("", std::to_string(type.nodes.size() - kNamed) + " other types");
    for (unsigned i = 0; i <= static_cast<unsigned>(ValueType::type_info); ++i) {
      if ((type.system & 1U << i) != 0) also("System.", system_name(static_cast<ValueType>(i)));
    }
  }
  if (type.is_plural) out += "[]";
  return out;
}

}  // namespace meridian::fhirpath::internal
