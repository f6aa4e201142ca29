// MemoryBudget: one table of who holds how many bytes, and one limit for all of them.
//
//   MemoryAccount bodies = budget.account("http bodies");
//   MemoryReservation held = TRY(bodies.reserve(length));     // given back when `held` goes
//
// Modules that keep much memory (stores, caches, bodies, queues) reserve it before they take it, so that the program
// refuses work instead of being killed. It counts what is told, not what malloc does: compare with `resident_bytes`.
// Any thread may use any of it, without locks except for opening an account. A budget outlives its accounts and
// reservations.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace meridian {

class MemoryBudget;

namespace internal {
struct MemoryEntry {
  MemoryBudget* budget;
  std::string name;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> peak = 0;
};
}  // namespace internal

/// Bytes that somebody holds. Moved, not copied; an empty one holds none.
class MemoryReservation {
 public:
  MemoryReservation() = default;
  MemoryReservation(MemoryReservation&& other) noexcept
      : entry_(std::exchange(other.entry_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryReservation& operator=(MemoryReservation&& other) noexcept {
    std::swap(entry_, other.entry_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MemoryReservation(const MemoryReservation&) = delete;
  MemoryReservation& operator=(const MemoryReservation&) = delete;
  ~MemoryReservation() { release(); }

  std::uint64_t bytes() const { return bytes_; }
  /// More or fewer bytes; on failure as many as before.
  Result<> resize(std::uint64_t bytes);
  void release();

 private:
  friend class MemoryAccount;
  MemoryReservation(internal::MemoryEntry* entry, std::uint64_t bytes) : entry_(entry), bytes_(bytes) {}
  internal::MemoryEntry* entry_ = nullptr;
  std::uint64_t bytes_ = 0;
};

class MemoryAccount {
 public:
  /// `busy` when the budget's limit would be passed: others may give memory back.
  Result<MemoryReservation> reserve(std::uint64_t bytes) const;
  std::uint64_t bytes() const { return entry_->bytes.load(std::memory_order_relaxed); }

 private:
  friend class MemoryBudget;
  explicit MemoryAccount(internal::MemoryEntry* entry) : entry_(entry) {}
  internal::MemoryEntry* entry_;
};

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes);
  ~MemoryBudget();
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// The account with this name, opened when there is none yet.
  MemoryAccount account(std::string_view name);

  struct Row {
    std::string name;
    std::uint64_t bytes;
    std::uint64_t peak;  ///< the most it held at once
  };
  /// One row an account, in the order they were opened.
  std::vector<Row> table() const;
  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_; }

 private:
  friend class MemoryAccount;
  friend class MemoryReservation;
  Result<> take(internal::MemoryEntry& entry, std::uint64_t bytes);
  void give_back(internal::MemoryEntry& entry, std::uint64_t bytes);

  struct Accounts;
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_ = 0;
  Accounts* accounts_;
};

/// What the system says this process holds in memory, 0 when it does not say.
std::uint64_t resident_bytes();

}  // namespace meridian
