#include "ingest/record_writer.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/pool.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/merge.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::ingest {
namespace {

using Answer = tl::expected<store::CommitOutcome, store::CommitFailure>;

constexpr std::uint64_t kEntryOverhead = 300;

/// A resource as the next write finds it.
struct Entry {
  std::string name;  // of tenant and resource: what entries are found by
  store::ResourceKey key;
  std::string json;           // empty: it is not there
  std::string note;           // where its parts came from
  std::uint64_t version = 0;  // the last, of a deletion too; 0: there was none
  bool is_known = false;      // the above has been read or written
  bool is_held = false;       // somebody lays a write over it, and nobody else looks at the above
  bool is_broken = false;     // a commit under way failed: the above will never be
  std::uint32_t under_way = 0;
  std::uint64_t idle_bytes = 0;  // counted while it is idle
  std::list<Entry*>::iterator idle = {};

  void forget() {
    json.clear();
    note.clear();
    version = 0;
    is_known = is_broken = false;
  }
};

std::string name_of(store::TenantId tenant, const store::ResourceKey& key) {
  return std::to_string(tenant.value()) + '/' + key.type + '/' + key.id;
}

/// A resource's next version.
struct Laid {
  Entry* entry = nullptr;
  mapping::Merged merged;
  fhir::Document document;
};

/// What a commit under way will make of an entry.
struct Expected {
  std::string name;
  std::uint64_t version = 0;
};

}  // namespace

store::ResourceKey key_of(const mapping::Write& write) {
  return {std::string(fhir::Schema::r4().type(write.type()).name), write.id().to_string()};
}

struct RecordWriter::State {
  State(store::Store& given, std::uint64_t bytes) : store(given), cache_bytes(bytes) {}

  Entry& hold(store::TenantId tenant, const store::ResourceKey& key);
  void release(Entry& entry);
  /// Before a commit is handed over: what the entry will be.
  Expected begin(Entry& entry, mapping::Merged merged, bool is_new_version);
  void end(const Expected& expected, std::optional<std::uint64_t> version);
  void rest_locked(Entry& entry);

  Result<> read(const store::WriteContext& context, Entry& entry);
  Result<std::optional<Laid>> lay(const store::WriteContext& context, mapping::Merger& merger,
                                  const mapping::Write& write, Entry& entry);
  void commit_note(const store::WriteContext& context, Entry& entry, mapping::Merged merged);

  store::Store& store;
  const std::uint64_t cache_bytes;
  Pool<fhir::DocumentParser> parsers{16};
  std::mutex mutex;
  std::condition_variable changed;
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries;
  std::list<Entry*> idle;  // known and needed by nobody, the longest unused first
  std::uint64_t idle_bytes = 0;
  std::size_t under_way = 0;
};

RecordWriter::RecordWriter(store::Store& store, std::uint64_t cache_bytes)
    : state_(std::make_unique<State>(store, cache_bytes)) {}

RecordWriter::~RecordWriter() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->under_way == 0; });
}

Entry& RecordWriter::State::hold(store::TenantId tenant, const store::ResourceKey& key) {
  std::unique_lock lock(mutex);
  const std::string name = name_of(tenant, key);
  std::unique_ptr<Entry>& found = entries[name];
  if (found == nullptr) {
    found = std::make_unique<Entry>();
    found->name = name;
    found->key = key;
  }
  Entry& entry = *found;
  if (entry.idle_bytes > 0) {
    idle.erase(entry.idle);
    idle_bytes -= std::exchange(entry.idle_bytes, 0);
  }
  ++entry.under_way;  // so that it stays while this waits
  changed.wait(lock, [&] { return !entry.is_held; });
  --entry.under_way;
  entry.is_held = true;
  return entry;
}

void RecordWriter::State::release(Entry& entry) {
  const std::lock_guard lock(mutex);
  entry.is_held = false;
  rest_locked(entry);
  changed.notify_all();
}

/// Kept for the next one if there is room, once nobody needs it.
void RecordWriter::State::rest_locked(Entry& entry) {
  if (entry.is_held || entry.under_way > 0) return;
  if (entry.is_broken || !entry.is_known) {
    entries.erase(std::string(entry.name));
    return;
  }
  entry.idle_bytes = entry.json.size() + entry.note.size() + kEntryOverhead;
  entry.idle = idle.insert(idle.end(), &entry);
  idle_bytes += entry.idle_bytes;
  while (idle_bytes > cache_bytes) {
    Entry& oldest = *idle.front();
    idle.pop_front();
    idle_bytes -= oldest.idle_bytes;
    entries.erase(std::string(oldest.name));
  }
}

Expected RecordWriter::State::begin(Entry& entry, mapping::Merged merged, bool is_new_version) {
  const std::lock_guard lock(mutex);
  entry.json = std::move(merged.json);
  entry.note = std::move(merged.origins);
  if (is_new_version) ++entry.version;
  ++entry.under_way;
  ++under_way;
  return {entry.name, entry.version};
}

void RecordWriter::State::end(const Expected& expected, std::optional<std::uint64_t> version) {
  const std::lock_guard lock(mutex);
  Entry& entry = *entries.at(expected.name);
  if (version != expected.version) entry.is_broken = true;
  --entry.under_way;
  --under_way;
  rest_locked(entry);
  changed.notify_all();
}

Result<> RecordWriter::State::read(const store::WriteContext& context, Entry& entry) {
  store::ReadContext reader;
  reader.tenant = context.tenant;
  reader.actor = context.actor;
  reader.purpose = context.purpose;
  Result<store::Noted> found = store.read_noted(reader, entry.key);
  entry.forget();
  entry.is_known = true;
  if (!found && found.error().code() == ErrorCode::not_found) return {};
  store::Noted noted = TRY(std::move(found));
  // What was deleted begins anew; its parts are as old as they are.
  entry.note = std::move(noted.note);
  entry.version = noted.version.number;
  entry.json = std::move(noted.version.json);
  return {};
}

/// Nothing when there is no new version: then its note has been seen to.
Result<std::optional<Laid>> RecordWriter::State::lay(const store::WriteContext& context, mapping::Merger& merger,
                                                     const mapping::Write& write, Entry& entry) {
  bool is_broken = false;
  {
    const std::lock_guard lock(mutex);
    is_broken = entry.is_broken;
  }
  if (is_broken) return fail(ErrorCode::busy, "an earlier commit of a resource failed");
  if (!entry.is_known) TRY(read(context, entry));
  mapping::Merged merged = TRY(merger.merge(entry.json, entry.note, write));
  if (!merged.changed) {
    if (merged.origins != entry.note) commit_note(context, entry, std::move(merged));
    return std::nullopt;
  }
  Issues issues;
  std::unique_ptr<fhir::DocumentParser> parser =
      parsers.take_or([] { return std::make_unique<fhir::DocumentParser>(); });
  fhir::Document document = parser->parse(merged.json, issues);
  parsers.give(std::move(parser));
  if (!document.has_root()) return fail(ErrorCode::unprocessable, "what a message makes is no resource");
  return Laid{&entry, std::move(merged), std::move(document)};
}

void RecordWriter::State::commit_note(const store::WriteContext& context, Entry& entry, mapping::Merged merged) {
  store::CommitRequest request;
  store::Write& write = request.writes.emplace_back();
  write.kind = store::WriteKind::note;
  write.key = entry.key;
  write.condition.version = entry.version;
  write.note = merged.origins;
  store.commit(context, std::move(request),
               [this, expected = begin(entry, std::move(merged), false)](const Answer& answer) {
                 end(expected, answer ? std::optional(answer->writes[0].version) : std::nullopt);
               });
}

void RecordWriter::commit(const store::WriteContext& context, std::shared_ptr<const mapping::MergeRules> rules,
                          const std::vector<mapping::Write>& writes, store::Write also, store::CommitDone done) {
  State& state = *state_;
  // In one order for all, so that nobody waits for somebody who waits for him.
  std::vector<std::pair<store::ResourceKey, const mapping::Write*>> wanted;
  for (const mapping::Write& write : writes) {
    if (!write.is_transient()) wanted.emplace_back(key_of(write), &write);
  }
  const auto by_name = [](const auto& a, const auto& b) {
    return std::tie(a.first.type, a.first.id) < std::tie(b.first.type, b.first.id);
  };
  std::sort(wanted.begin(), wanted.end(), by_name);

  mapping::Merger merger(std::move(rules));
  std::vector<Laid> laid;
  std::vector<Expected> expected;
  Result<> is_laid;
  for (const auto& [key, write] : wanted) {
    if (!laid.empty() && laid.back().entry->key == key) {
      is_laid = fail(ErrorCode::invalid_argument, "two writes of a message are of one resource");
      break;
    }
    Entry& entry = state.hold(context.tenant, key);
    Result<std::optional<Laid>> next = state.lay(context, merger, *write, entry);
    if (next && *next) {
      laid.push_back(std::move(**next));
      continue;
    }
    state.release(entry);
    if (next) continue;
    is_laid = fail(std::move(next).error());
    break;
  }
  if (!is_laid) {
    for (const Laid& one : laid) state.release(*one.entry);
    return done(tl::unexpected(store::CommitFailure(std::move(is_laid).error())));
  }

  store::CommitRequest request;
  request.writes.reserve(laid.size() + 1);
  request.writes.push_back(std::move(also));
  for (Laid& one : laid) {
    store::Write& write = request.writes.emplace_back();
    write.kind = store::WriteKind::update;
    write.key = one.entry->key;
    write.document = std::move(one.document);
    write.note = one.merged.origins;
    if (one.entry->json.empty()) {
      write.condition.must_be_absent = true;
    } else {
      write.condition.version = one.entry->version;
    }
  }
  expected.reserve(laid.size());
  for (Laid& one : laid) expected.push_back(state.begin(*one.entry, std::move(one.merged), true));
  state.store.commit(context, std::move(request),
                     [&state, expected = std::move(expected), done = std::move(done)](Answer answer) mutable {
                       for (std::size_t i = 0; i < expected.size(); ++i) {
                         state.end(expected[i], answer ? std::optional(answer->writes[i + 1].version) : std::nullopt);
                       }
                       done(std::move(answer));
                     });
  for (const Laid& one : laid) state.release(*one.entry);
}

}  // namespace meridian::ingest
