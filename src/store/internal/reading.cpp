#include "store/internal/reading.hpp"

#include "store/internal/tuple.hpp"

namespace meridian::store {

void resolve(const Horizon& horizon, index::Row row, std::uint64_t& commit, Instant& time) {
  if (commit != 0) return;
  if (const Span* const span = horizon.span_of(row)) {
    commit = span->commit;
    time = span->time;
  }
}

void resolve(const Horizon& horizon, Located& located) {
  resolve(horizon, located.row, located.pointer.commit, located.pointer.time);
}

Result<> visit_versions(const Snapshot& snapshot, std::string_view type, std::string_view id,
                        const Callback<bool(const Located&)>& visit) {
  const std::string prefix = pointer_prefix(snapshot.horizon->tenant, type, id);
  const auto cursor = snapshot.view->scan(space::kPointers, kv::Range::prefix(prefix));
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key().substr(prefix.size()));
    Located located;
    located.row = reader.descending();
    if (!snapshot.horizon->sees(located.row)) continue;
    located.pointer = TRY(Pointer::parse(cursor->value()));
    resolve(*snapshot.horizon, located);
    if (!visit(located)) return {};
  }
  return cursor->status();
}

Result<std::optional<Located>> find_current(const Snapshot& snapshot, std::string_view type, std::string_view id) {
  std::optional<Located> found;
  TRY(visit_versions(snapshot, type, id, [&](const Located& located) {
    found = located;
    return false;
  }));
  return found;
}

Result<std::optional<Located>> find_version(const Snapshot& snapshot, std::string_view type, std::string_view id,
                                            std::uint64_t number) {
  std::optional<Located> found;
  TRY(visit_versions(snapshot, type, id, [&](const Located& located) {
    if (located.pointer.number == number) found = located;
    return located.pointer.number > number;
  }));
  return found;
}

Result<Version> load_version(const Snapshot& snapshot, const ValueCodec& codec, const ResourceKey& key,
                             const Located& located) {
  Version version;
  version.key = key;
  version.number = located.pointer.number;
  version.commit = CommitNumber(located.pointer.commit);
  version.last_updated = located.pointer.time;
  version.change = located.pointer.change;
  version.row = located.row;
  if (version.change == Change::deleted) return version;
  const TenantId tenant = snapshot.horizon->tenant;
  auto stored = get_value(*snapshot.view, value_key(tenant, located.pointer.home, key.type, key.id, located.row));
  if (!stored) {
    if (stored.error().code() != ErrorCode::not_found) return fail(std::move(stored).error());
    return fail(ErrorCode::io_failure, "a stored value is missing: run verify");
  }
  const ValueText text = TRY(codec.decode(tenant, located.pointer.home, *stored));
  version.json = show(text.text, text.id_at, text.meta_at, key.id, version.number, version.last_updated);
  return version;
}

Result<std::string> load_note(const Snapshot& snapshot, const ValueCodec& codec, const ResourceKey& key,
                              const Located& located) {
  const TenantId tenant = snapshot.horizon->tenant;
  const std::string& home = located.pointer.home;
  kv::Range range = kv::Range::prefix(value_prefix(tenant, home, key.type, key.id));
  range.begin = value_key(tenant, home, key.type, key.id, located.row);
  const auto cursor = snapshot.view->scan(space::kNotes, range);
  for (; cursor->valid(); cursor->next()) {
    const ParsedKey parsed = TRY(parse_value_key(cursor->key()));
    if (snapshot.horizon->sees(parsed.row)) return codec.unseal(tenant, home, cursor->value());
  }
  TRY(cursor->status());
  return std::string();
}

Result<std::optional<FoundBlock>> find_block(const Snapshot& snapshot, index::Row row) {
  const TenantId tenant = snapshot.horizon->tenant;
  const kv::Range range{tenant_key(tenant), number_key(tenant, row + 1)};
  const auto cursor = snapshot.view->scan(space::kBlocks, range, kv::Direction::backward);
  if (!cursor->valid()) {
    TRY(cursor->status());
    return std::nullopt;
  }
  TupleReader reader(cursor->key());
  reader.u32();
  const index::Row first = reader.u64();
  RowBlock block = TRY(RowBlock::parse(cursor->value()));
  if (!reader.at_end() || row < first || row - first >= block.rows.size()) return std::nullopt;
  return FoundBlock{first, std::move(block)};
}

Result<std::optional<RowFacts>> find_row(const Snapshot& snapshot, index::Row row) {
  const Horizon& horizon = *snapshot.horizon;
  if (!horizon.sees(row)) return std::nullopt;
  std::optional<FoundBlock> found = TRY(find_block(snapshot, row));
  if (!found) return std::nullopt;
  RowBlock& block = found->block;
  RowFacts facts{std::move(block.rows[row - found->first]), block.commit, block.time};
  resolve(horizon, row, facts.commit, facts.time);
  return facts;
}

Result<> visit_rows(const kv::View& view, TenantId tenant, index::Row first, index::Row end,
                    const Callback<bool(index::Row, const RowBlock&, const RowEntry&)>& visit) {
  if (first >= end) return {};
  // The block of the first row may begin before it.
  index::Row begin = first;
  {
    const kv::Range before{tenant_key(tenant), number_key(tenant, first + 1)};
    const auto cursor = view.scan(space::kBlocks, before, kv::Direction::backward);
    TRY(cursor->status());
    if (cursor->valid()) {
      TupleReader reader(cursor->key());
      reader.u32();
      begin = reader.u64();
    }
  }
  const auto cursor = view.scan(space::kBlocks, {number_key(tenant, begin), number_key(tenant, end)});
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    reader.u32();
    index::Row row = reader.u64();
    const RowBlock block = TRY(RowBlock::parse(cursor->value()));
    for (const RowEntry& entry : block.rows) {
      if (row >= end) break;
      if (row >= first && !visit(row, block, entry)) return {};
      ++row;
    }
  }
  return cursor->status();
}

}  // namespace meridian::store
