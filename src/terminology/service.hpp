// Service: the terminology in force, for everybody who asks: search (`:in :not-in :above :below`), FHIRPath
// (memberOf(), subsumes()), validation, operations.
//
// snapshot() is what is in force now; publish() replaces it as a whole, and whoever holds the old one goes on with it.
// What the snapshot does not know is asked of the fallbacks, if there are any: the value sets of packages that
// validation was given. Threads: any. What is given outlives the service.
#pragma once

#include <memory>
#include <mutex>

#include "fhirpath/ports.hpp"
#include "search/matching.hpp"
#include "terminology/snapshot.hpp"

namespace meridian::terminology {

struct ServiceOptions {
  const fhirpath::Terminology* terminology = nullptr;
  const fhirpath::Subsumption* subsumption = nullptr;
  std::size_t max_codes = 500'000;  ///< of a set that a search is joined to
};

class Service final : public search::CodeSets, public fhirpath::Terminology, public fhirpath::Subsumption {
 public:
  explicit Service(ServiceOptions options = {}, SnapshotPtr first = std::make_shared<const Snapshot>());

  SnapshotPtr snapshot() const;
  void publish(SnapshotPtr next);

  /// Of `in`, a value set's URL; of the others `system|code`, or a code alone, which stands for itself in each system
  /// that has it.
  Result<std::vector<std::pair<std::string, std::string>>> codes(Relation relation,
                                                                 std::string_view text) const override;
  fhirpath::Answer member_of(const fhirpath::CodedValue& coded, std::string_view value_set) const override;
  fhirpath::Answer subsumes(const fhirpath::CodedValue& ancestor,
                            const fhirpath::CodedValue& descendant) const override;

 private:
  ServiceOptions options_;
  mutable std::mutex mutex_;
  SnapshotPtr snapshot_;
};

}  // namespace meridian::terminology
