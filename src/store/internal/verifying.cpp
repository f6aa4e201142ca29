#include "store/internal/verifying.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "store/internal/commits.hpp"
#include "store/internal/indexing.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

constexpr std::size_t kMaxFaults = 1'000;
constexpr index::Row kIndexSample = 5'000;  // rows whose every term is looked up

class Verifier {
 public:
  Verifier(const Core& core, Snapshot snapshot, std::vector<std::string>& faults)
      : core_(core), snapshot_(std::move(snapshot)), faults_(faults) {}

  Result<> commits();
  Result<> pointers();
  Result<> notes();
  Result<> counts();
  Result<> index();

 private:
  void fault(std::string text) {
    if (faults_.size() < kMaxFaults) {
      faults_.push_back("tenant " + std::to_string(snapshot_.horizon->tenant.value()) + ": " + std::move(text));
    }
  }
  Result<> pointer(const ParsedKey& key, const Pointer& pointer);

  const Core& core_;
  Snapshot snapshot_;
  std::vector<std::string>& faults_;
  index::Rows current_;
  TenantState counted_;
};

Result<> Verifier::commits() {
  const Horizon& horizon = *snapshot_.horizon;
  std::uint64_t expected = 1;
  Instant before = Instant::from_microseconds(INT64_MIN);
  const auto cursor = snapshot_.view->scan(space::kCommits, kv::Range::prefix(tenant_key(horizon.tenant)),
                                           kv::Direction::forward, kv::CacheUse::pass);
  for (; cursor->valid(); cursor->next(), ++expected) {
    TupleReader reader(cursor->key());
    reader.u32();
    const std::uint64_t number = reader.u64();
    if (number > horizon.commit) break;
    const std::string name = "commit " + std::to_string(number);
    if (number != expected) fault(name + " does not follow " + std::to_string(expected - 1));
    expected = number;
    const Result<CommitRecord> record = CommitRecord::parse(cursor->value());
    if (!record) {
      fault(name + ": " + record.error().message());
      continue;
    }
    if (record->time < before) fault(name + " is older than the one before it");
    before = record->time;
    std::uint64_t rows = 0;
    const Result<> walked = visit_rows(*snapshot_.view, horizon.tenant, record->first, record->first + record->count,
                                       [&](index::Row, const RowBlock& block, const RowEntry&) {
                                         if (block.commit != 0 && block.commit != number) {
                                           fault(name + ": its rows name another commit");
                                         }
                                         ++rows;
                                         return true;
                                       });
    if (!walked) fault(name + ": " + walked.error().message());
    if (rows != record->count)
      fault(name + " has " + std::to_string(rows) + " rows of " + std::to_string(record->count));
  }
  TRY(cursor->status());
  if (expected != horizon.commit + 1) fault("the last commit is missing");
  return {};
}

Result<> Verifier::pointer(const ParsedKey& key, const Pointer& pointer) {
  const Horizon& horizon = *snapshot_.horizon;
  const std::string name = "row " + std::to_string(key.row);
  const std::optional<RowFacts> facts = TRY(find_row(snapshot_, key.row));
  if (!facts || facts->entry.type != key.type || facts->entry.id != key.id || facts->entry.number != pointer.number ||
      facts->entry.change != pointer.change || facts->entry.home != pointer.home) {
    fault(name + ": the pointer and the row disagree");
  }
  const auto value = get_value(*snapshot_.view, value_key(horizon.tenant, pointer.home, key.type, key.id, key.row));
  if (!value) {
    fault(name + ": " + value.error().message());
    return {};
  }
  if (pointer.change == Change::deleted) {
    if (*value != kDeletedValue) fault(name + ": a deletion has a value");
    return {};
  }
  const auto text = core_.codec.decode(horizon.tenant, pointer.home, *value);
  if (!text) {
    fault(name + ": " + text.error().message());
  } else if (hash64(text->text) != pointer.hash) {
    fault(name + ": the value is not what was written");
  }
  return {};
}

Result<> Verifier::pointers() {
  const Horizon& horizon = *snapshot_.horizon;
  const auto cursor = snapshot_.view->scan(space::kPointers, kv::Range::prefix(tenant_key(horizon.tenant)),
                                           kv::Direction::forward, kv::CacheUse::pass);
  std::string resource;
  std::uint64_t number = 0;
  for (; cursor->valid(); cursor->next()) {
    const Result<ParsedKey> key = parse_pointer_key(cursor->key());
    const Result<Pointer> found = Pointer::parse(cursor->value());
    if (!key || !found) {
      fault((key ? "row " + std::to_string(key->row) + ": " + found.error().message() : key.error().message()));
      continue;
    }
    if (!horizon.sees(key->row)) continue;
    TRY(pointer(*key, *found));
    TenantState::Count& count = counted_.of(key->type);
    ++count.versions;
    ++counted_.versions;
    const std::string name = std::string(key->type) + '/' + std::string(key->id);
    if (name != resource) {
      current_.add(key->row);
      if (found->change != Change::deleted) ++count.resources;
    } else if (found->number >= number) {
      fault("row " + std::to_string(key->row) + ": its version does not come before the next one");
    }
    resource = name;
    number = found->number;
  }
  return cursor->status();
}

Result<> Verifier::notes() {
  const Horizon& horizon = *snapshot_.horizon;
  const auto cursor = snapshot_.view->scan(space::kNotes, kv::Range::prefix(tenant_key(horizon.tenant)),
                                           kv::Direction::forward, kv::CacheUse::pass);
  for (; cursor->valid(); cursor->next()) {
    const Result<ParsedKey> key = parse_value_key(cursor->key());
    if (!key) {
      fault(key.error().message());
      continue;
    }
    if (!horizon.sees(key->row)) continue;
    const std::string name = "row " + std::to_string(key->row);
    const std::optional<RowFacts> facts = TRY(find_row(snapshot_, key->row));
    if (!facts || facts->entry.is_purged || facts->entry.type != key->type || facts->entry.id != key->id ||
        facts->entry.home != key->home) {
      fault(name + ": a note lies beside no version");
    } else if (const auto note = core_.codec.unseal(horizon.tenant, key->home, cursor->value()); !note) {
      fault(name + ": " + note.error().message());
    }
  }
  return cursor->status();
}

Result<> Verifier::counts() {
  TenantState state = *snapshot_.horizon->state;
  if (state.versions != counted_.versions) {
    fault("it counts " + std::to_string(state.versions) + " versions, and there are " +
          std::to_string(counted_.versions));
  }
  for (const TenantState::Count& count : state.counts) counted_.of(count.type);
  for (const TenantState::Count& count : counted_.counts) {
    const TenantState::Count& kept = state.of(count.type);
    if (kept.resources != count.resources || kept.versions != count.versions) {
      fault("the count of " + count.type + " is wrong");
    }
  }
  return {};
}

Result<> Verifier::index() {
  const Horizon& horizon = *snapshot_.horizon;
  const index::IndexView view = TRY(core_.index->view(horizon.tenant.value(), snapshot_.view, horizon.visible));
  // A purged deletion has a row and no pointer any more.
  index::Rows unknown = view.current();
  unknown -= current_;
  for (auto row = unknown.at_or_after(0); row; row = unknown.at_or_after(*row + 1)) {
    const std::optional<RowFacts> facts = TRY(find_row(snapshot_, *row));
    if (facts && facts->entry.is_purged) continue;
    fault("row " + std::to_string(*row) + ": the index takes it for current");
  }
  index::Rows missing = current_;
  missing -= view.current();
  if (!missing.empty()) fault(std::to_string(missing.count()) + " current rows are not current in the index");

  const index::Row stride = std::max<index::Row>(1, horizon.visible.end / kIndexSample);
  const auto parameters = core_.parameters.of(horizon.tenant);
  for (index::Row first = 0; first < horizon.visible.end; first += stride) {
    TRY(visit_entries(snapshot_, core_.codec, parameters, first, first + 1, {},
                      [&](index::Row row, const index::Entries& entries, std::optional<index::Row>) {
                        for (const index::Entries::Term& term : entries.terms()) {
                          const auto rows = view.with_term(term.field, entries.term(term), {});
                          if (rows && rows->contains(row)) continue;
                          fault("row " + std::to_string(row) + ": the index misses a term");
                          break;
                        }
                        return true;
                      }));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> verify_store(const Core& core, std::optional<TenantId> only,
                                              const Callback<void(std::string_view)>& progress) {
  std::vector<std::string> faults;
  const auto tell = [&](std::string_view text) {
    if (progress) progress(text);
  };
  tell("reading the files");
  if (const Result<> read = core.kv->verify(); !read) faults.push_back(read.error().message());
  for (const TenantId tenant : core.snapshots.tenants()) {
    if (only && *only != tenant) continue;
    Verifier verifier(core, TRY(core.snapshots.take(tenant, {})), faults);
    const std::string name = "tenant " + std::to_string(tenant.value()) + ": ";
    tell(name + "commits");
    TRY(verifier.commits());
    tell(name + "versions");
    TRY(verifier.pointers());
    tell(name + "notes");
    TRY(verifier.notes());
    tell(name + "counts");
    TRY(verifier.counts());
    tell(name + "index");
    TRY(verifier.index());
  }
  return faults;
}

}  // namespace meridian::store
