#include "rest/typed_value.hpp"

#include <string>

namespace meridian::rest {
namespace {

using fhirpath::Value;
using fhirpath::ValueType;

constexpr std::string_view kJsonValueExtension = "http://fhir.forms-lab.com/StructureDefinition/json-value";
constexpr std::string_view kUcum = "http://unitsofmeasure.org";

/// The key of value[x] in Parameters.parameter for a type: "valueHumanName"; empty when it has none.
std::string_view value_key(const fhir::Schema& schema, fhir::TypeId type) {
  const fhir::ElementInfo* value = schema.find_element(schema.find_type("Parameters.parameter"), "value");
  if (value == nullptr) return {};
  for (const fhir::ElementType& allowed : value->types) {
    if (allowed.type == type) return schema.name(allowed.json_key);
  }
  return {};
}

/// "FHIR.HumanName" is told as HumanName, "System.String" as string, the way FHIRPath Lab names them.
std::string part_name(const Value& value) {
  const std::string type = fhirpath::type_name(value);
  std::string name = type.substr(type.find('.') + 1);
  const bool has_fhir_name = value.is_node() || value.type() == ValueType::quantity;
  if (!has_fhir_name && !name.empty()) name.front() = static_cast<char>(name.front() | 0x20);  // its ASCII lower case
  return name;
}

std::string_view system_key(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "valueBoolean";
    case ValueType::integer:
      return "valueInteger";
    case ValueType::decimal:
    case ValueType::long_integer:
      return "valueDecimal";
    case ValueType::date:
      return "valueDate";
    case ValueType::date_time:
      return "valueDateTime";
    case ValueType::time:
      return "valueTime";
    case ValueType::quantity:
      return "valueQuantity";
    default:
      return "valueString";
  }
}

void write_quantity(fhir::JsonWriter& json, const fhirpath::Quantity& quantity) {
  json.begin_object();
  json.key("value").number(quantity.value.to_string());
  json.key("unit").string(quantity.unit);
  if (!quantity.is_calendar) json.key("system").string(kUcum).key("code").string(quantity.unit);
  json.end_object();
}

void write_node(fhir::JsonWriter& json, const Value& value, const fhir::Schema& schema) {
  const fhir::Node node = value.node();
  const bool is_known = node.type() != fhir::TypeId::none;
  if (is_known && schema.type(node.type()).kind == fhir::TypeKind::resource) {
    json.key("resource").raw(fhirpath::json(value));
    return;
  }
  const std::string_view key = is_known ? value_key(schema, node.type()) : std::string_view{};
  if (!key.empty() && (node.has_value() || node.json_kind() == fhir::JsonKind::object)) {
    json.key(key).raw(fhirpath::json(value));
    return;
  }
  json.key("extension").begin_array().begin_object();
  json.key("url").string(kJsonValueExtension);
  json.key("valueString").string(fhirpath::json(value));
  json.end_object().end_array();
}

}  // namespace

void write_part(fhir::JsonWriter& json, const Value& value, const fhir::Schema& schema) {
  json.begin_object();
  json.key("name").string(part_name(value));
  if (value.is_node()) {
    write_node(json, value, schema);
  } else if (value.type() == ValueType::quantity) {
    json.key("valueQuantity");
    write_quantity(json, value.quantity());
  } else if (value.type() == ValueType::type_info) {
    json.key("valueString").string(fhirpath::text(value));
  } else {
    json.key(system_key(value.type())).raw(fhirpath::json(value));
  }
  json.end_object();
}

void write_parts(fhir::JsonWriter& json, fhirpath::Collection values, const fhir::Schema& schema) {
  if (values.empty()) return;
  json.key("part").begin_array();
  for (const Value& value : values) write_part(json, value, schema);
  json.end_array();
}

}  // namespace meridian::rest
