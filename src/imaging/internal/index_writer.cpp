#include "imaging/internal/index_writer.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr std::size_t kBatchOperations = 256;
constexpr std::size_t kBatchBytes = std::size_t{2} << 20;
constexpr std::size_t kRemovedAtOnce = 2000;  // instances of a batch
constexpr std::size_t kOverhead = 4096;       // of an instance's rows

constexpr dicom::Tag kAccession{0x0008, 0x0050};
constexpr dicom::Tag kPatientId{0x0010, 0x0020};
constexpr dicom::Tag kModality{0x0008, 0x0060};

std::string little(std::uint64_t value) {
  std::string bytes(sizeof value, '\0');
  store_little(bytes.data(), value);
  return bytes;
}

/// Where a study is to be found: keys of entries.
std::vector<std::string> entries_of(const StudyRow& row, const std::string& study, std::string_view secret) {
  std::vector<std::string> keys = {day_entry(day_of(row), study)};
  const std::string_view accession = row.study.value(kAccession);
  const std::string_view patient = row.patient.value(kPatientId);
  if (!accession.empty()) keys.push_back(accession_prefix(secret, accession) + study);
  if (!patient.empty()) keys.push_back(patient_prefix(secret, patient) + study);
  keys.push_back(change_entry(row.change));
  return keys;
}

}  // namespace

IndexWriter::IndexWriter(kv::Kv& kv, const Clock& clock, std::string secret, Unused unused, Callback<void()> changed)
    : kv_(kv),
      clock_(clock),
      secret_(std::move(secret)),
      unused_(std::move(unused)),
      changed_callback_(std::move(changed)) {}

IndexWriter::~IndexWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<> IndexWriter::load() {
  if (const auto stored = TRY(kv_.view()->get(kEntries, kTotalsEntry))) totals_ = TRY(decode_totals(*stored));
  thread_ = std::thread([this] { run(); });
  return {};
}

Totals IndexWriter::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

void IndexWriter::add(NewInstance instance, Callback<void(Result<Received>)> done) {
  Operation operation;
  operation.added = std::move(instance);
  operation.received = std::move(done);
  enqueue(std::move(operation));
}

void IndexWriter::remove(InstanceKey key, Callback<void(Result<std::uint64_t>)> done) {
  Operation operation;
  operation.removed = std::move(key);
  operation.was_removed = std::move(done);
  enqueue(std::move(operation));
}

void IndexWriter::keep_cursor(std::string name, std::uint64_t through, Callback<void(Result<>)> done) {
  Operation operation;
  operation.cursor = std::move(name);
  operation.through = through;
  operation.kept = std::move(done);
  enqueue(std::move(operation));
}

// What waits is bounded by who brings it: an association or a request waits for its answer.
void IndexWriter::enqueue(Operation operation) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(operation));
  changed_.notify_one();
}

std::vector<IndexWriter::Operation> IndexWriter::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
  std::vector<Operation> taken;
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < kBatchBytes && taken.size() < kBatchOperations) {
    const bool is_removal = static_cast<bool>(queue_.front().was_removed);
    if (is_removal && !taken.empty()) break;  // alone: it may be large
    if (queue_.front().added) bytes += kOverhead + queue_.front().added->head.size();
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (is_removal) break;
  }
  return taken;
}

void IndexWriter::run() {
  while (true) {
    std::vector<Operation> operations = take();
    if (operations.empty()) return;
    write(operations);
  }
}

void IndexWriter::write(std::vector<Operation>& operations) {
  Overlay overlay;
  overlay.totals = totals();
  const std::uint64_t change_before = overlay.totals.change;
  bool must_sync = false;
  Result<> written;
  {
    const std::unique_ptr<kv::View> view = kv_.view();
    for (Operation& operation : operations) {
      must_sync = must_sync || operation.added || operation.was_removed;
      written = prepare(operation, *view, overlay);
      if (!written) break;
    }
  }
  const bool is_changed = overlay.totals.change != change_before;
  if (written) {
    put_rows(overlay);
    if (is_changed) overlay.batch.put(kEntries, kTotalsEntry, encode(overlay.totals));
    if (!overlay.batch.empty()) {
      written = kv_.commit(overlay.batch, must_sync ? kv::Durability::synced : kv::Durability::written);
    }
  }
  if (written) {
    const std::lock_guard lock(mutex_);
    totals_ = overlay.totals;
  } else {
    static LogLimit limit(1);
    log(LogLevel::error, "the archive's index cannot be written", {{"reason", written.error().message()}}, &limit);
  }
  for (Operation& operation : operations) {
    if (operation.received) operation.received(written ? std::move(operation.outcome) : fail(written.error()));
    if (operation.was_removed) {
      operation.was_removed(written ? Result<std::uint64_t>(operation.count) : fail(written.error()));
    }
    if (operation.kept) operation.kept(written);
  }
  if (!written) return;
  std::set<kv::BlobName> in_use;
  for (const auto& [key, row] : overlay.instances) {
    if (row) in_use.insert(row->stored.blob);
  }
  for (const kv::BlobName& name : overlay.unused) {
    if (!in_use.contains(name)) unused_(name);
  }
  if (is_changed) changed_callback_();
}

Result<std::optional<StudyRow>*> IndexWriter::study(const std::string& key, const kv::View& view,
                                                    Overlay& overlay) const {
  const auto [at, is_new] = overlay.studies.try_emplace(key);
  if (is_new) {
    if (const auto stored = TRY(view.get(kStudies, key))) {
      at->second = TRY(decode_study(*stored));
      overlay.before.emplace(key, *at->second);
    }
  }
  return &at->second;
}

Result<std::optional<SeriesRow>*> IndexWriter::series(const std::string& key, const kv::View& view,
                                                      Overlay& overlay) const {
  const auto [at, is_new] = overlay.series.try_emplace(key);
  if (is_new) {
    if (const auto stored = TRY(view.get(kSeries, key))) at->second = TRY(decode_series(*stored));
  }
  return &at->second;
}

Result<std::optional<InstanceRow>*> IndexWriter::instance(const std::string& key, const kv::View& view,
                                                          Overlay& overlay) const {
  const auto [at, is_new] = overlay.instances.try_emplace(key);
  if (is_new) {
    if (const auto stored = TRY(view.get(kInstances, key))) at->second = TRY(decode_instance(key, *stored));
  }
  return &at->second;
}

Result<std::string> IndexWriter::location(const std::string& instance, const kv::View& view, Overlay& overlay) const {
  const auto changed = overlay.locations.find(instance);
  if (changed != overlay.locations.end()) return changed->second;
  return TRY(view.get(kEntries, instance_entry(instance))).value_or(std::string());
}

Result<> IndexWriter::prepare(Operation& operation, const kv::View& view, Overlay& overlay) {
  if (operation.added) return prepare_add(operation, view, overlay);
  if (operation.was_removed) return prepare_remove(operation, view, overlay);
  overlay.batch.put(kEntries, cursor_entry(operation.cursor), little(operation.through));
  return {};
}

Result<> IndexWriter::prepare_add(Operation& operation, const kv::View& view, Overlay& overlay) {
  NewInstance& added = *operation.added;
  StoredInstance& stored = added.row.stored;
  Received received;
  // 1. Is it there already, or something else in its place?
  const std::string there = TRY(location(stored.key.instance, view, overlay));
  if (!there.empty()) {
    const std::optional<InstanceRow>& known = *TRY(instance(there, view, overlay));
    if (!known) return fail(ErrorCode::io_failure, "the archive's index names an instance that it does not have");
    if (known->stored.content == stored.content) {
      if (known->stored.blob != stored.blob) overlay.unused.push_back(stored.blob);  // with another head, just now
      operation.outcome = Received{Reception::known, known->stored};
      return {};
    }
    if (added.on_conflict == OnConflict::refuse) {
      overlay.unused.push_back(stored.blob);
      operation.outcome = fail(ErrorCode::conflict, "another object has this SOP Instance UID");
      return {};
    }
    received.reception = Reception::replaced;
    overlay.unused.push_back(known->stored.blob);
    const InstanceRow old = *known;
    TRY(take_out(old, view, overlay));
  }
  // 2. Its rows.
  stored.sequence = ++overlay.totals.sequence;
  stored.arrived = clock_.now();
  const std::string key = key_of(stored.key);
  std::optional<StudyRow>& study_row = *TRY(study(stored.key.study, view, overlay));
  if (!study_row) {
    study_row.emplace();
    ++overlay.totals.counts.studies;
  }
  study_row->patient.add(added.patient);
  study_row->study.add(added.study);
  std::optional<SeriesRow>& series_row = *TRY(series(key_of({stored.key.study, stored.key.series}), view, overlay));
  if (!series_row) {
    series_row.emplace();
    ++study_row->series;
    ++overlay.totals.counts.series;
  }
  series_row->attributes.add(added.series);
  ++series_row->instances;
  add_once(series_row->classes, stored.kind.sop_class);
  ++study_row->instances;
  study_row->bytes += stored.bytes;
  add_once(study_row->modalities, series_row->attributes.value(kModality));
  add_once(study_row->classes, stored.kind.sop_class);
  ++overlay.totals.counts.instances;
  overlay.totals.counts.bytes += stored.bytes;
  *TRY(instance(key, view, overlay)) = added.row;
  overlay.locations[stored.key.instance] = key;
  if (!added.head.empty()) overlay.batch.put(kHeads, key, added.head);
  touch(stored.key.study, overlay);
  received.instance = stored;
  operation.outcome = std::move(received);
  return {};
}

Result<> IndexWriter::prepare_remove(Operation& operation, const kv::View& view, Overlay& overlay) {
  const std::string prefix = prefix_of(operation.removed);
  const auto cursor = view.scan(
      kInstances, operation.removed.instance.empty() ? kv::Range::prefix(prefix) : kv::Range{prefix, prefix + '\0'});
  for (; cursor->valid() && operation.count < kRemovedAtOnce; cursor->next()) {
    const InstanceRow row = TRY(decode_instance(cursor->key(), cursor->value()));
    overlay.unused.push_back(row.stored.blob);
    TRY(take_out(row, view, overlay));
    ++operation.count;
  }
  TRY(cursor->status());
  return operation.count == 0 ? Result<>() : narrow(operation.removed.study, view, overlay);
}

// Those of the series that are left; what a series said of its classes stays until it goes.
Result<> IndexWriter::narrow(const std::string& study_uid, const kv::View& view, Overlay& overlay) {
  std::optional<StudyRow>& study_row = *TRY(study(study_uid, view, overlay));
  if (!study_row) return {};
  study_row->modalities.clear();
  study_row->classes.clear();
  const auto add = [&](const SeriesRow& row) {
    add_once(study_row->modalities, row.attributes.value(kModality));
    for (const std::string& one : row.classes) add_once(study_row->classes, one);
  };
  const std::string prefix = prefix_of({study_uid});
  const auto cursor = view.scan(kSeries, kv::Range::prefix(prefix));
  for (; cursor->valid(); cursor->next()) {
    if (overlay.series.contains(std::string(cursor->key()))) continue;
    add(TRY(decode_series(cursor->value())));
  }
  TRY(cursor->status());
  for (const auto& [key, row] : overlay.series) {
    if (row && key.starts_with(prefix)) add(*row);
  }
  return {};
}

Result<> IndexWriter::take_out(const InstanceRow& row, const kv::View& view, Overlay& overlay) {
  const StoredInstance& stored = row.stored;
  const std::string key = key_of(stored.key);
  *TRY(instance(key, view, overlay)) = std::nullopt;
  overlay.locations[stored.key.instance].clear();
  overlay.batch.erase(kHeads, key);
  std::optional<StudyRow>& study_row = *TRY(study(stored.key.study, view, overlay));
  std::optional<SeriesRow>& series_row = *TRY(series(key_of({stored.key.study, stored.key.series}), view, overlay));
  if (!study_row || !series_row) return fail(ErrorCode::io_failure, "the archive's index has an instance of no series");
  --overlay.totals.counts.instances;
  overlay.totals.counts.bytes -= stored.bytes;
  study_row->bytes -= stored.bytes;
  --study_row->instances;
  if (--series_row->instances == 0) {
    series_row.reset();
    --study_row->series;
    --overlay.totals.counts.series;
  }
  touch(stored.key.study, overlay);
  if (study_row->instances == 0) {
    // Whoever follows changes is told of it once more, when nothing is there.
    overlay.batch.put(kEntries, change_entry(overlay.totals.change), stored.key.study);
    study_row.reset();
    --overlay.totals.counts.studies;
  }
  return {};
}

void IndexWriter::touch(const std::string& study, Overlay& overlay) {
  overlay.studies[study]->change = ++overlay.totals.change;
}

void IndexWriter::put_rows(Overlay& overlay) const {
  kv::Batch& batch = overlay.batch;
  for (const auto& [key, row] : overlay.instances) {
    row ? batch.put(kInstances, key, encode(*row)) : batch.erase(kInstances, key);
  }
  for (const auto& [instance, key] : overlay.locations) {
    key.empty() ? batch.erase(kEntries, instance_entry(instance)) : batch.put(kEntries, instance_entry(instance), key);
  }
  for (const auto& [key, row] : overlay.series) {
    row ? batch.put(kSeries, key, encode(*row)) : batch.erase(kSeries, key);
  }
  for (const auto& [key, row] : overlay.studies) {
    const auto before = overlay.before.find(key);
    if (before != overlay.before.end()) {
      for (const std::string& entry : entries_of(before->second, key, secret_)) batch.erase(kEntries, entry);
    }
    if (!row) {
      batch.erase(kStudies, key);
      continue;
    }
    batch.put(kStudies, key, encode(*row));
    for (const std::string& entry : entries_of(*row, key, secret_)) {
      batch.put(kEntries, entry, entry[0] == 'c' ? std::string_view(key) : std::string_view());
    }
  }
}

}  // namespace meridian::imaging::internal
