// ValueTypes: names and types of the schema that values are read by, looked up once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::search::internal {

/// What a data type is to a search parameter.
enum class Shape : std::uint8_t {
  other,
  text,       // string, markdown
  code,       // code
  id,         // id
  uri,        // uri, url, oid, uuid
  canonical,  // canonical
  boolean,
  number,  // integer, decimal …
  date,    // date, dateTime, instant
  narrative,
  human_name,
  address,
  coding,
  concept_,
  identifier,
  contact,
  reference,
  period,
  timing,
  quantity,  // Age, Duration … too
  money,
  range,
  sampled,
  position,
  resource,
};

struct ValueTypes {
  explicit ValueTypes(const fhir::Schema& schema);
  Shape shape(fhir::TypeId of) const {
    const auto index = static_cast<std::size_t>(of);
    return index < shapes.size() ? shapes[index] : Shape::other;
  }

  std::vector<Shape> shapes;
  fhir::NameId bounds, city, code, coding, comparator, country, currency, data, display, district, end, event, factor,
      family, given, high, id, identifier, latitude, line, longitude, low, origin, postal_code, prefix, reference,
      repeat, start, state, suffix, system, text, type, unit, value;
};

}  // namespace meridian::search::internal
