#include "store/internal/purging.hpp"

#include <algorithm>
#include <map>

#include "base/clock.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

constexpr std::size_t kResourcesAtOnce = 1'000;

/// One commit that takes resources out.
class Purge {
 public:
  Purge(Core& core, const WriteContext& context, Snapshot snapshot)
      : core_(core), context_(context), snapshot_(std::move(snapshot)), state_(*snapshot_.horizon->state) {
    first_ = state_.next_row;
  }

  Result<> add(const ResourceKey& key, PurgeScope scope) {
    if (core_.sequencer.is_held(context_.tenant, key)) {
      return fail(ErrorCode::conflict, "a large commit is writing the resource");
    }
    std::vector<Located> versions;
    TRY(visit_versions(snapshot_, key.type, key.id, [&](const Located& located) {
      versions.push_back(located);
      return true;
    }));
    if (versions.empty()) return fail(ErrorCode::not_found, "no such resource");
    const bool is_all = scope == PurgeScope::everything;
    if (is_all) bury(key, versions.front());
    for (std::size_t i = is_all ? 0 : 1; i < versions.size(); ++i) TRY(take_out(key, versions[i]));
    TenantState::Count& count = state_.of(key.type);
    const std::uint64_t gone = versions.size() - (is_all ? 0 : 1);
    count.versions -= std::min(count.versions, gone);
    state_.versions -= std::min(state_.versions, gone);
    erasures_.push_back({is_all ? Erasure::Kind::resource : Erasure::Kind::versions, key.type, key.id, {}});
    return {};
  }
  void add_erasure(Erasure erasure) { erasures_.push_back(std::move(erasure)); }
  kv::Batch& batch() { return batch_; }
  std::uint64_t commit_number() const { return state_.commit + 1; }

  Result<> commit() {
    state_.commit += 1;
    state_.time = std::max(state_.time, core_.options.clock->now());
    state_.next_row = first_ + buried_.size();
    const TenantId tenant = context_.tenant;
    for (auto& [first, block] : blocks_) TRY(put(space::kBlocks, number_key(tenant, first), block.encode()));
    for (std::size_t begin = 0; begin < buried_.size(); begin += RowBlock::kMaxRows) {
      RowBlock block{state_.commit, state_.time, {}};
      const std::size_t end = std::min(begin + RowBlock::kMaxRows, buried_.size());
      block.rows.assign(buried_.begin() + static_cast<std::ptrdiff_t>(begin),
                        buried_.begin() + static_cast<std::ptrdiff_t>(end));
      TRY(put(space::kBlocks, number_key(tenant, first_ + begin), block.encode()));
    }
    CommitRecord record = commit_record(context_, state_, first_, buried_.size());
    record.kind = CommitRecord::Kind::events;
    TRY(put(space::kEvents, number_key(tenant, state_.commit), encode_erasures(erasures_)));
    TRY(put(space::kCommits, number_key(tenant, state_.commit), record.encode()));
    TRY(put(space::kState, tenant_key(tenant), state_.encode()));
    TRY(core_.kv->commit(batch_, kv::Durability::synced));
    for (std::size_t i = 0; i < buried_.size(); ++i) {
      core_.index->append(tenant.value(), first_ + i, {}, buried_[i].supersedes);
    }
    const CommitNumber commit(state_.commit);
    core_.sequencer.publish(tenant, std::move(state_), snapshot_.horizon->spans);
    core_.wakers.call(tenant, commit);
    return {};
  }

 private:
  /// A deletion's row, itself purged, in place of the current version.
  void bury(const ResourceKey& key, const Located& current) {
    if (current.pointer.change == Change::deleted) return;
    buried_.push_back(
        {Change::deleted, true, key.type, key.id, current.pointer.home, current.pointer.number + 1, current.row});
    TenantState::Count& count = state_.of(key.type);
    count.resources -= std::min<std::uint64_t>(count.resources, 1);
  }

  Result<> take_out(const ResourceKey& key, const Located& version) {
    const TenantId tenant = context_.tenant;
    const std::string value = value_key(tenant, version.pointer.home, key.type, key.id, version.row);
    const auto pieces = snapshot_.view->scan(space::kValues, kv::Range::prefix(value));
    for (; pieces->valid(); pieces->next()) TRY(erase(space::kValues, pieces->key()));
    TRY(pieces->status());
    TRY(erase(space::kNotes, value));
    TRY(erase(space::kPointers, pointer_key(tenant, key.type, key.id, version.row)));
    return mark(version.row);
  }

  /// Marks a row as purged in its block.
  Result<> mark(index::Row row) {
    auto found = blocks_.upper_bound(row);
    if (found != blocks_.begin()) {
      --found;
      if (row - found->first < found->second.rows.size()) {
        found->second.rows[row - found->first].is_purged = true;
        return {};
      }
    }
    const kv::Range range{tenant_key(context_.tenant), number_key(context_.tenant, row + 1)};
    const auto cursor = snapshot_.view->scan(space::kBlocks, range, kv::Direction::backward);
    TRY(cursor->status());
    if (!cursor->valid()) return fail(ErrorCode::io_failure, "a row's block is missing: run verify");
    TupleReader reader(cursor->key());
    reader.u32();
    const index::Row first = reader.u64();
    RowBlock block = TRY(RowBlock::parse(cursor->value()));
    if (row - first >= block.rows.size()) return fail(ErrorCode::io_failure, "a row's block is missing: run verify");
    block.rows[row - first].is_purged = true;
    blocks_.emplace(first, std::move(block));
    return {};
  }

  Result<> put(kv::SpaceId id, std::string_view key, std::string_view value) {
    TRY(make_room(key.size() + value.size()));
    batch_.put(id, key, value);
    return {};
  }
  Result<> erase(kv::SpaceId id, std::string_view key) {
    TRY(make_room(key.size()));
    batch_.erase(id, key);
    return {};
  }
  /// What was taken out stays out if the purge does not end: it is asked for again then.
  Result<> make_room(std::size_t bytes) {
    if (batch_.bytes() + bytes < kv::kMaxBatchBytes - kBatchMargin) return {};
    TRY(core_.kv->commit(batch_, kv::Durability::written));
    batch_.clear();
    return {};
  }

  Core& core_;
  const WriteContext& context_;
  Snapshot snapshot_;
  TenantState state_;
  index::Row first_ = 0;
  std::vector<RowEntry> buried_;
  std::map<index::Row, RowBlock> blocks_;  // that are changed
  std::vector<Erasure> erasures_;
  kv::Batch batch_;
};

/// Some of the resources that have versions in a home.
Result<std::vector<ResourceKey>> resources_in(const Snapshot& snapshot, std::string_view home, std::size_t limit) {
  std::vector<ResourceKey> keys;
  const auto cursor = snapshot.view->scan(space::kValues, kv::Range::prefix(home_key(snapshot.horizon->tenant, home)));
  for (; cursor->valid() && keys.size() < limit; cursor->next()) {
    const Result<ParsedKey> parsed = parse_value_key(cursor->key());
    if (!parsed || !snapshot.horizon->sees(parsed->row)) continue;
    ResourceKey key{std::string(parsed->type), std::string(parsed->id)};
    if (keys.empty() || keys.back() != key) keys.push_back(std::move(key));
  }
  TRY(cursor->status());
  return keys;
}

}  // namespace

Result<> purge_resource(Core& core, const WriteContext& context, const ResourceKey& key, PurgeScope scope) {
  Purge purge(core, context, TRY(core.snapshots.take(context.tenant, {})));
  TRY(purge.add(key, scope));
  return purge.commit();
}

Result<> erase_home(Core& core, const WriteContext& context, std::string_view home) {
  const TenantId tenant = context.tenant;
  {
    // The ledger first: whatever happens then is done again from it.
    Purge ledger(core, context, TRY(core.snapshots.take(tenant, {})));
    std::string number;
    put_varint(number, ledger.commit_number());
    ledger.batch().put(space::kErased, home_key(tenant, home), number);
    ledger.add_erasure({Erasure::Kind::home, {}, {}, std::string(home)});
    TRY(ledger.commit());
  }
  TRY(core.options.sealer->destroy(tenant, home));
  while (true) {
    const Snapshot snapshot = TRY(core.snapshots.take(tenant, {}));
    const std::vector<ResourceKey> keys = TRY(resources_in(snapshot, home, kResourcesAtOnce));
    if (keys.empty()) break;
    Purge purge(core, context, snapshot);
    std::size_t taken = 0;
    for (const ResourceKey& key : keys) {
      const Result<> added = purge.add(key, PurgeScope::everything);
      // Only marks of it are left here.
      if (!added && added.error().code() == ErrorCode::not_found) continue;
      TRY(Result<>(added));
      ++taken;
    }
    if (taken == 0) break;
    TRY(purge.commit());
  }
  TRY(core.kv->erase_range(space::kNotes, kv::Range::prefix(home_key(tenant, home))));
  return core.kv->erase_range(space::kValues, kv::Range::prefix(home_key(tenant, home)));
}

Result<> replay_ledger(const kv::Kv& kv, Sealer& sealer) {
  const auto view = kv.view();
  const auto cursor = view->scan(space::kErased, {});
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    const TenantId tenant(reader.u32());
    const std::string_view home = reader.text();
    if (reader.ok()) TRY(sealer.destroy(tenant, home));
  }
  return cursor->status();
}

}  // namespace meridian::store
