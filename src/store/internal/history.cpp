#include "store/internal/history.hpp"

#include <algorithm>
#include <optional>

#include "base/base64.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

/// Where a page begins: the snapshot of the first page, and the last row shown, by its commit.
struct Cursor {
  static constexpr char kTag = 'h';  // tells it from cursors of searches
  std::uint64_t snapshot = 0;
  std::uint64_t commit = 0;
  index::Row row = 0;

  std::string encode() const {
    std::string bytes(1, kTag);
    put_varint(bytes, snapshot);
    put_varint(bytes, commit);
    put_varint(bytes, row);
    return to_base64(bytes, Base64::url);
  }
  static Result<Cursor> parse(const std::string& text) {
    const auto bytes = from_base64(text, Base64::url);
    if (bytes) {
      TupleReader reader(*bytes);
      const bool is_ours = reader.u8() == kTag;
      Cursor cursor;
      cursor.snapshot = reader.varint();
      cursor.commit = reader.varint();
      cursor.row = reader.varint();
      if (is_ours && reader.at_end()) return cursor;
    }
    return fail(ErrorCode::invalid_argument, "this is no cursor of a history");
  }
};

/// Fills one page from versions that come newest first.
class PageFiller {
 public:
  PageFiller(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing, const ReadContext& context,
             std::uint32_t count)
      : snapshot_(snapshot), codec_(codec), showing_(showing), context_(context), count_(count) {}

  bool is_full() const { return page_.versions.size() >= count_; }
  /// False when the page is full: the cursor then leads to what comes after the last one.
  Result<bool> add(const ResourceKey& key, const Located& located) {
    TRY(keep_going(context_.deadline, context_.stop));
    if (is_full()) {
      page_.next = last_.encode();
      return false;
    }
    Version version = TRY(load_version(snapshot_, codec_, key, located));
    last_ = {snapshot_.horizon->commit, located.pointer.commit, located.row};
    if (TRY(showing_.show(version))) page_.versions.push_back(std::move(version));
    return true;
  }
  VersionPage take() { return std::move(page_); }

 private:
  const Snapshot& snapshot_;
  const ValueCodec& codec_;
  const Showing& showing_;
  const ReadContext& context_;
  const std::uint32_t count_;
  Cursor last_;
  VersionPage page_;
};

/// Runs a step of a visitor that cannot hand on errors itself.
class ErrorKeeper {
 public:
  bool step(const Result<bool>& result) {
    if (!result) error_ = result.error();
    return result && *result;
  }
  Result<> result() const {
    if (error_) return fail(*error_);
    return {};
  }

 private:
  std::optional<Error> error_;
};

Result<VersionPage> instance_history(const Snapshot& snapshot, PageFiller& filler, const HistoryRequest& request,
                                     const Cursor& from) {
  const ResourceKey key{*request.type, *request.id};
  ErrorKeeper errors;
  std::uint64_t total = 0;
  bool is_known = false;
  bool is_page_open = true;
  TRY(visit_versions(snapshot, key.type, key.id, [&](const Located& located) {
    is_known = true;
    if (request.since && located.pointer.time < *request.since) return false;
    ++total;
    // Commits order versions; rows of one resource do too.
    const bool is_after_cursor = from.snapshot == 0 || located.row < from.row;
    if (is_page_open && is_after_cursor) is_page_open = errors.step(filler.add(key, located));
    return errors.result().has_value();
  }));
  TRY(errors.result());
  if (!is_known) return fail(ErrorCode::not_found, "no such resource");
  VersionPage page = filler.take();
  page.total = total;
  return page;
}

/// How many versions commits in [first, last] wrote, of a type or of all.
Result<std::uint64_t> count_versions(const Snapshot& snapshot, const ReadContext& context, std::uint64_t first,
                                     const std::optional<std::string>& type) {
  const Horizon& horizon = *snapshot.horizon;
  if (horizon.commit == 0 || first > horizon.commit) return 0;
  if (!type) {
    const std::uint64_t before = first > 1 ? TRY(get_commit(snapshot, first - 1)).versions : 0;
    return TRY(get_commit(snapshot, horizon.commit)).versions - before;
  }
  if (first == 1 && horizon.state != nullptr) {
    TenantState state = *horizon.state;
    return state.of(*type).versions;
  }
  std::uint64_t count = 0;
  Result<> going_on;
  TRY(visit_backwards(snapshot, first, horizon.commit, [&](index::Row, const RowFacts& facts) {
    if (facts.entry.type == *type) ++count;
    going_on = keep_going(context.deadline, context.stop);
    return going_on.has_value();
  }));
  TRY(std::move(going_on));
  return count;
}

Result<VersionPage> wide_history(const Snapshot& snapshot, PageFiller& filler, const ReadContext& context,
                                 const HistoryRequest& request, const Cursor& from, bool counts) {
  const std::uint64_t first = request.since ? TRY(last_commit_before(snapshot, *request.since)) + 1 : 1;
  const std::uint64_t last = from.snapshot == 0 ? snapshot.horizon->commit : from.commit;
  ErrorKeeper errors;
  if (first <= last) {
    TRY(visit_backwards(snapshot, first, last, [&](index::Row row, const RowFacts& facts) {
      if (from.snapshot != 0 && facts.commit == from.commit && row >= from.row) return true;
      if (request.type && facts.entry.type != *request.type) {
        return errors.step(keep_going(context.deadline, context.stop).map([] { return true; }));
      }
      if (facts.entry.is_purged) return true;
      Located located;
      located.row = row;
      located.pointer = {facts.entry.change, facts.entry.number, facts.commit, facts.time, 0, facts.entry.home};
      return errors.step(filler.add({facts.entry.type, facts.entry.id}, located));
    }));
    TRY(errors.result());
  }
  VersionPage page = filler.take();
  if (counts) page.total = TRY(count_versions(snapshot, context, first, request.type));
  return page;
}

/// What a purge or an erasure took out.
Result<> add_events(const Snapshot& snapshot, CommitNumber commit, const CommitRecord& record,
                    std::vector<FeedEntry>& entries) {
  const auto bytes = TRY(snapshot.view->get(space::kEvents, number_key(snapshot.horizon->tenant, commit.value())));
  if (!bytes) return fail(ErrorCode::io_failure, "a commit's events are missing: run verify");
  for (Erasure& erasure : TRY(parse_erasures(*bytes))) {
    FeedEntry entry;
    entry.commit = commit;
    entry.change = Change::deleted;
    entry.time = record.time;
    entry.is_erased = true;
    entry.key = {std::move(erasure.type), std::move(erasure.id)};
    // A home is a patient's, "Patient/7", and its erasure that of the patient with all that lies with him.
    if (erasure.kind == Erasure::Kind::home) {
      const std::size_t slash = erasure.home.find('/');
      if (slash != std::string::npos) entry.key = {erasure.home.substr(0, slash), erasure.home.substr(slash + 1)};
    }
    entries.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

Result<VersionPage> read_history(const Snapshots& snapshots, const ValueCodec& codec, const Showing& showing,
                                 const ReadContext& context, const HistoryRequest& request) {
  if (request.id && !request.type) return fail(ErrorCode::invalid_argument, "an id needs a type");
  Cursor from;
  std::optional<CommitNumber> at = context.at;
  if (!request.cursor.empty()) {
    from = TRY(Cursor::parse(request.cursor));
    at = CommitNumber(from.snapshot);
  }
  const Snapshot snapshot = TRY(snapshots.take(context.tenant, at));
  PageFiller filler(snapshot, codec, showing, context, std::max<std::uint32_t>(request.count, 1));
  if (request.id) return instance_history(snapshot, filler, request, from);
  return wide_history(snapshot, filler, context, request, from, showing.is_open());
}

Result<FeedPage> read_feed(const Snapshots& snapshots, const ReadContext& context, CommitNumber after,
                           std::size_t limit) {
  const Snapshot snapshot = TRY(snapshots.take(context.tenant, context.at));
  const Horizon& horizon = *snapshot.horizon;
  FeedPage page;
  page.through = after;
  if (after.value() > horizon.commit) return fail(ErrorCode::not_found, "there is no such commit yet");
  const kv::Range range{number_key(context.tenant, after.value() + 1), number_key(context.tenant, horizon.commit + 1)};
  const auto cursor = snapshot.view->scan(space::kCommits, range);
  for (; cursor->valid() && (page.entries.empty() || page.entries.size() < limit); cursor->next()) {
    TRY(keep_going(context.deadline, context.stop));
    TupleReader reader(cursor->key());
    reader.u32();
    const CommitNumber commit(reader.u64());
    const CommitRecord record = TRY(CommitRecord::parse(cursor->value()));
    page.through = commit;
    if (record.kind == CommitRecord::Kind::events) {
      TRY(add_events(snapshot, commit, record, page.entries));
      continue;
    }
    TRY(visit_rows(*snapshot.view, context.tenant, record.first, record.first + record.count,
                   [&](index::Row row, const RowBlock&, const RowEntry& entry) {
                     page.entries.push_back({commit, ResourceKey{entry.type, entry.id}, entry.change, entry.number, row,
                                             record.time, entry.is_purged});
                     return true;
                   }));
  }
  TRY(cursor->status());
  page.is_current = page.through.value() == horizon.commit;
  return page;
}

}  // namespace meridian::store
