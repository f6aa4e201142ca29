// Showing: the one place where a ReadPolicy is applied to versions that are about to be shown, for read, history,
// search, everything and scan alike. One for each call of the store; one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "store/ports.hpp"
#include "store/version.hpp"

namespace meridian::search {
class CodeSets;
class Parameters;
}  // namespace meridian::search

namespace meridian::store {

class Showing {
 public:
  Showing(const ReadPolicy* policy, const ReadContext& context, std::shared_ptr<const search::Parameters> parameters,
          const search::CodeSets* code_sets)
      : policy_(policy), context_(context), parameters_(std::move(parameters)), code_sets_(code_sets) {}

  /// Whether everything may be seen.
  bool is_open() const { return policy_ == nullptr; }
  /// Asked of the policy once a type; null: everything. It lives as long as this does.
  Result<const Permission*> permission(fhir::TypeId type) const;
  /// Whether it may be seen at all; takes out what is masked. Of a deletion only whether its type may be seen is asked.
  Result<bool> show(Version& version) const;

 private:
  const ReadPolicy* policy_;
  const ReadContext& context_;
  std::shared_ptr<const search::Parameters> parameters_;
  const search::CodeSets* code_sets_;
  mutable std::map<fhir::TypeId, Permission> permissions_;
};

/// A resource's JSON without some elements, each a path from the type: "Patient.contact.name".
Result<std::string> without_elements(const std::string& json, const std::vector<std::string>& paths);

}  // namespace meridian::store
