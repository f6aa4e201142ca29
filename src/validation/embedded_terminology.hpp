// EmbeddedTerminology: answers FHIRPath's memberOf() and subsumes() from the value sets and code systems of the
// schema and from those that were loaded, which win. What neither knows is `unknown`; nothing is fetched.
//
// Threads: may be asked from any. The schema must outlive it.
// Specification: https://hl7.org/fhir/R4/fhirpath.html#functions
#pragma once

#include <memory>

#include "fhirpath/ports.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::validation {

class Profiles;
namespace internal {
class Terms;
}

class EmbeddedTerminology : public fhirpath::Terminology, public fhirpath::Subsumption {
 public:
  /// `loaded` may be null; it must not change any more.
  explicit EmbeddedTerminology(const fhir::Schema& schema, std::shared_ptr<const Profiles> loaded = nullptr);
  ~EmbeddedTerminology() override;
  EmbeddedTerminology(EmbeddedTerminology&&) noexcept;

  fhirpath::Answer member_of(const fhirpath::CodedValue& coded, std::string_view value_set) const override;
  fhirpath::Answer subsumes(const fhirpath::CodedValue& ancestor,
                            const fhirpath::CodedValue& descendant) const override;

 private:
  std::shared_ptr<const Profiles> loaded_;
  std::unique_ptr<internal::Terms> terms_;
};

}  // namespace meridian::validation
