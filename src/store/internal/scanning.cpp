#include "store/internal/scanning.hpp"

#include "store/internal/tuple.hpp"

namespace meridian::store {

Result<> scan_home(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view home, const VersionVisitor& visit) {
  const Horizon& horizon = *snapshot.horizon;
  const auto cursor = snapshot.view->scan(space::kValues, kv::Range::prefix(home_key(horizon.tenant, home)));
  std::string done;  // the resource whose newest version was met
  for (; cursor->valid(); cursor->next()) {
    TRY(keep_going(context.deadline, context.stop));
    const std::string_view key = cursor->key();
    // Pieces of large values have longer keys; they are read with their first.
    const Result<ParsedKey> parsed = parse_value_key(key);
    if (!parsed || !horizon.sees(parsed->row)) continue;
    const std::string_view resource = key.substr(0, key.size() - sizeof(index::Row));
    if (resource == done) continue;
    done = resource;
    if (is_marker(cursor->value())) continue;
    const std::optional<RowFacts> facts = TRY(find_row(snapshot, parsed->row));
    if (!facts) continue;
    const std::string value = TRY(complete_value(*snapshot.view, key, cursor->value()));
    const ValueText text = TRY(codec.decode(horizon.tenant, home, value));
    Version version;
    version.key = {std::string(parsed->type), std::string(parsed->id)};
    version.number = facts->entry.number;
    version.commit = CommitNumber(facts->commit);
    version.last_updated = facts->time;
    version.change = facts->entry.change;
    version.row = parsed->row;
    version.json = show(text.text, text.id_at, text.meta_at, version.key.id, version.number, version.last_updated);
    if (TRY(showing.show(version)) && !visit(std::move(version))) return {};
  }
  return cursor->status();
}

Result<> scan_type(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view type, std::optional<Instant> since,
                   const VersionVisitor& visit) {
  const Horizon& horizon = *snapshot.horizon;
  const auto cursor = snapshot.view->scan(space::kPointers, kv::Range::prefix(pointer_prefix(horizon.tenant, type)),
                                          kv::Direction::forward, kv::CacheUse::pass);
  std::string done;
  for (; cursor->valid(); cursor->next()) {
    TRY(keep_going(context.deadline, context.stop));
    const ParsedKey parsed = TRY(parse_pointer_key(cursor->key()));
    if (parsed.id == done || !horizon.sees(parsed.row)) continue;
    done = parsed.id;
    Located located{parsed.row, TRY(Pointer::parse(cursor->value()))};
    if (located.pointer.change == Change::deleted) continue;
    resolve(horizon, located);
    if (since && located.pointer.time < *since) continue;
    Version version = TRY(load_version(snapshot, codec, {std::string(type), done}, located));
    if (TRY(showing.show(version)) && !visit(std::move(version))) return {};
  }
  return cursor->status();
}

}  // namespace meridian::store
