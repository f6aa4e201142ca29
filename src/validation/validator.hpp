// Validator: says precisely what is wrong with a FHIR resource.
//
// Place: above the parsed Document and FHIRPath, below REST, the command line and the quality gates. It checks
// a document against the base specification (structure, cardinality, primitive formats, bindings, references,
// contained and Bundle rules, narrative, every invariant) and against the profiles that the resource claims in
// meta.profile or the caller asks for, as far as they were loaded (profiles.hpp). Nothing is ever fetched.
//
// A Validator is made once and shared; what it knows of a type (rules, compiled invariants) is worked out the
// first time that type is met. A ValidationSession holds the scratch memory of one thread.
//
//   Validator validator(fhir::Schema::r4(), profiles, {});
//   ValidationSession session(validator);
//   session.validate(document, issues);
//
// Issues come in the order of the text; each has a message id of messages.hpp, the FHIRPath of the element and
// its position. Their number is bounded by `issues`; the work by the size of the document.
// Threads: Validator is immutable from outside and may be shared; a session belongs to one thread at a time.
// Specification: https://hl7.org/fhir/R4/validation.html
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhirpath {
class Subsumption;
class Terminology;
}  // namespace meridian::fhirpath

namespace meridian::validation {

class Conformance;
class Profiles;
class ValidationSession;

enum class Check : std::uint8_t { off, on };

/// Which families of checks run, and how strict the debatable ones are.
struct ValidatorOptions {
  Check structure = Check::on;      ///< elements, cardinality, formats, choice types
  Check bindings = Check::on;       ///< value sets, codes and displays of code systems known here
  Check invariants = Check::on;     ///< FHIRPath constraints
  Check best_practice = Check::on;  ///< warnings for good practice (dom-6: a resource should have narrative)
  Check references = Check::on;     ///< formats, targets, contained and Bundle rules
  Check narrative = Check::on;      ///< XHTML rules
  Check profiles = Check::on;       ///< meta.profile and loaded extension definitions
  /// How an extension is reported whose definition was not loaded.
  Severity unknown_extension = Severity::information;
  /// How an unresolved profile of meta.profile is reported; one asked for by the caller is always an error.
  Severity unknown_profile = Severity::warning;
  /// How a display that is not its code's is reported, where the code system is known here.
  Severity wrong_display = Severity::warning;
  /// How text that looks like HTML is reported: harmless when it is escaped for showing.
  Severity html_in_strings = Severity::information;
  Severity html_in_markdown = Severity::information;
  /// The terminology in force: decides of value sets where what is known here does not have a code, and answers
  /// memberOf() and subsumes(); null: there is none. They outlive the validator.
  const fhirpath::Terminology* terminology = nullptr;
  const fhirpath::Subsumption* subsumption = nullptr;
  /// Depth of resources within resources (contained, Bundle entries, Parameters) that is followed.
  std::uint32_t max_resource_depth = 16;
};

class Validator {
 public:
  /// `profiles` may be null; it must not change any more. The schema must outlive the validator.
  explicit Validator(const fhir::Schema& schema, std::shared_ptr<const Profiles> profiles = nullptr,
                     ValidatorOptions options = {});
  ~Validator();
  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;

  const fhir::Schema& schema() const;
  const ValidatorOptions& options() const;

  struct Impl;

 private:
  friend class Conformance;
  friend class ValidationSession;
  std::unique_ptr<Impl> impl_;
};

class ValidationSession {
 public:
  /// The validator must outlive the session.
  explicit ValidationSession(const Validator& validator);
  ~ValidationSession();
  ValidationSession(ValidationSession&&) noexcept;

  /// Adds what is wrong with the document to `issues`. `profiles`: canonical URLs (with or without `|version`)
  /// that the resource must conform to besides those that it claims itself.
  /// A document without root (it did not parse) adds nothing: its parser has already said why.
  void validate(const fhir::Document& document, Issues& issues, std::span<const std::string> profiles = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meridian::validation
