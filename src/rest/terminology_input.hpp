// What the terminology operations are asked about: codes, value sets and code systems, however the request gives them.
//
// Errors: invalid_argument for what is missing, not_found, and those of the store. Specification:
// https://hl7.org/fhir/R4/terminology-service.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest/operation_input.hpp"
#include "terminology/questions.hpp"

namespace meridian::rest {

/// A code as it was sent.
struct SentCode {
  std::string system;
  std::string version;
  std::string code;
  std::string display;
  terminology::Code view() const { return {system, version, code}; }
};

class TerminologyInput {
 public:
  /// Brings the terminology to what is stored, and reads the parameters. Errors: unsupported where there is none.
  static Result<TerminologyInput> of(const Exchange& exchange);

  const terminology::Snapshot& snapshot() const { return *snapshot_; }
  std::string_view text(std::string_view name) const { return input_.text(name).value_or(std::string_view()); }
  std::vector<std::string_view> texts(std::string_view name) const { return input_.texts(name); }
  bool is_set(std::string_view name) const { return text(name) == "true"; }
  /// A number that is not negative.
  Result<std::optional<std::uint32_t>> number(std::string_view name) const;
  /// displayLanguage, or the language of the answer where that is not English.
  std::string language() const;

  /// Of `code` (with `system` and `version`), `coding` and `codeableConcept`, whichever is there. `suffix`: "A" of
  /// codingA.
  Result<std::vector<SentCode>> codes(std::string_view suffix = {}) const;
  /// The system of the operation: the resource of the path, or `url` or `system`.
  Result<std::string> system() const;

  struct Set {
    terminology::CodeSetPtr codes;
    std::string url, version, name;
  };
  /// The resource of the path, the parameter `valueSet`, or that of `url` (with `valueSetVersion`).
  Result<Set> value_set() const;
  /// The same of ConceptMap; null: none was named, all are meant.
  Result<terminology::ConceptMapPtr> concept_map() const;

 private:
  explicit TerminologyInput(const Exchange& exchange) : exchange_(&exchange) {}
  /// The resource of the path or of a parameter; nothing when neither is there.
  Result<std::optional<fhir::Document>> given(std::string_view type, std::string_view parameter) const;

  const Exchange* exchange_;
  OperationInput input_;
  terminology::SnapshotPtr snapshot_;
};

}  // namespace meridian::rest
