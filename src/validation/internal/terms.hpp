// What is known of codes: the schema's value sets and code systems, and those that were loaded, which win.
//
// A loaded value set or code system is indexed the first time it is asked for. Its `compose` is followed as far as
// the systems it draws from are known; where they are not, the answer is `unknown`. An `expansion` without a
// compose is taken as the whole set.
// Threads: may be asked from any.
// Specification: https://hl7.org/fhir/R4/valueset.html#compositions
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/fhir/schema.hpp"

namespace meridian::validation {
class Profiles;
}

namespace meridian::validation::internal {

enum class CodeStatus : std::uint8_t {
  known,
  not_known,       ///< its system is complete here and has no such code
  not_enumerated,  ///< its system is known, but not all its codes
  supplement,      ///< what stands as its system only adds to another
  no_system        ///< its system is not known here
};

struct CodeFound {
  CodeStatus status;
  std::string_view display;  ///< of a known code; may be empty
};

class Terms {
 public:
  Terms(const fhir::Schema& schema, const Profiles* loaded);
  ~Terms();

  /// Whether a value set of that canonical URL (with or without `|version`) is known at all.
  bool knows_value_set(std::string_view canonical) const;
  /// `system` empty: any system, for elements of type code.
  fhir::Membership contains(std::string_view canonical, std::string_view system, std::string_view code) const;

  CodeFound find(std::string_view system, std::string_view code) const;
  /// A further name of a code (`designation`) that may stand as its display.
  bool is_designation(std::string_view system, std::string_view code, std::string_view display) const;
  /// Whether `ancestor` is `code` or above it; `unknown` when one of them is not known.
  fhir::Membership subsumes(std::string_view system, std::string_view ancestor, std::string_view code) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meridian::validation::internal
