// Conformance: answers FHIRPath's conformsTo() from the base specification and the profiles that were loaded.
//
//   Conformance conformance(validator);                 // for the EvaluationContexts of one evaluation
//   context.set_profile_check(&conformance);
//   conformance.look_at(document);                      // before each evaluation
//
// A node conforms when validation finds no error in it, against its type and against the profile; a URL of a type of
// the specification asks for that type alone. What was not loaded is `unknown`, which FHIRPath makes an error.
//
// The document is gone through once, when first asked about. A node of another document (a reference was followed)
// costs a pass over that node each time, and its references lead nowhere beyond it.
//
// Threads: belongs to one at a time, as its contexts do. The validator must outlive it.
//
// Specification: https://hl7.org/fhir/R4/fhirpath.html#functions
#pragma once

#include <memory>
#include <string_view>

#include "fhirpath/ports.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::validation {

class Validator;

class Conformance : public fhirpath::ProfileCheck {
 public:
  explicit Conformance(const Validator& validator);
  ~Conformance() override;
  Conformance(Conformance&&) noexcept;

  /// The document that is evaluated next; it must stay until the next one. Costs nothing unless conformsTo() asks.
  void look_at(const fhir::Document& document);
  fhirpath::Answer conforms_to(fhir::Node node, std::string_view profile) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meridian::validation
