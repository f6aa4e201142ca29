// Representation: which form a FHIR body has and which the answer shall have, and in which language.
//
// Content negotiation for FHIR: `_format` wins over Accept; JSON is the default; what is neither JSON nor XML is
// refused with 415 or 406 as the specification asks.
// Specification: https://hl7.org/fhir/R4/http.html#mime-type, #parameters
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace meridian::rest {

enum class Form : std::uint8_t { json, xml };

/// What the client asked for.
struct Representation {
  Form answer = Form::json;
  Language language = Language::english;
  bool pretty = false;
};

/// Of an Accept list or a `_format` value: "application/fhir+xml", "xml", "*/*". Nothing when it names neither form.
std::optional<Form> form_of_accept(std::string_view accept);
/// Of a Content-Type: application/fhir+json, application/json, text/json and the same for xml.
std::optional<Form> form_of_content_type(std::string_view media_type);

/// What the request asks for; nothing when it is a form that cannot be made (answer 406).
std::optional<Representation> negotiate(const http::Request& request);

/// The body as a document. On failure a document without root, and Issues; `unsupported_form` when the content type
/// is neither JSON nor XML (answer 415).
struct ReadBody {
  fhir::Document document;
  Issues issues;
  bool unsupported_form = false;
};
ReadBody read_body(const http::Request& request);

/// A response with a resource given as JSON, in the form asked for.
http::Response answer(std::string resource_json, const Representation& representation, int status = 200);
/// An OperationOutcome of these issues.
http::Response answer(const Issues& issues, const Representation& representation, int status);
/// 406 and 415, as OperationOutcomes.
http::Response not_acceptable();
http::Response unsupported_media_type(const Representation& representation);

}  // namespace meridian::rest
