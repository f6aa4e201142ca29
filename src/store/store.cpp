#include "store/store.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/file_system.hpp"
#include "kv/rocks.hpp"
#include "store/internal/core.hpp"
#include "store/internal/history.hpp"

namespace meridian::store {

struct Store::State {
  // The lock goes last.
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<Core> core;
  std::thread sequencing;
  std::thread delivering;

  void start() {
    sequencing = std::thread([this] { core->sequencer.run(); });
    delivering = std::thread([this] { core->delivery.run(); });
  }
  ~State() {
    if (core == nullptr) return;
    core->sequencer.stop();
    if (sequencing.joinable()) sequencing.join();
    core->delivery.stop();
    if (delivering.joinable()) delivering.join();
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

std::span<const kv::SpaceDefinition> Store::spaces() {
  return kSpaces;
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, std::unique_ptr<kv::Kv> kv) {
  auto state = std::make_unique<State>();
  state->core = TRY(Core::open(std::move(options), std::move(kv)));
  state->start();
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
  FileSystem& files = options.files != nullptr ? *options.files : system_files();
  if (!TRY(files.exists(options.folder))) {
    if (!options.create_if_missing) return fail(ErrorCode::not_found, "there is no store in this folder");
    TRY(files.create_directory(options.folder));
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
  auto prepared = state_->core->preparation.prepare(context, std::move(request));
  if (!prepared) {
    state_->core->delivery.add(std::move(done), tl::unexpected(std::move(prepared).error()));
    return;
  }
  (*prepared)->done = std::move(done);
  state_->core->sequencer.submit(std::move(*prepared));
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

Result<Version> shown(const Showing& showing, Result<Version> version) {
  Version found = TRY(std::move(version));
  if (!TRY(showing.show(found))) return fail(ErrorCode::not_found, "no such resource");
  return found;
}

}  // namespace

Result<Version> Store::read(const ReadContext& context, const ResourceKey& key) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const std::optional<Located> located = TRY(find_current(snapshot, key.type, key.id));
  if (!located) return fail(ErrorCode::not_found, "no such resource");
  const Showing showing(core.options.policy, context);
  Version version = TRY(shown(showing, load_version(snapshot, core.codec, key, *located)));
  if (version.change == Change::deleted) return fail(ErrorCode::gone, "the resource was deleted");
  return version;
}

Result<Version> Store::read_version(const ReadContext& context, const ResourceKey& key, std::uint64_t number) const {
  const Core& core = *state_->core;
  const Snapshot snapshot = TRY(core.snapshots.take(context.tenant, context.at));
  const std::optional<Located> located = TRY(find_version(snapshot, key.type, key.id, number));
  if (!located) return fail(ErrorCode::not_found, "no such version");
  const Showing showing(core.options.policy, context);
  Version version = TRY(shown(showing, load_version(snapshot, core.codec, key, *located)));
  if (version.change == Change::deleted) return fail(ErrorCode::gone, "this version is a deletion");
  return version;
}

Result<VersionPage> Store::history(const ReadContext& context, const HistoryRequest& request) const {
  const Core& core = *state_->core;
  const Showing showing(core.options.policy, context);
  return read_history(core.snapshots, core.codec, showing, context, request);
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
  for (std::size_t i = 0; i < kSpaces.size(); ++i) {
    statistics.disk_bytes += core.kv->disk_bytes(kv::SpaceId(static_cast<std::uint8_t>(i)), {});
  }
  return statistics;
}

}  // namespace meridian::store
