#include "search/internal/value_types.hpp"

#include <string_view>

namespace meridian::search::internal {
namespace {

Shape shape_of_primitive(fhir::Primitive primitive) {
  using enum fhir::Primitive;
  switch (primitive) {
    case boolean:
      return Shape::boolean;
    case integer:
    case unsigned_int:
    case positive_int:
    case integer64:
    case decimal:
      return Shape::number;
    case string:
    case markdown:
      return Shape::text;
    case code:
      return Shape::code;
    case id:
      return Shape::id;
    case uri:
    case url:
    case oid:
    case uuid:
      return Shape::uri;
    case canonical:
      return Shape::canonical;
    case date:
    case date_time:
    case instant:
      return Shape::date;
    case xhtml:
      return Shape::narrative;
    case none:
    case base64_binary:
    case time:
      return Shape::other;
  }
  return Shape::other;
}

}  // namespace

ValueTypes::ValueTypes(const fhir::Schema& schema) : shapes(schema.types().size(), Shape::other) {
  for (const fhir::TypeInfo& info : schema.types()) {
    Shape& slot = shapes[static_cast<std::size_t>(info.id)];
    if (info.kind == fhir::TypeKind::primitive) slot = shape_of_primitive(info.primitive);
    if (info.kind == fhir::TypeKind::resource) slot = Shape::resource;
  }
  const auto set = [&](std::string_view name, Shape of) {
    const fhir::TypeId found = schema.find_type(name);
    if (found != fhir::TypeId::none) shapes[static_cast<std::size_t>(found)] = of;
  };
  set("HumanName", Shape::human_name);
  set("Address", Shape::address);
  set("Coding", Shape::coding);
  set("CodeableConcept", Shape::concept_);
  set("Identifier", Shape::identifier);
  set("ContactPoint", Shape::contact);
  set("Reference", Shape::reference);
  set("Period", Shape::period);
  set("Timing", Shape::timing);
  for (const std::string_view name :
       {"Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity"})
    set(name, Shape::quantity);
  set("Money", Shape::money);
  set("Range", Shape::range);
  set("SampledData", Shape::sampled);
  set("Location.position", Shape::position);

  const auto name = [&](std::string_view key) { return schema.find_name(key); };
  bounds = name("bounds");
  city = name("city");
  code = name("code");
  coding = name("coding");
  comparator = name("comparator");
  country = name("country");
  currency = name("currency");
  data = name("data");
  display = name("display");
  district = name("district");
  end = name("end");
  event = name("event");
  factor = name("factor");
  family = name("family");
  given = name("given");
  high = name("high");
  id = name("id");
  identifier = name("identifier");
  latitude = name("latitude");
  line = name("line");
  longitude = name("longitude");
  low = name("low");
  origin = name("origin");
  postal_code = name("postalCode");
  prefix = name("prefix");
  reference = name("reference");
  repeat = name("repeat");
  start = name("start");
  state = name("state");
  suffix = name("suffix");
  system = name("system");
  text = name("text");
  type = name("type");
  unit = name("unit");
  value = name("value");
}

}  // namespace meridian::search::internal
