// Validation: what of a message is not as its version of HL7 v2 defines it.
//
//   validate(message, {}, issues);
//
// error        a required segment or field is missing, a segment stands where it may not or too often, a field repeats
//              too often, a value is not of its data type
// warning      a required component is missing, there are more fields or parts than defined, a value is too long, an ID
//              is not in its table, an escape character begins nothing, a version or message is not defined
// information  a code (IS, CE, CWE …) is not among the values that its table suggests; sites add their own
//
// Z segments are nobody's business. Conditions in prose are not checked. `""` counts as a value. Names in issues are
// names of definitions; values are not repeated.
// Linear in the message. Threads: any.
// Specification: HL7 v2.5.1, chapter 2, 2.5 and 2.12; chapter 2.A (data types). Profiles: profile.hpp.
#pragma once

#include "base/issue.hpp"
#include "formats/hl7v2/message.hpp"
#include "formats/hl7v2/schema.hpp"

namespace meridian::hl7v2 {

enum class Check : std::uint8_t { off, on };

struct ValidateOptions {
  const Schema* schema = nullptr;  ///< null: what MSH-12 says
  Check lengths = Check::on;
  Check tables = Check::on;
};

void validate(const Message& message, const ValidateOptions& options, Issues& issues);

}  // namespace meridian::hl7v2
