#include "imaging/archive.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>
#include <list>
#include <mutex>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "imaging/internal/archive_search.hpp"
#include "imaging/internal/object_reader.hpp"
#include "kv/file_blobs.hpp"
#include "kv/rocks.hpp"

namespace meridian::imaging {

using internal::IndexWriter;
using internal::InstanceRow;
using internal::NewInstance;
using internal::ObjectReader;

namespace {

/// Names of blobs that are on their way into the index: they must not be removed for another's sake.
class Pins {
 public:
  void add(const kv::BlobName& name) {
    const std::lock_guard lock(mutex_);
    names_.insert(name);
  }
  void drop(const kv::BlobName& name) {
    const std::lock_guard lock(mutex_);
    names_.erase(names_.find(name));
  }
  /// Nobody may pin it meanwhile.
  template <typename Act>
  void unless_pinned(const kv::BlobName& name, Act act) {
    const std::lock_guard lock(mutex_);
    if (!names_.contains(name)) act();
  }

 private:
  std::mutex mutex_;
  std::multiset<kv::BlobName> names_;
};

/// Those who want to know of changes.
struct Watchers {
  std::mutex mutex;
  std::list<Callback<void()>> all;
};

Result<std::string> read_piece(const RandomAccessFile& file, std::uint64_t size) {
  std::string bytes(size, '\0');
  const std::size_t read = TRY(file.read_at(0, bytes));
  if (read != bytes.size()) return fail(ErrorCode::io_failure, "an object of the archive is shorter than it was");
  return bytes;
}

}  // namespace

struct Archive::State {
  ArchiveOptions options;
  std::unique_ptr<kv::Kv> kv;
  std::unique_ptr<kv::Blobs> blobs;
  std::atomic<std::uint64_t> held{0};
  Pins pins;
  std::shared_ptr<Watchers> watchers = std::make_shared<Watchers>();
  std::unique_ptr<IndexWriter> writer;

  void remove_blob(const kv::BlobName& name) {
    // What cannot be removed is found by verify().
    pins.unless_pinned(name, [&] { static_cast<void>(blobs->remove(name)); });
  }
  void wake() const {
    const std::lock_guard lock(watchers->mutex);
    for (const Callback<void()>& one : watchers->all) one();
  }
  Result<bool> may_see(const store::ReadContext& context, const std::string& study) const {
    return options.guard == nullptr ? Result<bool>(true) : options.guard->may_see(context, study);
  }
  Result<std::optional<StoredInstance>> at(const kv::View& view, const std::string& uid) const {
    const auto key = TRY(view.get(internal::kEntries, internal::instance_entry(uid)));
    if (!key) return std::nullopt;
    const auto row = TRY(view.get(internal::kInstances, *key));
    if (!row) return fail(ErrorCode::io_failure, "the archive's index names an instance that it does not have");
    return TRY(internal::decode_instance(*key, *row)).stored;
  }
  void take(ObjectReader& reader, OnConflict on_conflict, Callback<void(Result<Received>)> done);
};

/// The steps of one object that has come.
void Archive::State::take(ObjectReader& reader, OnConflict on_conflict, Callback<void(Result<Received>)> done) {
  Result<NewInstance> seen = reader.finish();
  if (!seen) return done(fail(seen.error()));
  const StoredInstance& stored = seen->row.stored;
  // 1. What is there already needs no second blob; the index's thread looks again.
  const Result<std::optional<StoredInstance>> there = at(*kv->view(), stored.key.instance);
  if (!there) return done(fail(there.error()));
  if (*there && (*there)->content == stored.content) return done(Received{Reception::known, **there});
  if (*there && on_conflict == OnConflict::refuse) {
    return done(fail(ErrorCode::conflict, "another object has this SOP Instance UID"));
  }
  // 2. The blob, then the index.
  const kv::BlobName name = stored.blob;
  pins.add(name);
  if (const Result<> kept = reader.keep(name); !kept) {
    pins.drop(name);
    return done(fail(kept.error()));
  }
  seen->on_conflict = on_conflict;
  writer->add(*std::move(seen), [this, name, done = std::move(done)](Result<Received> received) {
    pins.drop(name);
    done(std::move(received));
  });
}

Archive::Archive(std::unique_ptr<State> state) : state_(std::move(state)) {}
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(ArchiveOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  State& s = *state;
  FileSystem& files = s.options.files != nullptr ? *s.options.files : system_files();
  TRY(make_folder(files, s.options.folder));
  s.blobs = TRY(kv::open_file_blobs(files, s.options.folder + "/" + std::string(kBlobsFolder)));
  kv::RocksOptions rocks;
  rocks.folder = s.options.folder + "/" + std::string(kIndexFolder);
  rocks.files = &files;
  rocks.memory = s.options.memory;
  rocks.memory_bytes = s.options.memory_bytes;
  s.kv = TRY(kv::open_rocks(internal::kArchiveSpaces, rocks));
  const Clock& clock = s.options.clock != nullptr ? *s.options.clock : system_clock();
  s.writer = std::make_unique<IndexWriter>(
      *s.kv, clock, s.options.key, [&s](const kv::BlobName& name) { s.remove_blob(name); }, [&s] { s.wake(); });
  TRY(s.writer->load());
  return std::unique_ptr<Archive>(new Archive(std::move(state)));
}

namespace {

class ReaderIncoming final : public Incoming {
 public:
  using Take = Callback<void(ObjectReader&, OnConflict, Callback<void(Result<Received>)>)>;
  ReaderIncoming(std::unique_ptr<ObjectReader> reader, Take take)
      : reader_(std::move(reader)), take_(std::move(take)) {}
  Result<> append(std::string_view bytes) override { return reader_->append(bytes); }
  const StoredInstance& seen() const override { return reader_->seen(); }
  void finish(OnConflict on_conflict, Callback<void(Result<Received>)> done) override {
    take_(*reader_, on_conflict, std::move(done));
  }

 private:
  std::unique_ptr<ObjectReader> reader_;
  Take take_;
};

}  // namespace

Result<std::unique_ptr<Incoming>> Archive::receive(std::string source, std::string instance, std::string study) {
  State& s = *state_;
  auto reader = std::make_unique<ObjectReader>(*s.blobs, s.options, s.held, std::move(source),
                                               InstanceKey{std::move(study), {}, std::move(instance)});
  return std::make_unique<ReaderIncoming>(
      std::move(reader), [&s](ObjectReader& object, OnConflict on_conflict, Callback<void(Result<Received>)> done) {
        s.take(object, on_conflict, std::move(done));
      });
}

Result<Received> Archive::put(std::string_view file, std::string source, OnConflict on_conflict) {
  const std::unique_ptr<Incoming> incoming = TRY(receive(std::move(source)));
  TRY(incoming->append(file));
  std::promise<Result<Received>> promise;
  auto future = promise.get_future();
  incoming->finish(on_conflict, [&](Result<Received> received) { promise.set_value(std::move(received)); });
  return future.get();
}

Result<std::uint64_t> Archive::remove(const InstanceKey& key) {
  if (key.study.empty()) return fail(ErrorCode::invalid_argument, "a study must be named");
  std::uint64_t removed = 0;
  while (true) {  // in batches
    std::promise<Result<std::uint64_t>> promise;
    auto future = promise.get_future();
    state_->writer->remove(key, [&](Result<std::uint64_t> count) { promise.set_value(std::move(count)); });
    const std::uint64_t count = TRY(future.get());
    if (count == 0) return removed;
    removed += count;
  }
}

Result<std::unique_ptr<Matches>> Archive::find(const store::ReadContext& context, Query query) const {
  return internal::search(*state_->kv, state_->options, context, std::move(query));
}

Result<std::vector<StoredInstance>> Archive::instances(const store::ReadContext& context,
                                                       const InstanceKey& key) const {
  if (!TRY(state_->may_see(context, key.study))) return fail(ErrorCode::not_found, "the archive has no such study");
  const std::unique_ptr<kv::View> view = state_->kv->view();
  std::vector<StoredInstance> found;
  if (!key.instance.empty() && !key.series.empty()) {
    const std::string full = internal::key_of(key);
    if (const auto row = TRY(view->get(internal::kInstances, full))) {
      found.push_back(TRY(internal::decode_instance(full, *row)).stored);
    }
  } else {
    const auto cursor = view->scan(internal::kInstances, kv::Range::prefix(internal::prefix_of(key)));
    for (; cursor->valid(); cursor->next()) {
      found.push_back(TRY(internal::decode_instance(cursor->key(), cursor->value())).stored);
    }
    TRY(cursor->status());
  }
  if (found.empty()) return fail(ErrorCode::not_found, "the archive has nothing of that name");
  return found;
}

Result<StoredInstance> Archive::instance(const store::ReadContext& context, const std::string& uid) const {
  const std::optional<StoredInstance> found = TRY(state_->at(*state_->kv->view(), uid));
  if (!found || !TRY(state_->may_see(context, found->key.study))) {
    return fail(ErrorCode::not_found, "the archive has no such instance");
  }
  return *found;
}

Result<std::unique_ptr<RandomAccessFile>> Archive::open(const StoredInstance& instance) const {
  return state_->blobs->open(instance.blob);
}

Result<dicom::File> Archive::head(const StoredInstance& instance) const {
  if (instance.pixels_at == 0) return file(instance);
  if (auto head = TRY(state_->kv->view()->get(internal::kHeads, internal::key_of(instance.key)))) {
    return internal::read_archived_head(*std::move(head));
  }
  const auto file = TRY(open(instance));
  return internal::read_archived_head(TRY(read_piece(*file, instance.pixels_at)));
}

Result<dicom::File> Archive::file(const StoredInstance& instance) const {
  const auto file = TRY(open(instance));
  return internal::read_archived_file(TRY(read_piece(*file, instance.bytes)));
}

ArchiveCounts Archive::counts() const {
  return state_->writer->totals().counts;
}

Result<Archive::Changes> Archive::changes(std::uint64_t after, std::size_t limit) const {
  const std::unique_ptr<kv::View> view = state_->kv->view();
  Changes changes;
  changes.through = after;
  const auto cursor = view->scan(internal::kEntries, {internal::change_entry(after + 1), kv::Range::prefix("c").end});
  for (; cursor->valid(); cursor->next()) {
    if (changes.studies.size() == limit) {
      changes.is_current = false;
      break;
    }
    changes.studies.emplace_back(cursor->value());
    changes.through = internal::change_in(cursor->key());
  }
  TRY(cursor->status());
  return changes;
}

Result<std::uint64_t> Archive::cursor(std::string_view name) const {
  const auto stored = TRY(state_->kv->view()->get(internal::kEntries, internal::cursor_entry(name)));
  if (!stored || stored->size() != 8) return 0;
  return load_little<std::uint64_t>(stored->data());
}

Result<> Archive::keep_cursor(std::string_view name, std::uint64_t through) {
  std::promise<Result<>> promise;
  auto future = promise.get_future();
  state_->writer->keep_cursor(std::string(name), through, [&](Result<> kept) { promise.set_value(std::move(kept)); });
  return future.get();
}

std::shared_ptr<void> Archive::on_change(Callback<void()> wake) {
  const std::shared_ptr<Watchers> watchers = state_->watchers;
  const std::lock_guard lock(watchers->mutex);
  const auto at = watchers->all.insert(watchers->all.end(), std::move(wake));
  return {nullptr, [watchers, at](void*) {
            const std::lock_guard held(watchers->mutex);
            watchers->all.erase(at);
          }};
}

Result<> Archive::checkpoint(const std::string& folder) const {
  return state_->kv->checkpoint(folder);
}

const kv::Blobs& Archive::blobs() const {
  return *state_->blobs;
}

namespace {

/// Blobs without an entry in the index: which of them are named by none, told from a sorted list of a hash of each
/// name. 8 bytes a name: a stray whose hash is that of another is overlooked, once in 10^19 pairs.
class NamedBlobs {
 public:
  void add(const kv::BlobName& name) { hashes_.push_back(hash_of(name)); }
  void sort() { std::ranges::sort(hashes_); }
  bool has(const kv::BlobName& name) const { return std::ranges::binary_search(hashes_, hash_of(name)); }
  std::size_t size() const { return hashes_.size(); }

 private:
  static std::uint64_t hash_of(const kv::BlobName& name) {
    std::uint64_t hash = 0;  // a name is an HMAC: any eight bytes of it will do
    std::memcpy(&hash, name.data(), sizeof hash);
    return hash;
  }
  std::vector<std::uint64_t> hashes_;
};

}  // namespace

Result<std::uint64_t> Archive::sweep() {
  NamedBlobs named;
  const std::unique_ptr<kv::View> view = state_->kv->view();
  const auto cursor = view->scan(internal::kInstances, {"", ""}, kv::Direction::forward, kv::CacheUse::pass);
  for (; cursor->valid(); cursor->next()) {
    named.add(TRY(internal::decode_instance(cursor->key(), cursor->value())).stored.blob);
  }
  TRY(cursor->status());
  named.sort();
  std::vector<kv::BlobName> strays;
  TRY(state_->blobs->visit([&](const kv::BlobName& name, std::uint64_t) {
    if (!named.has(name)) strays.push_back(name);
    return true;
  }));
  for (const kv::BlobName& name : strays) TRY(state_->blobs->remove(name));
  return strays.size();
}

/// What is wrong with an object; nothing: it is as it came.
Result<> Archive::look_through(const StoredInstance& stored) const {
  std::atomic<std::uint64_t> held{0};
  ObjectReader reader(*state_->blobs, state_->options, held, {}, {{}, {}, stored.key.instance});
  const std::unique_ptr<RandomAccessFile> file = TRY(open(stored));
  std::string piece(1 << 20, '\0');
  for (std::uint64_t at = 0; at < stored.bytes;) {
    const std::size_t count = std::min<std::uint64_t>(piece.size(), stored.bytes - at);
    const std::size_t got = TRY(file->read_at(at, std::span(piece).first(count)));
    if (got == 0) return fail(ErrorCode::io_failure, "it is shorter than it was");
    TRY(reader.append(std::string_view(piece).substr(0, got)));
    at += got;
  }
  const NewInstance seen = TRY(reader.finish());
  if (seen.row.stored.blob != stored.blob) return fail(ErrorCode::io_failure, "its bytes are not those that came");
  return {};
}

Result<std::vector<std::string>> Archive::verify(const Callback<void(std::string_view progress)>& progress) const {
  std::vector<std::string> faults;
  TRY(state_->kv->verify());
  const std::unique_ptr<kv::View> view = state_->kv->view();
  NamedBlobs named;
  const auto cursor = view->scan(internal::kInstances, {"", ""}, kv::Direction::forward, kv::CacheUse::pass);
  for (; cursor->valid(); cursor->next()) {
    const StoredInstance stored = TRY(internal::decode_instance(cursor->key(), cursor->value())).stored;
    named.add(stored.blob);
    if (named.size() % 1000 == 0) progress(std::to_string(named.size()) + " objects");
    if (const Result<> looked = look_through(stored); !looked) {
      faults.push_back("object " + stored.key.instance + ": " + looked.error().message());
    }
  }
  TRY(cursor->status());
  named.sort();
  std::uint64_t strays = 0;
  TRY(state_->blobs->visit([&](const kv::BlobName& name, std::uint64_t) {
    if (!named.has(name)) ++strays;
    return true;
  }));
  if (strays > 0) progress(std::to_string(strays) + " objects that nothing names, left by a crash or just arriving");
  return faults;
}

}  // namespace meridian::imaging
