// Store: versioned FHIR resources: commits, reads at any snapshot, history, search, the feed of changes. One folder on
// disk, one process.
//
//   auto store = TRY(Store::open({.folder = data}));
//   store->commit(local_writer(), std::move(request), [](Result<CommitOutcome, CommitFailure> done) { … });
//
// Commits are prepared by the calling thread (checks, extraction, compression) and put in order by one sequencer
// thread, which makes many of them safe with one sync; `done` is called when the commit is safe and visible. Reads
// never wait for writes. Errors: not_found, gone (deleted), precondition_failed, conflict, unprocessable (a WriteCheck
// refused), busy (no space, too much work waiting), too_large, io_failure. Any thread may call anything. Layout on
// disk: internal/layout.hpp; the idea: docs/adr/0070-rows-and-chunks.md. Specification:
// https://hl7.org/fhir/R4/http.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "store/commit.hpp"
#include "store/context.hpp"
#include "store/ports.hpp"
#include "store/version.hpp"

namespace meridian {
class Clock;
class FileSystem;
class MemoryBudget;
class Random;
}  // namespace meridian

namespace meridian::kv {
class Kv;
struct SpaceDefinition;
}  // namespace meridian::kv

namespace meridian::search {
class CodeSets;
class Parameters;
struct Query;
}  // namespace meridian::search

namespace meridian::store {

struct BackupMade;
struct BackupRequest;

/// No two current resources of the type have the same identifier of that system: a second one is a conflict.
struct UniqueIdentifier {
  std::string type;
  std::string system;
};

struct StoreOptions {
  std::string folder = {};
  FileSystem* files = nullptr;     ///< null: the machine's
  const Clock* clock = nullptr;    ///< null: the machine's
  Random* random = nullptr;        ///< null: the machine's
  MemoryBudget* memory = nullptr;  ///< null: one of its own
  std::uint64_t memory_bytes = 1ULL << 30;
  const ReadPolicy* policy = nullptr;  ///< null: everything may be read (the local administrator)
  const WriteCheck* check = nullptr;   ///< null: only that it is a resource of a known type
  Sealer* sealer = nullptr;            ///< null: not sealed
  const search::CodeSets* code_sets = nullptr;
  bool check_references = false;  ///< whether a reference within the server must lead to a resource that is there
  std::vector<UniqueIdentifier> unique_identifiers = {};
  bool create_if_missing = true;
};

using CommitDone = Callback<void(tl::expected<CommitOutcome, CommitFailure>)>;

/// What is asked of history, at one of its three levels.
struct HistoryRequest {
  std::optional<std::string> type = {};
  std::optional<std::string> id = {};
  std::optional<Instant> since = {};
  std::uint32_t count = 50;
  std::string cursor = {};
};

struct Noted {
  Version version;
  std::string note;
};

struct VersionPage {
  std::vector<Version> versions;       ///< newest first
  std::optional<std::uint64_t> total;  ///< nothing when a ReadPolicy would make counting costly
  std::string next;                    ///< cursor; empty on the last page
};

struct Found {
  Version version;
  bool is_included = false;  ///< by _include or _revinclude
};
struct ResultPage {
  std::vector<Found> entries;
  std::optional<std::uint64_t> total;
  CommitNumber snapshot;
  std::string next;
  std::string explanation;
};

/// One change, in the order of commits; within a commit in the order of its writes.
struct FeedEntry {
  CommitNumber commit;
  ResourceKey key;
  Change change = Change::created;
  std::uint64_t version = 0;
  index::Row row = 0;
  Instant time;
  bool is_erased =
      false;  ///< the version, or all of its home, was purged or erased since: views drop what they made of it
};

struct FeedPage {
  std::vector<FeedEntry> entries;
  CommitNumber through;  ///< resume after this one
  bool is_current;       ///< nothing newer was there
};

struct StoreStatistics {
  CommitNumber last_commit;
  std::uint64_t resources = 0;  ///< current ones
  std::uint64_t versions = 0;
  std::uint64_t disk_bytes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> by_type;
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(StoreOptions options);
  /// The same on a Kv that was opened with spaces(): another engine, or a model in tests. The folder is not looked at.
  static Result<std::unique_ptr<Store>> open(StoreOptions options, std::unique_ptr<kv::Kv> kv);
  static std::span<const kv::SpaceDefinition> spaces();
  ~Store();

  void commit(const WriteContext& context, CommitRequest request, CommitDone done);
  /// The same, waiting; not for threads that must not wait.
  tl::expected<CommitOutcome, CommitFailure> commit(const WriteContext& context, CommitRequest request);

  Result<Version> read(const ReadContext& context, const ResourceKey& key) const;
  Result<Version> read_version(const ReadContext& context, const ResourceKey& key, std::uint64_t number) const;
  /// The current version and its note (Write::note), or the newest note before it: for who writes it again. Deleted is
  /// a version too. Errors: not_found, also when not all of it may be seen.
  Result<Noted> read_noted(const ReadContext& context, const ResourceKey& key) const;
  /// The same of an earlier version.
  Result<Noted> read_noted(const ReadContext& context, const ResourceKey& key, std::uint64_t number) const;
  Result<VersionPage> history(const ReadContext& context, const HistoryRequest& request) const;
  Result<ResultPage> search(const ReadContext& context, const search::Query& query) const;
  /// Every current resource of a patient's home and compartment, and what they refer to outside, one sequential scan;
  /// until `visit` says false.
  Result<> everything(const ReadContext& context, std::string_view patient,
                      const Callback<bool(Version&&)>& visit) const;
  /// Every current resource of a type, in an order of the store's own: for exports. Until `visit` says false.
  Result<> scan(const ReadContext& context, std::string_view type, std::optional<Instant> since,
                const Callback<bool(Version&&)>& visit) const;

  /// Changes after a commit: whole commits, until there are so many entries. Entries are not filtered by elements;
  /// whoever shows them reads the versions with its own context.
  Result<FeedPage> feed(const ReadContext& context, CommitNumber after, std::size_t limit) const;
  /// Calls back, from the sequencer, after each commit has become visible: a hint to read the feed. Until the handle
  /// goes.
  std::shared_ptr<void> on_commit(Callback<void(TenantId, CommitNumber)> wake);
  CommitNumber last_commit(TenantId tenant) const;
  /// 32 bytes that only this tenant's data know, made when they are first asked for: what ids of things from elsewhere
  /// are derived with.
  Result<std::string> secret(TenantId tenant);

  /// The parameters in force for a tenant: those of R4 and its active SearchParameter resources.
  std::shared_ptr<const search::Parameters> parameters(TenantId tenant) const;

  /// Removes all versions of one resource but the current one, or (`all`) every trace of it.
  Result<> purge(const WriteContext& context, const ResourceKey& key, bool all);
  /// Destroys a home's key and writes it into the erasure ledger.
  Result<> erase(const WriteContext& context, std::string_view home);

  Result<StoreStatistics> statistics(const ReadContext& context) const;
  /// Compares everything with everything: checksums, versions, pointers, index, feed; of one tenant, or all. Each fault
  /// is one line.
  Result<std::vector<std::string>> verify(const Callback<void(std::string_view progress)>& progress,
                                          std::optional<TenantId> only = {}) const;
  /// A restore point in a back-up (backup.hpp), while commits go on. For a store that was opened by its folder.
  Result<BackupMade> backup(const BackupRequest& request);
  Result<> reindex(TenantId tenant, const Callback<void(std::string_view progress)>& progress);

  /// Bulk loading: many resources, in pieces that become visible one by one, each with one sync. See bulk.hpp.
  friend class BulkLoader;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::store
