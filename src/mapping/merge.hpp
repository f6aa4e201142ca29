// Merging: a Write laid over the present version of its resource.
//
// The *origins* are the memory of this: for each slot of the resource, which message (Stamp) and which place in it
// gave what is there now, and the observations of timelines. They are kept beside the version (a few dozen bytes a
// slot) and are the element-level provenance of it. A slot of the write takes the place of the same slot when its
// stamp is not below the one recorded; so the result is the same in whatever order messages arrive and however often.
// What has no recorded stamp (it came by REST) is older than any message.
//
// The result has its elements in the order of the schema. `changed` is false when it says what the present version
// said already: then there is nothing to commit, though the origins may be newer.
//
// Origins, as bytes: version 1, then
//   origins  := 0x01 count stamp* count slot*         stamp := time(zigzag) text
//   slot     := kind text(key) stamp-index flags(deleted 1, rank << 1) origin items [text: of a timeline]
//   text := length bytes; numbers are varints
// Errors: malformed_input when the present version or the origins cannot be read.
// Threads: a Merger has scratch memory and belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping {

class MergeRules;

struct Merged {
  std::string json;     ///< the whole resource, with resourceType and id
  std::string origins;  ///< to be kept beside it
  bool changed = true;
};

/// One line of provenance: this part of the resource came from there.
struct OriginEntry {
  std::string key;  ///< of the slot
  Stamp stamp;
  Rank rank = Rank::copy;
  Origin origin;
  bool is_deleted = false;
};
Result<std::vector<OriginEntry>> read_origins(std::string_view origins);

/// Where one part of a present version came from.
struct ElementOrigin {
  std::string path;  ///< FHIRPath: "Patient.name[0]", "Encounter.period.start"
  Stamp stamp;
  Rank rank = Rank::copy;
  Origin origin;
};

class Merger {
 public:
  explicit Merger(std::shared_ptr<const MergeRules> rules, const fhir::Schema& schema = fhir::Schema::r4());
  ~Merger();
  Merger(Merger&&) noexcept;
  Merger& operator=(Merger&&) noexcept;

  /// `present` empty: the resource does not exist. `origins` empty: nothing is known of where it came from.
  Result<Merged> merge(std::string_view present, std::string_view origins, const Write& write);
  /// Of each part of the present version that a message gave, in the order of the version; what others wrote has none.
  Result<std::vector<ElementOrigin>> explain(fhir::TypeId type, std::string_view present, std::string_view origins);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::mapping
