// ModelKv: a Kv in memory that does the same every time, loses power and fails on demand. For simulations of whoever
// stands on a Kv.
//
//   auto disk = std::make_shared<ModelDisk>();
//   auto kv = open_model(spaces, disk);
//   disk->fail_at(3, ModelFault::unknown);      // the third call from now that writes
//   ...
//   disk->crash();                              // what was not synced is forgotten; open again
//
// A crash keeps the beginning of what was written and not synced, as a log does: the first n commits and nothing of the
// others, n being 0 unless said otherwise. A Kv opened before a crash fails every call after it. Any thread; with one
// thread, deterministic.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/callback.hpp"
#include "kv/kv.hpp"

namespace meridian::testing {

enum class ModelCall : std::uint8_t { commit, sync, load, erase_range };

enum class ModelFault : std::uint8_t {
  busy,     ///< nothing happens, and the next calls work: a full disk
  lost,     ///< io_failure, it did not happen; every later write fails until the next crash
  unknown,  ///< the same, but it did happen and is synced: the answer was lost
};

class ModelDisk {
 public:
  ModelDisk();
  ~ModelDisk();
  ModelDisk(const ModelDisk&) = delete;
  ModelDisk& operator=(const ModelDisk&) = delete;

  /// The power goes. Of the writes that were not synced the first `kept` have reached the disk all the same.
  void crash(std::size_t kept = 0);
  /// How many writes are not synced.
  std::size_t unsynced() const;
  /// The n-th call from now on that writes, counted from 1, meets this fault.
  void fail_at(std::size_t n, ModelFault fault);
  /// How many calls wrote or tried to since the beginning.
  std::size_t calls() const;
  /// Called before each call that writes, by the thread that makes it and without locks: where a simulation's scheduler
  /// lets others go first.
  void before_call(Callback<void(ModelCall)> hook);

  struct State;  // of the source alone
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// More spaces than before may be named, never fewer.
Result<std::unique_ptr<kv::Kv>> open_model(std::span<const kv::SpaceDefinition> spaces,
                                           std::shared_ptr<ModelDisk> disk);
/// What `checkpoint(folder)` of a Kv on that disk copied; not_found when there is none.
Result<std::shared_ptr<ModelDisk>> model_checkpoint(const ModelDisk& disk, const std::string& folder);

}  // namespace meridian::testing
