// Reads a Parameters resource: the input of operations.
// Specification: https://hl7.org/fhir/R4/parameters.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::rest {

class Parameters {
 public:
  /// `node` must be a Parameters resource; views live as long as its document.
  explicit Parameters(fhir::Node node) : node_(node) {}

  /// The value of the first parameter of that name (whatever its type), or a null node.
  fhir::Node value(std::string_view name) const;
  /// The resource of the first parameter of that name, or a null node.
  fhir::Node resource(std::string_view name) const;
  /// The parts of the first parameter of that name.
  std::vector<fhir::Node> parts(std::string_view name) const;
  /// The text of a primitive value; empty when there is none.
  std::string_view text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// Of a `parameter` or `part` element.
  static std::string_view name_of(fhir::Node parameter);
  static fhir::Node value_of(fhir::Node parameter);

  /// Whether the node is a Parameters resource.
  static bool is(fhir::Node node);

 private:
  fhir::Node find(std::string_view name) const;
  fhir::Node node_;
};

}  // namespace meridian::rest
