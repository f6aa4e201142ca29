// Deciding: what each write of a commit does, given what is current: the conditions, the next version's number, whether
// anything changes at all. https://hl7.org/fhir/R4/http.html#concurrency
//
// Currents is what is current for the commit at hand: a snapshot, and on top of it what commits before it in the same
// group have decided. One thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/internal/preparation.hpp"
#include "store/internal/reading.hpp"

namespace meridian::store {

struct Current {
  index::Row row = 0;
  Change change = Change::created;
  std::uint64_t number = 0;
  std::uint64_t hash = 0;
  std::string home;
  const PreparedWrite* pending = nullptr;  ///< of this group: what it will say; null: it is stored
};

class Currents {
 public:
  explicit Currents(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  const Snapshot& snapshot() const { return snapshot_; }
  Result<std::optional<Current>> find(const ResourceKey& key) const;
  void put(const ResourceKey& key, Current current);

 private:
  Snapshot snapshot_;
  std::unordered_map<std::string, Current> decided_;
};

/// A version to be written.
struct PlannedRow {
  const PreparedWrite* write = nullptr;
  RowEntry entry;
  std::string old_home;       ///< where the version before lies; empty when there is none
  bool was_alive = false;     ///< whether that one was no deletion
  std::uint64_t outcome = 0;  ///< index of its outcome
};

struct Decision {
  std::vector<PlannedRow> rows;
  std::vector<WriteOutcome> outcomes;
};

/// Decides in the order of the writes; changes nothing.
tl::expected<Decision, CommitFailure> decide(const Prepared& prepared, const Currents& currents,
                                             const ValueCodec& codec);

/// Puts what was decided on top; rows count from `first`.
void apply(const Decision& decision, index::Row first, Currents& currents);

}  // namespace meridian::store
