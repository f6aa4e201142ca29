#include "store/store.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/random.hpp"
#include "kv/rocks.hpp"
#include "store/internal/backing_up.hpp"
#include "store/internal/everything.hpp"
#include "store/internal/history.hpp"
#include "store/internal/purging.hpp"
#include "store/internal/reindexing.hpp"
#include "store/internal/scanning.hpp"
#include "store/internal/store_state.hpp"
#include "store/internal/verifying.hpp"

namespace meridian::store {

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

std::span<const kv::SpaceDefinition> Store::spaces() {
  return kSpaces;
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, std::unique_ptr<kv::Kv> kv) {
  auto state = std::make_unique<State>();
  SequencerRules rules;
  rules.max_waiting_bytes = options.memory_bytes / 8;
  state->core = TRY(Core::open(std::move(options), std::move(kv), rules));
  state->start();
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
  FileSystem& files = options.files != nullptr ? *options.files : system_files();
  if (options.create_if_missing) {
    TRY(make_folder(files, options.folder));
  } else if (!TRY(files.exists(options.folder))) {
    return fail(ErrorCode::not_found, "there is no store in this folder");
  }
  std::unique_ptr<FileLock> lock = TRY(files.lock(options.folder + "/lock"));
  kv::RocksOptions rocks;
  rocks.folder = options.folder + "/kv";
  rocks.files = options.files;
  rocks.memory = options.memory;
  rocks.memory_bytes = options.memory_bytes / 2;
  rocks.create_if_missing = options.create_if_missing;
  auto kv = TRY(kv::open_rocks(kSpaces, std::move(rocks)));
  std::unique_ptr<Store> store = TRY(open(std::move(options), std::move(kv)));
  store->state_->lock = std::move(lock);
  return store;
}

void Store::commit(const WriteContext& context, CommitRequest request, CommitDone done) {
  state_->core->commit(context, std::move(request), std::move(done));
}

tl::expected<CommitOutcome, CommitFailure> Store::commit(const WriteContext& context, CommitRequest request) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Delivery::Outcome> outcome;
  } waiting;
  commit(context, std::move(request), [&waiting](Delivery::Outcome outcome) {
    const std::lock_guard lock(waiting.mutex);
    waiting.outcome = std::move(outcome);
    waiting.changed.notify_one();
  });
  std::unique_lock lock(waiting.mutex);
  waiting.changed.wait(lock, [&waiting] { return waiting.outcome.has_value(); });
  return std::move(*waiting.outcome);
}

namespace {

Result<Located> current_of(const Snapshot& snapshot, const ResourceKey& key) {
  std::optional<Located> located = TRY(find_current(snapshot, key.type, key.id));
  if (!located) return fail(ErrorCode::not_found, "no such resource");
  return *std::move(located);
}

Result<Located> version_of(const Snapshot& snapshot, const ResourceKey& key, std::uint64_t number) {
  std::optional<Located> located = TRY(find_version(snapshot, key.type, key.id, number));
  if (!located) return fail(ErrorCode::not_found, "no such version");
  return *std::move(located);
}

Result<Version> shown(const Showing& showing, Result<Version> version) {
  Version found = TRY(std::move(version));
  if (!TRY(showing.show(found))) return fail(ErrorCode::not_found, "no such resource");
  return found;
}

}  // namespace

Result<Version> Store::read(const ReadContext& context, const ResourceKey& key) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const Located located = TRY(current_of(snapshot, key));
  const Showing showing = core.showing(context);
  Version version = TRY(shown(showing, load_version(snapshot, core.codec, key, located)));
  if (version.change == Change::deleted) return fail(ErrorCode::gone, "the resource was deleted");
  return version;
}

Result<Version> Store::read_version(const ReadContext& context, const ResourceKey& key, std::uint64_t number) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const Located located = TRY(version_of(snapshot, key, number));
  const Showing showing = core.showing(context);
  Version version = TRY(shown(showing, load_version(snapshot, core.codec, key, located)));
  if (version.change == Change::deleted) return fail(ErrorCode::gone, "this version is a deletion");
  return version;
}

namespace {

Result<Noted> with_note(const Core& core, const ReadContext& context, const Snapshot& snapshot, const ResourceKey& key,
                        const Located& located) {
  const Showing showing = core.showing(context);
  // A note may tell of any part of it.
  const Permission* permission = TRY(showing.permission(fhir::Schema::r4().find_type(key.type)));
  if (permission != nullptr && !permission->masked.empty()) return fail(ErrorCode::not_found, "no such resource");
  Noted noted;
  noted.version = TRY(shown(showing, load_version(snapshot, core.codec, key, located)));
  noted.note = TRY(load_note(snapshot, core.codec, key, located));
  return noted;
}

}  // namespace

Result<Noted> Store::read_noted(const ReadContext& context, const ResourceKey& key) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const Located located = TRY(current_of(snapshot, key));
  return with_note(core, context, snapshot, key, located);
}

Result<Noted> Store::read_noted(const ReadContext& context, const ResourceKey& key, std::uint64_t number) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const Located located = TRY(version_of(snapshot, key, number));
  return with_note(core, context, snapshot, key, located);
}

Result<VersionPage> Store::history(const ReadContext& context, const HistoryRequest& request) const {
  const Core& core = *state_->core;
  const Showing showing = core.showing(context);
  return read_history(core.snapshots, core.codec, showing, context, request);
}

Result<ResultPage> Store::search(const ReadContext& context, const search::Query& query) const {
  const Core& core = *state_->core;
  return core.searching.search(core.snapshots, core.showing(context), context, query);
}

Result<> Store::scan(const ReadContext& context, std::string_view type, std::optional<Instant> since,
                     const Callback<bool(Version&&)>& visit) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  return scan_type(snapshot, core.codec, core.showing(context), context, type, since, visit);
}

std::shared_ptr<const search::Parameters> Store::parameters(TenantId tenant) const {
  return state_->core->parameters.of(tenant);
}

Result<FeedPage> Store::feed(const ReadContext& context, CommitNumber after, std::size_t limit) const {
  return read_feed(state_->core->snapshots, context, after, limit);
}

std::shared_ptr<void> Store::on_commit(Callback<void(TenantId, CommitNumber)> wake) {
  return state_->core->wakers.add(std::move(wake));
}

CommitNumber Store::last_commit(TenantId tenant) const {
  return CommitNumber(state_->core->snapshots.present(tenant)->commit);
}

namespace {

/// Runs work in the sequencer's thread, alone, and waits for it.
Result<> run_alone(Core& core, Callback<Result<>()> work) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result<>> done;
  } waiting;
  core.sequencer.submit_alone([&] {
    Result<> done = work();
    const std::lock_guard lock(waiting.mutex);
    waiting.done = std::move(done);
    waiting.changed.notify_one();
  });
  std::unique_lock lock(waiting.mutex);
  waiting.changed.wait(lock, [&waiting] { return waiting.done.has_value(); });
  return std::move(*waiting.done);
}

}  // namespace

Result<> Store::purge(const WriteContext& context, const ResourceKey& key, bool all) {
  Core& core = *state_->core;
  return run_alone(core, [&]() -> Result<> {
    return purge_resource(core, context, key, all ? PurgeScope::everything : PurgeScope::old_versions);
  });
}

Result<> Store::erase(const WriteContext& context, std::string_view home) {
  Core& core = *state_->core;
  return run_alone(core, [&]() -> Result<> { return erase_home(core, context, home); });
}

Result<std::string> Store::secret(TenantId tenant) {
  Core& core = *state_->core;
  std::string secret;
  TRY(run_alone(core, [&]() -> Result<> {
    const std::string key = "secret" + tenant_key(tenant);
    if (auto known = TRY(core.kv->view()->get(space::kMeta, key))) {
      secret = *std::move(known);
      return {};
    }
    std::array<std::byte, 32> bytes{};
    core.options.random->fill(bytes);
    secret.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    kv::Batch batch;
    batch.put(space::kMeta, key, secret);
    return core.kv->commit(batch, kv::Durability::synced);
  }));
  return secret;
}

Result<std::vector<std::string>> Store::verify(const Callback<void(std::string_view progress)>& progress,
                                               std::optional<TenantId> only) const {
  return verify_store(*state_->core, only, progress);
}

Result<BackupMade> Store::backup(const BackupRequest& request) {
  Core& core = *state_->core;
  if (core.options.folder.empty()) return fail(ErrorCode::unsupported, "a store without a folder has no back-ups");
  const BackupSource source{
      .files = core.options.files != nullptr ? *core.options.files : system_files(),
      .clock = core.options.clock != nullptr ? *core.options.clock : system_clock(),
      .folder = core.options.folder,
      .checkpoint = [&](const std::string& folder) -> Result<CommitNumber> {
        // The first brings what is in memory to files, beside the commits; so the second, between two commits, is
        // short.
        const auto make = [&](const std::string& suffix) -> Result<> {
          TRY(core.kv->checkpoint(folder + "/kv" + suffix));
          for (std::size_t i = 0; i < request.parts.size(); ++i) {
            TRY(request.parts[i].checkpoint(fmt::format("{}/part-{}{}", folder, i, suffix)));
          }
          return {};
        };
        TRY(make("-before"));
        CommitNumber commit;
        TRY(run_alone(core, [&]() -> Result<> {
          commit = last_commit(kDefaultTenant);
          return make({});
        }));
        return commit;
      },
  };
  return back_up(source, request);
}

Result<> Store::reindex(TenantId tenant, const Callback<void(std::string_view progress)>& progress) {
  Core& core = *state_->core;
  return run_alone(core, [&]() -> Result<> { return reindex_tenant(core, tenant, progress); });
}

Result<> Store::everything(const ReadContext& context, std::string_view patient,
                           const Callback<bool(Version&&)>& visit) const {
  const Core& core = *state_->core;
  return visit_everything(core, context, patient, visit);
}

Result<StoreStatistics> Store::statistics(const ReadContext& context) const {
  const Core& core = *state_->core;
  const auto horizon = core.snapshots.present(context.tenant);
  StoreStatistics statistics;
  statistics.last_commit = CommitNumber(horizon->commit);
  statistics.versions = horizon->state->versions;
  for (const TenantState::Count& count : horizon->state->counts) {
    if (count.resources == 0) continue;
    statistics.resources += count.resources;
    statistics.by_type.emplace_back(count.type, count.resources);
  }
  const kv::Range of_tenant = kv::Range::prefix(tenant_key(context.tenant));
  for (std::size_t i = 0; i < kSpaces.size(); ++i) {
    statistics.disk_bytes += core.kv->disk_bytes(kv::SpaceId(static_cast<std::uint8_t>(i)), of_tenant);
  }
  return statistics;
}

}  // namespace meridian::store
