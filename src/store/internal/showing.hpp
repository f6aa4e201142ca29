// Showing: the one place where a ReadPolicy is applied to versions that are about to be shown, for read, history,
// search, everything and scan alike. One for each call of the store; one thread.
#pragma once

#include <map>
#include <string>

#include "store/ports.hpp"
#include "store/version.hpp"

namespace meridian::store {

class Showing {
 public:
  Showing(const ReadPolicy* policy, const ReadContext& context) : policy_(policy), context_(context) {}

  /// Whether everything may be seen.
  bool is_open() const { return policy_ == nullptr; }
  Result<Permission> permission(fhir::TypeId type) const;
  /// Whether it may be seen at all; takes out what is masked.
  Result<bool> show(Version& version) const;

 private:
  const ReadPolicy* policy_;
  const ReadContext& context_;
};

}  // namespace meridian::store
