// Parameters: what can be searched for: the search parameters of R4 and those that users add, compiled once.
//
// A set is immutable and shared; adding a custom SearchParameter resource makes a new set. Expressions are compiled for
// each type that a parameter applies to, leniently, since one expression serves many types. Specification:
// https://hl7.org/fhir/R4/searchparameter.html, https://hl7.org/fhir/R4/searchparameter-registry.html
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhirpath {
class Expression;
}

namespace meridian::search {

/// One parameter on one type.
struct Parameter {
  std::string code;  ///< "birthdate"
  std::string url;
  fhir::SearchType kind;
  fhir::TypeId type;       ///< whose resources it finds
  std::string expression;  ///< empty for those that are not made of one (_id, _lastUpdated, _text …)
  std::shared_ptr<const fhirpath::Expression> compiled;
  std::vector<fhir::TypeId> targets;  ///< of references; empty: any

  struct Component {
    const Parameter* definition;                           ///< of the same type; kind and code come from it
    std::shared_ptr<const fhirpath::Expression> compiled;  ///< relative to the composite's own items
  };
  std::vector<Component> components;
};

class Parameters {
 public:
  /// Those of FHIR R4. Lives as long as the program.
  static const std::shared_ptr<const Parameters>& r4();
  /// These and a SearchParameter resource, which replaces one of the same code and type. Issues say what is wrong with
  /// it.
  static std::shared_ptr<const Parameters> with(const std::shared_ptr<const Parameters>& base, fhir::Node definition,
                                                Issues& issues);
  ~Parameters();

  const fhir::Schema& schema() const;
  /// Of that type, those of Resource and DomainResource included; null when there is none.
  const Parameter* find(fhir::TypeId type, std::string_view code) const;
  /// All of a type, by code. None of an abstract type.
  std::span<const Parameter* const> of(fhir::TypeId type) const;
  /// Codes of the reference parameters of `type` that put a resource into a compartment of that kind ("Patient").
  std::span<const Parameter* const> compartment(std::string_view compartment, fhir::TypeId type) const;

  struct State;
  explicit Parameters(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace meridian::search
