// Archive: every DICOM object as it came, bit for bit, and what is known of it: patients, studies, series, instances.
//
//   auto incoming = TRY(archive->receive("dicom/CT1@10.0.0.5"));
//   TRY(incoming->append(bytes));                                   // of a Part 10 file, in pieces
//   incoming->finish([](Result<Received> received) { … });          // called when it is safe
//
// An object is first a blob, then an entry of the index, then known of: `finish` calls back once both are safe, and a
// crash in between leaves a blob that nobody knows. One thread writes the index; what many bring at the same time
// shares its sync. An object whose structure does not hold is refused, as is one that does not say which it is. The
// same object again changes nothing; another under the UID of one that is there is a conflict, or takes its place, as
// the options say. What a study, a series or a patient is said to be is the word of the first that says it.
//
// Reading never waits for writing. Each read asks the guard whether the study may be seen; what may not is not found.
// Any thread; an Incoming and Matches belong to one at a time. Lifetime: the archive outlives what it gave out; the
// file system, clock and guard outlive it. Memory: `held_bytes` for each Incoming, and the index's.
// Errors: malformed_input, too_large (the object), conflict, not_found, busy (the disk is full, too much waits),
// io_failure. Layout on disk: internal/archive_layout.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "formats/dicom/file.hpp"
#include "imaging/instance.hpp"
#include "imaging/query.hpp"
#include "store/context.hpp"

namespace meridian {
class Clock;
class MemoryBudget;
}  // namespace meridian
namespace meridian::kv {
class Blobs;
}

namespace meridian::imaging {

class Dialects;

/// Whether a study may be seen by who asks.
class StudyGuard {
 public:
  virtual ~StudyGuard() = default;
  virtual Result<bool> may_see(const store::ReadContext& context, const std::string& study) const = 0;
};

enum class OnConflict : std::uint8_t { refuse, replace };

struct ArchiveOptions {
  std::string folder = {};
  FileSystem* files = nullptr;     ///< null: the machine's
  const Clock* clock = nullptr;    ///< null: the machine's
  MemoryBudget* memory = nullptr;  ///< null: reserved nowhere
  std::uint64_t memory_bytes = 64 << 20;
  const StudyGuard* guard = nullptr;   ///< null: everything may be seen
  const Dialects* dialects = nullptr;  ///< null: data sets say what they mean
  std::string key;                     ///< secret; the names of blobs are HMACs under it
  std::size_t held_bytes = 1 << 20;    ///< an object is held in memory as far as this before it goes to disk
  std::uint64_t object_bytes = std::uint64_t{16} << 30;
};

enum class Reception : std::uint8_t { added, known, replaced };

struct Received {
  Reception reception = Reception::added;
  StoredInstance instance;
};

class Incoming {
 public:
  virtual ~Incoming() = default;
  virtual Result<> append(std::string_view bytes) = 0;
  /// What the object says it is, as far as that is known; complete once `finish` has called back.
  virtual const StoredInstance& seen() const = 0;
  /// `done` is called once, perhaps on the index's thread: quick. Nothing is appended afterwards.
  virtual void finish(OnConflict on_conflict, Callback<void(Result<Received>)> done) = 0;
};

struct Match {
  InstanceKey key;  ///< as far as the level goes; at the level of patients empty
  Attributes attributes;
};

class Matches {
 public:
  virtual ~Matches() = default;
  virtual Result<std::optional<Match>> next() = 0;
};

struct ArchiveCounts {
  std::uint64_t studies = 0;
  std::uint64_t series = 0;
  std::uint64_t instances = 0;
  std::uint64_t bytes = 0;
};

class Archive {
 public:
  static Result<std::unique_ptr<Archive>> open(ArchiveOptions options);
  /// Writes what waits.
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  /// `instance`, `study`: the UIDs that it must have; empty: any. Of another study it is unprocessable.
  Result<std::unique_ptr<Incoming>> receive(std::string source, std::string instance = {}, std::string study = {});
  /// A whole file, waiting.
  Result<Received> put(std::string_view file, std::string source, OnConflict on_conflict = OnConflict::refuse);
  /// Forgets all that lies below the key, which names a study at least; how many instances that were. Waits.
  Result<std::uint64_t> remove(const InstanceKey& key);

  /// Studies newest first, series and instances in the order of their numbers, then UIDs.
  Result<std::unique_ptr<Matches>> find(const store::ReadContext& context, Query query) const;
  /// All below the key, in the order of series and instance UIDs; none is not_found.
  Result<std::vector<StoredInstance>> instances(const store::ReadContext& context, const InstanceKey& key) const;
  /// By its SOP Instance UID alone.
  Result<StoredInstance> instance(const store::ReadContext& context, const std::string& uid) const;

  // Of an instance that was given out; asking the guard was done then.
  Result<std::unique_ptr<RandomAccessFile>> open(const StoredInstance& instance) const;
  /// The file's beginning: all but the pixels, as far as that is less than 64 MB.
  Result<dicom::File> head(const StoredInstance& instance) const;
  Result<dicom::File> file(const StoredInstance& instance) const;  ///< all of it, in memory

  ArchiveCounts counts() const;
  /// Studies in which something was added or replaced, or went, after a place in the order of changes; each once, until
  /// there are so many. `through`: go on after this.
  struct Changes {
    std::vector<std::string> studies;
    std::uint64_t through = 0;
    bool is_current = true;  ///< nothing newer was there
  };
  Result<Changes> changes(std::uint64_t after, std::size_t limit) const;
  /// How far somebody has come with the changes; by name. Safe with the next object.
  Result<std::uint64_t> cursor(std::string_view name) const;
  Result<> keep_cursor(std::string_view name, std::uint64_t through);
  /// Called after each change is safe, from the index's thread: a hint. Until the handle goes.
  std::shared_ptr<void> on_change(Callback<void()> wake);
  /// The index, as it is now, in a folder that is not there yet; and what it speaks of: for back-ups. A blob is safe
  /// before the index names it.
  Result<> checkpoint(const std::string& folder) const;
  const kv::Blobs& blobs() const;
  static constexpr std::string_view kIndexFolder = "index";    ///< within the archive's
  static constexpr std::string_view kBlobsFolder = "objects";  ///< within the archive's
  /// Removes blobs that nothing names, left by a crash or a restore; how many. For an archive that nobody writes to.
  Result<std::uint64_t> sweep();
  /// Reads every object and compares it with the index; a line for each fault.
  Result<std::vector<std::string>> verify(const Callback<void(std::string_view progress)>& progress) const;

 private:
  struct State;
  explicit Archive(std::unique_ptr<State> state);
  Result<> look_through(const StoredInstance& stored) const;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::imaging
