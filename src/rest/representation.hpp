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
#include "formats/fhir/xml_reader.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace meridian::rest {

enum class Form : std::uint8_t { json, xml };

/// What the client asked for.
struct Representation {
  Form answer = Form::json;
  Language language = Language::english;
  bool pretty = false;
  bool acceptable = true;  ///< false: it takes neither form (answer 406, in JSON)
};

/// Of an Accept list or a `_format` value: "application/fhir+xml", "xml", "*/*". Nothing when it names neither form.
std::optional<Form> form_of_accept(std::string_view accept);
/// Of a Content-Type: application/fhir+json, application/json, text/json and the same for xml.
std::optional<Form> form_of_content_type(std::string_view media_type);

Representation negotiate(const http::Request& request);

/// The body as a document. On failure a document without root, and Issues; `unsupported_form` when the content type
/// is neither JSON nor XML (answer 415). Lives as long as the request.
struct ReadBody {
  fhir::Document document;
  Issues issues;
  bool unsupported_form = false;
  bool is_xml = false;
  fhir::XmlPlaces places;  ///< of a body in XML

  /// A position in the document's JSON text as one in the body that was sent.
  Position in_body(const http::Request& request, Position in_document) const;
};
ReadBody read_body(const http::Request& request);

/// A response with a resource given as JSON, in the form asked for.
http::Response answer(std::string resource_json, const Representation& representation, int status = 200);
/// An OperationOutcome of these issues.
http::Response answer(const Issues& issues, const Representation& representation, int status);
/// 406 and 415, as OperationOutcomes.
http::Response not_acceptable(const Representation& representation);
http::Response unsupported_media_type(const Representation& representation);

/// Writes a problem of the HTTP layer (no such path, a body too large) as an OperationOutcome.
void tell_as_outcome(const http::Request& request, http::Response& problem);

}  // namespace meridian::rest
