// OperationInput: the parameters of an operation, whether they came in the query, in a form or as a Parameters
// resource. Specification: https://hl7.org/fhir/R4/operations.html#request
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest/exchange.hpp"

namespace meridian::rest {

class OperationInput {
 public:
  /// Errors: malformed_input when a body is there and is neither a form nor Parameters.
  static Result<OperationInput> of(const Exchange& exchange);

  /// The first value of that name.
  std::optional<std::string_view> text(std::string_view name) const;
  std::vector<std::string_view> texts(std::string_view name) const;
  /// A value that is no primitive: the Meta of `meta`. A null node where there is none.
  fhir::Node node(std::string_view name) const;
  /// A resource among the Parameters; a null node where there is none.
  fhir::Node resource(std::string_view name) const;
  const Pairs& pairs() const { return pairs_; }

 private:
  Pairs pairs_;
  fhir::Document body_;
};

}  // namespace meridian::rest
