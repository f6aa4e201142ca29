// Issues as others read them: an OperationOutcome for programs, plain lines for people.
//
// In the OperationOutcome each issue has severity, code, details (the stable message id as coding, the text in
// the language asked for), the element's FHIRPath in `expression`, and its line and column in the two extensions
// that HL7's own validator uses. No issue at all gives one informational "no issues", since the element
// OperationOutcome.issue is required. Issues dropped by the bound are summed up in a last one.
// Specification: https://hl7.org/fhir/R4/operationoutcome.html
#pragma once

#include <string>
#include <string_view>

#include "base/issue.hpp"

namespace meridian::validation {

/// Canonical URL of the code system of message ids.
inline constexpr std::string_view kMessageSystem = "urn:meridian:validation-message";

/// One line of JSON without a line break at its end.
std::string operation_outcome_json(const Issues& issues, Language language);

/// `error  12:7  Patient.birthDate  "1970-13-01" is not a date  [format-date]`, one issue a line.
std::string plain_text(const Issues& issues, Language language);
/// The same for one issue, without a line break.
std::string plain_line(const Issue& issue, Language language);

}  // namespace meridian::validation
