#include "fhirpath/value.hpp"

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/static_type.hpp"
#include "formats/fhir/json.hpp"

namespace meridian::fhirpath {

std::string type_name(const Value& value) {
  if (!value.is_node()) return "System." + std::string(internal::system_name(value.type()));
  const fhir::Node node = value.node();
  if (node.type() == fhir::TypeId::none) return "unknown";
  return "FHIR." + std::string(node.schema().type(node.type()).name);
}

std::string text(const Value& value) {
  if (!value.is_node()) return internal::to_text(value);
  const fhir::Node node = value.node();
  return node.has_value() ? std::string(node.text()) : fhir::write_json(node);
}

std::string json(const Value& value) {
  switch (value.type()) {
    case ValueType::node:
      return fhir::write_json(value.node());
    case ValueType::boolean:
    case ValueType::integer:
    case ValueType::long_integer:
    case ValueType::decimal:
      return internal::to_text(value);
    default:
      break;
  }
  fhir::JsonWriter json;
  if (value.type() == ValueType::quantity) {
    json.begin_object();
    json.key("value").number(value.quantity().value.to_string());
    json.key("unit").string(value.quantity().unit);
    json.end_object();
  } else {
    json.string(internal::to_text(value));
  }
  return std::move(json).take();
}

std::string typed_json(const Value& value) {
  fhir::JsonWriter writer;
  writer.begin_object();
  writer.key("type").string(type_name(value));
  writer.key("value").raw(json(value));
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace meridian::fhirpath
