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
  ResourceKey key;
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
  const std::unordered_map<std::string, Current>& decided() const { return decided_; }
  Result<std::optional<Current>> find(const ResourceKey& key) const;
  void put(Current current);

 private:
  Snapshot snapshot_;
  std::unordered_map<std::string, Current> decided_;
};

/// "Type/id".
std::string text_of(const ResourceKey& key);

/// A version to be written.
struct PlannedRow {
  const PreparedWrite* write = nullptr;
  RowEntry entry;
  std::string old_home;    ///< where the version before lies; empty when there is none
  bool was_alive = false;  ///< whether that one was no deletion
};

/// A note to be written beside a version that stays.
struct PlannedNote {
  std::string key;
  const PreparedWrite* write = nullptr;
};

struct Decision {
  std::vector<PlannedRow> rows;
  std::vector<PlannedNote> notes;
  std::vector<WriteOutcome> outcomes;
};

class Decider {
 public:
  Decider(const ValueCodec& codec, const Searching& searching, const Preparation& preparation)
      : codec_(codec), searching_(searching), preparation_(preparation) {}

  /// Whether a commit's conditions can be answered on top of what the group has decided; else it waits for the next.
  static bool can_decide(const Prepared& prepared, const Currents& currents);
  /// Whether a commit's resources are known before it is decided: no write of it looks for its target.
  static bool knows_targets(const Prepared& prepared);
  /// In the order of the writes. A write whose search found a target gets its id.
  tl::expected<Decision, CommitFailure> decide(Prepared& prepared, const Currents& currents) const;
  /// Whether what was found outside the commit's own resources is still so: conflict when it is not.
  Result<> still_holds(const Prepared& prepared, const Currents& currents) const;
  /// The resources that satisfy a filter now.
  Result<std::vector<ResourceKey>> matches(const Currents& currents, const std::string& type,
                                           const search::Filter& filter) const;

 private:
  enum class Target : std::uint8_t { known, settled };
  Result<Target> find_target(TenantId tenant, PreparedWrite& write, const Currents& currents, Decision& decision) const;
  Result<> check_around(const Prepared& prepared, const PreparedWrite& write, const Currents& currents) const;
  Result<> decide_note(TenantId tenant, PreparedWrite& write, const Current& current, Decision& decision) const;
  Result<> decide_write(Prepared& prepared, PreparedWrite& write, const Currents& currents, Decision& decision) const;

  const ValueCodec& codec_;
  const Searching& searching_;
  const Preparation& preparation_;
};

/// Puts what was decided on top; rows count from `first`.
void apply(const Decision& decision, index::Row first, Currents& currents);

}  // namespace meridian::store
