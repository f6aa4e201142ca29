// FHIRPath values as parts of a Parameters resource: `{"name":"HumanName","valueHumanName":{…}}`.
#pragma once

#include "fhirpath/value.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::rest {

/// One part, named by the value's type. A resource goes into `resource`; what has no value[x] form (a backbone
/// element) goes as JSON text into the extension that FHIRPath Lab reads.
void write_part(fhir::JsonWriter& json, const fhirpath::Value& value, const fhir::Schema& schema);
/// The member `part`, when there are values.
void write_parts(fhir::JsonWriter& json, fhirpath::Collection values, const fhir::Schema& schema);

}  // namespace meridian::rest
