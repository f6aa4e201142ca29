// Ports: what expressions ask of the world outside the resource. One method each; implemented above this module.
//
// An implementation is called while an expression is evaluated, on that thread, and must answer quickly and not
// throw. Without a port the functions fall back to the FHIR definitions: memberOf() and subsumes() to the value
// sets and code systems of the schema, resolve() to contained resources and to the entries of the Bundle at hand,
// conformsTo() to an Error (unsupported).
#pragma once

#include <cstdint>
#include <string_view>

#include "fhirpath/value.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhirpath {

enum class Answer : std::uint8_t { no, yes, unknown };

/// A code in its system, as terminology services understand it. An empty system: any (an element of type code).
struct CodedValue {
  std::string_view system;
  std::string_view version;
  std::string_view code;
};

/// http://hl7.org/fhir/R4/fhirpath.html#functions, memberOf()
class Terminology {
 public:
  virtual ~Terminology() = default;
  /// Whether the code is in the value set. `unknown` when the value set or the code system is not to be had.
  virtual Answer member_of(const CodedValue& coded, std::string_view value_set) const = 0;
};

/// subsumes() and subsumedBy()
class Subsumption {
 public:
  virtual ~Subsumption() = default;
  /// Whether `ancestor` is `descendant` or above it in their code system.
  virtual Answer subsumes(const CodedValue& ancestor, const CodedValue& descendant) const = 0;
};

/// resolve()
class ReferenceResolver {
 public:
  virtual ~ReferenceResolver() = default;
  /// The resource that a reference (`Patient/12`, a canonical URL, `urn:uuid:…`) in `from` leads to, or a null node.
  /// Its Document must stay alive as long as the results of the evaluation are used.
  virtual fhir::Node resolve(std::string_view reference, fhir::Node from) const = 0;
};

/// conformsTo()
class ProfileCheck {
 public:
  virtual ~ProfileCheck() = default;
  /// Whether the resource or element conforms. `unknown` when there is no such profile.
  virtual Answer conforms_to(fhir::Node node, std::string_view profile) const = 0;
};

/// trace()
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void trace(std::string_view name, Collection values) = 0;
};

}  // namespace meridian::fhirpath
