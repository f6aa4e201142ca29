// Preferences: what the client would like, of the Prefer header.
// Specification: https://hl7.org/fhir/R4/http.html#ops, https://www.rfc-editor.org/rfc/rfc7240
#pragma once

#include <cstdint>

#include "http/headers.hpp"

namespace meridian::rest {

enum class ReturnPreference : std::uint8_t { unsaid, minimal, representation, operation_outcome };

struct Preferences {
  ReturnPreference returned = ReturnPreference::unsaid;
  bool strict = false;  ///< handling=strict: what a search does not understand is an error
  bool respond_async = false;
};

/// What is not understood is passed over, as RFC 7240 asks; of a preference given twice the first counts.
Preferences preferences_of(const http::Headers& headers);

}  // namespace meridian::rest
