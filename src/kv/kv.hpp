// Kv: ordered bytes, the ground that stores stand on.
//
// Keys lie in spaces that are named when it is opened; within a space they are ordered as unsigned bytes. A commit is a
// small batch that happens whole or not at all and is safe before it returns when so asked; it may carry conditions,
// and then happens only while they hold. A view is all of it at one moment, undisturbed by later commits. What a commit
// must not do is be large: kMaxBatchBytes is what every implementation promises, an embedded one, PostgreSQL or HBase.
// Whoever has more to say writes it in pieces that nobody reads yet, and then one record that makes them count.
//
// Any thread may call anything here, except that a Cursor and a Batch belong to one thread at a time. Views and cursors
// go before their Kv. Errors: conflict (a condition does not hold), too_large, invalid_argument (an empty key, entries
// out of order, an unknown space), io_failure (the engine; after a failed commit it is not known whether it happened,
// until it is opened again, and what writes is refused until then), busy (the disk is full: nothing happened, reads go
// on, and writes do again when there is room). Implementations: kv/rocks.hpp; kv/testing/model_kv.hpp. All pass
// kv/testing/contract.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace meridian::kv {

/// The index of a space among the definitions that the Kv was opened with. Written to disk: never renumbered.
enum class SpaceId : std::uint8_t {};

/// How a space is used, so that an engine can lay it out well. It changes speed, never results.
struct SpaceDefinition {
  std::string_view name;     ///< [a-z_]+, never changed
  bool point_reads = false;  ///< get() of keys that are often absent: worth a filter
  bool is_cold = false;      ///< written once, read seldom: worth packing hard
  std::uint8_t prefix = 0;   ///< scans stay within keys that share so many leading bytes; 0: not known
};

inline constexpr std::size_t kMaxBatchBytes = std::size_t{4} << 20;  ///< keys and values together
inline constexpr std::size_t kMaxKeyBytes = 4096;                    ///< and at least one

/// begin <= key < end; an empty end is the end of the space.
struct Range {
  std::string begin;
  std::string end;

  /// Every key that begins so.
  static Range prefix(std::string_view bytes);
};

enum class Direction : std::uint8_t { forward, backward };
/// Whether what is read is worth keeping in memory: a scan of a whole space is not.
enum class CacheUse : std::uint8_t { keep, pass };

/// Walks a range of a view, in order or backwards. key() and value() are good until the next move.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool valid() const = 0;  ///< false at the end, and after an error: look at status()
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void next() = 0;
  /// To the first key at or after `key` in the direction of the walk, within the range.
  virtual void seek(std::string_view key) = 0;
  virtual Result<> status() const = 0;
};

/// All keys as they were at one moment.
class View {
 public:
  virtual ~View() = default;
  virtual Result<std::optional<std::string>> get(SpaceId space, std::string_view key) const = 0;
  /// One answer a key, in their order; faster than one by one.
  virtual Result<std::vector<std::optional<std::string>>> get_many(SpaceId space,
                                                                   std::span<const std::string> keys) const = 0;
  /// The cursor goes before its view. It stands at the first key, or at the last for backward.
  virtual std::unique_ptr<Cursor> scan(SpaceId space, Range range, Direction direction = Direction::forward,
                                       CacheUse cache = CacheUse::keep) const = 0;
};

/// What one commit does. Later words on a key win; conditions look at what was there before.
class Batch {
 public:
  void put(SpaceId space, std::string_view key, std::string_view value);
  void erase(SpaceId space, std::string_view key);
  void require_absent(SpaceId space, std::string_view key);
  void require_value(SpaceId space, std::string_view key, std::string_view value);
  void clear();

  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const { return arena_.size(); }  ///< of keys and values

  struct Entry {
    enum class Kind : std::uint8_t { put, erase, absent, value };
    Kind kind;
    SpaceId space;
    std::uint32_t key_size;
    std::uint32_t value_size;
    std::size_t offset;  ///< of the key in the arena; the value follows
  };
  std::span<const Entry> entries() const { return entries_; }
  std::string_view key(const Entry& entry) const;
  std::string_view value(const Entry& entry) const;

 private:
  void add(Entry::Kind kind, SpaceId space, std::string_view key, std::string_view value);
  std::vector<Entry> entries_;
  std::string arena_;
};

enum class Durability : std::uint8_t {
  synced,   ///< safe from loss of power when the call returns
  written,  ///< safe from the end of the process; safe from loss of power after the next synced commit or sync()
};

class Kv {
 public:
  virtual ~Kv() = default;

  /// The present state. Cheap: microseconds.
  virtual std::unique_ptr<View> view() const = 0;
  /// All or nothing. Commits of several threads at once share what a sync costs.
  virtual Result<> commit(const Batch& batch, Durability durability) = 0;
  virtual Result<> sync() = 0;
  /// Entries in ascending order of key, none of which exists yet in the range that they span: for bulk loads, past the
  /// log. Not atomic, and safe only after the next sync(). Nobody may write into that range meanwhile.
  virtual Result<> load(SpaceId space, std::span<const std::pair<std::string, std::string>> entries) = 0;
  /// Erases a range; not atomic, but again and again gives the same.
  virtual Result<> erase_range(SpaceId space, const Range& range) = 0;

  /// About how many bytes a range takes on disk.
  virtual std::uint64_t disk_bytes(SpaceId space, const Range& range) const = 0;
  /// Reads everything and compares checksums; what is wrong, by name, in the error.
  virtual Result<> verify() const = 0;
  /// A consistent copy that can be opened, in a folder that must not exist yet. Files that cannot change may be shared.
  virtual Result<> checkpoint(const std::string& folder) = 0;
};

// For implementations: what every one of them refuses, in the same words.
Result<> check_key(std::string_view key);
Result<> check_batch(const Batch& batch, std::size_t spaces);
Result<> check_load(std::span<const std::pair<std::string, std::string>> entries);

}  // namespace meridian::kv
