// IndexWriter: the one thread that writes the archive's index, many objects with one sync.
//
// What it does is prepared over the rows as they are, and those that the batch has changed; nobody sees a batch before
// it is safe. `done` is called on this thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "imaging/archive.hpp"
#include "imaging/internal/archive_layout.hpp"

namespace meridian::imaging::internal {

/// An object whose blob is safe.
struct NewInstance {
  InstanceRow row;  ///< sequence and time are the writer's to say
  std::string head;
  Attributes patient;
  Attributes study;
  Attributes series;
  OnConflict on_conflict = OnConflict::refuse;
};

class IndexWriter {
 public:
  /// Blobs that nothing names any more are given to `unused`, on this thread, after what freed them is safe.
  using Unused = Callback<void(const kv::BlobName&)>;

  IndexWriter(kv::Kv& kv, const Clock& clock, std::string secret, Unused unused, Callback<void()> changed);
  /// Writes what waits.
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  Result<> load();
  void add(NewInstance instance, Callback<void(Result<Received>)> done);
  void remove(InstanceKey key, Callback<void(Result<std::uint64_t>)> done);
  void keep_cursor(std::string name, std::uint64_t through, Callback<void(Result<>)> done);
  Totals totals() const;

 private:
  struct Operation {
    std::optional<NewInstance> added;
    Callback<void(Result<Received>)> received;
    InstanceKey removed;
    Callback<void(Result<std::uint64_t>)> was_removed;
    std::string cursor;
    std::uint64_t through = 0;
    Callback<void(Result<>)> kept;

    Result<Received> outcome = Received();  // of an addition, once it is prepared
    std::uint64_t count = 0;                // of a removal
  };
  /// Rows as this batch leaves them; nothing: the row goes.
  struct Overlay {
    kv::Batch batch;
    std::map<std::string, std::optional<StudyRow>> studies;
    std::map<std::string, std::optional<SeriesRow>> series;
    std::map<std::string, std::optional<InstanceRow>> instances;
    std::map<std::string, std::string> locations;  // of SOP instances; empty: it goes
    std::map<std::string, StudyRow> before;        // as they are on the disk
    std::vector<kv::BlobName> unused;
    Totals totals;
  };

  void enqueue(Operation operation);
  void run();
  std::vector<Operation> take();
  void write(std::vector<Operation>& operations);
  Result<> prepare(Operation& operation, const kv::View& view, Overlay& overlay);
  Result<> prepare_add(Operation& operation, const kv::View& view, Overlay& overlay);
  Result<> prepare_remove(Operation& operation, const kv::View& view, Overlay& overlay);
  /// Takes an instance out of its rows.
  Result<> take_out(const InstanceRow& row, const kv::View& view, Overlay& overlay);
  /// The modalities and classes of a study again, after series may have gone.
  Result<> narrow(const std::string& study_uid, const kv::View& view, Overlay& overlay);
  void touch(const std::string& study, Overlay& overlay);
  void put_rows(Overlay& overlay) const;

  Result<std::optional<StudyRow>*> study(const std::string& key, const kv::View& view, Overlay& overlay) const;
  Result<std::optional<SeriesRow>*> series(const std::string& key, const kv::View& view, Overlay& overlay) const;
  Result<std::optional<InstanceRow>*> instance(const std::string& key, const kv::View& view, Overlay& overlay) const;
  Result<std::string> location(const std::string& instance, const kv::View& view, Overlay& overlay) const;

  kv::Kv& kv_;
  const Clock& clock_;
  const std::string secret_;
  const Unused unused_;
  const Callback<void()> changed_callback_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Operation> queue_;
  Totals totals_;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace meridian::imaging::internal
