#include "store/internal/scanning.hpp"

#include <map>

#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

/// From so many resources of a type for each patient on, a walk over the homes costs less than a point read for each.
constexpr std::uint64_t kManyInAHome = 2;

/// What rows are, for a walk whose rows lie near each other: keeps the blocks that it has read.
class RowReader {
 public:
  explicit RowReader(const Snapshot& snapshot) : snapshot_(snapshot) {}

  Result<std::optional<RowFacts>> find(index::Row row) {
    auto after = blocks_.upper_bound(row);
    if (after == blocks_.begin() || row - std::prev(after)->first >= std::prev(after)->second.rows.size()) {
      std::optional<FoundBlock> found = TRY(find_block(snapshot_, row));
      if (!found) return std::nullopt;
      if (blocks_.size() == kMaxBlocks) blocks_.clear();
      after = std::next(blocks_.insert_or_assign(found->first, std::move(found->block)).first);
    }
    const auto& [first, block] = *std::prev(after);
    RowFacts facts{block.rows[row - first], block.commit, block.time};
    resolve(*snapshot_.horizon, row, facts.commit, facts.time);
    return facts;
  }

 private:
  static constexpr std::size_t kMaxBlocks = 256;  // of RowBlock::kMaxRows rows; some megabytes
  const Snapshot& snapshot_;
  std::map<index::Row, RowBlock> blocks_;
};

/// Shows the newest version of each resource that a walk over values meets.
class ValueWalk {
 public:
  ValueWalk(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing)
      : snapshot_(snapshot), codec_(codec), showing_(showing), rows_(snapshot) {}

  /// What lies under one key; false when the visitor has had enough.
  Result<bool> visit(std::string_view key, std::string_view stored, const ParsedKey& parsed,
                     std::optional<Instant> since, const VersionVisitor& visit) {
    if (!snapshot_.horizon->sees(parsed.row)) return true;
    const std::string_view resource = key.substr(0, key.size() - sizeof(index::Row));
    if (resource == done_) return true;
    done_ = resource;
    if (is_marker(stored)) return true;
    const std::optional<RowFacts> facts = TRY(rows_.find(parsed.row));
    if (!facts || (since && facts->time < *since)) return true;
    const std::string value = TRY(complete_value(*snapshot_.view, key, stored));
    const ValueText text = TRY(codec_.decode(snapshot_.horizon->tenant, parsed.home, value));
    Version version;
    version.key = {std::string(parsed.type), std::string(parsed.id)};
    version.number = facts->entry.number;
    version.commit = CommitNumber(facts->commit);
    version.last_updated = facts->time;
    version.change = facts->entry.change;
    version.row = parsed.row;
    version.json = show(text.text, text.id_at, text.meta_at, version.key.id, version.number, version.last_updated);
    return !TRY(showing_.show(version)) || visit(std::move(version));
  }

 private:
  const Snapshot& snapshot_;
  const ValueCodec& codec_;
  const Showing& showing_;
  RowReader rows_;
  std::string done_;  // the resource whose newest version was met
};

/// Home by home: past what comes before the type in it, through the type, to the next home.
Result<> scan_homes(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                    const ReadContext& context, std::string_view type, std::optional<Instant> since,
                    const VersionVisitor& visit) {
  const TenantId tenant = snapshot.horizon->tenant;
  const auto cursor = snapshot.view->scan(space::kValues, kv::Range::prefix(tenant_key(tenant)), kv::Direction::forward,
                                          kv::CacheUse::pass);
  ValueWalk walk(snapshot, codec, showing);
  while (cursor->valid()) {
    TRY(keep_going(context.deadline, context.stop));
    const std::string_view key = cursor->key();
    const Result<ParsedKey> parsed = parse_value_key(key);
    if (!parsed) {  // a piece of a large value, which is read with its first
      cursor->next();
    } else if (parsed->type < type) {
      cursor->seek(value_prefix(tenant, parsed->home, type));
    } else if (parsed->type > type) {
      cursor->seek(after_home(tenant, parsed->home));
    } else {
      if (!TRY(walk.visit(key, cursor->value(), *parsed, since, visit))) return {};
      cursor->next();
    }
  }
  return cursor->status();
}

bool is_dense(const Snapshot& snapshot, std::string_view type) {
  if (snapshot.horizon->state == nullptr) return false;
  std::uint64_t patients = 0;
  std::uint64_t resources = 0;
  for (const TenantState::Count& count : snapshot.horizon->state->counts) {
    if (count.type == "Patient") patients = count.resources;
    if (count.type == type) resources = count.resources;
  }
  return resources > kManyInAHome * (patients + 1);
}

}  // namespace

Result<> scan_home(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view home, const VersionVisitor& visit) {
  const auto cursor = snapshot.view->scan(space::kValues, kv::Range::prefix(home_key(snapshot.horizon->tenant, home)));
  ValueWalk walk(snapshot, codec, showing);
  for (; cursor->valid(); cursor->next()) {
    TRY(keep_going(context.deadline, context.stop));
    // Pieces of large values have longer keys; they are read with their first.
    const Result<ParsedKey> parsed = parse_value_key(cursor->key());
    if (parsed && !TRY(walk.visit(cursor->key(), cursor->value(), *parsed, {}, visit))) return {};
  }
  return cursor->status();
}

Result<> scan_type(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view type, std::optional<Instant> since,
                   const VersionVisitor& visit) {
  if (is_dense(snapshot, type)) return scan_homes(snapshot, codec, showing, context, type, since, visit);
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
