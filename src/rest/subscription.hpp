// Subscription: what somebody wants to hear of, read from a Subscription resource of R4: a search as criteria, a
// rest-hook as channel.
// Specification: https://hl7.org/fhir/R4/subscription.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::rest {

struct Subscription {
  std::string type;      ///< of the criteria: "Observation"
  std::string search;    ///< of the criteria: "code=http://loinc.org|1975-2"
  std::string endpoint;  ///< without a slash at its end
  std::string payload;   ///< a media type; empty: only that something has happened
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Instant> end;
  bool is_requested = false;  ///< not told to be active yet

  /// Whether both are told of the same, in the same way.
  bool is_told_like(const Subscription& other) const {
    return type == other.type && search == other.search && endpoint == other.endpoint && payload == other.payload &&
           headers == other.headers && end == other.end;
  }

  /// Nothing when it is off, in error, or its channel is none that the server delivers to.
  /// Errors: unprocessable, when it asks for delivery and cannot be understood.
  static Result<std::optional<Subscription>> read(fhir::Node resource);
};

}  // namespace meridian::rest
