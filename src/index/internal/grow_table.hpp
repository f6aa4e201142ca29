// GrowTable: finds things by hash; one thread adds, any number look up meanwhile without waiting.
//
// Slots are pointers that go from nothing to something once. When it is half full a table of twice the size is filled
// and put in its place; whoever still looks through the old one sees all that was there when it began. Nothing is ever
// taken out; the old tables go with the new.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace meridian::index {

/// T has a member `std::uint32_t hash`.
template <typename T>
class GrowTable {
 public:
  explicit GrowTable(std::size_t slots = 64) { place(slots); }

  /// The one with that hash for which `is_it(const T&)` says so, or nullptr. Any thread.
  template <typename IsIt>
  T* find(std::uint32_t hash, IsIt&& is_it) const {
    const Table& table = *current_.load(std::memory_order_acquire);
    for (std::size_t at = hash & table.mask;; at = (at + 1) & table.mask) {
      T* const held = table.slots[at].load(std::memory_order_acquire);
      if (held == nullptr) return nullptr;
      if (held->hash == hash && is_it(*held)) return held;
    }
  }

  /// Of something that is not there yet, whole and ready to be read. The one writing thread.
  void add(T* added) {
    if (2 * (count_ + 1) > tables_.back()->mask + 1) grow();
    ++count_;
    insert(*tables_.back(), added);
  }

  std::size_t memory_bytes() const { return memory_; }

 private:
  struct Table {
    explicit Table(std::size_t size) : mask(size - 1), slots(std::make_unique<std::atomic<T*>[]>(size)) {}
    std::size_t mask;
    std::unique_ptr<std::atomic<T*>[]> slots;
  };

  static void insert(Table& table, T* added) {
    std::size_t at = added->hash & table.mask;
    while (table.slots[at].load(std::memory_order_relaxed) != nullptr) at = (at + 1) & table.mask;
    table.slots[at].store(added, std::memory_order_release);
  }
  void grow() {
    auto larger = std::make_unique<Table>(2 * (tables_.back()->mask + 1));
    for (std::size_t at = 0; at <= tables_.back()->mask; ++at) {
      if (T* held = tables_.back()->slots[at].load(std::memory_order_relaxed)) insert(*larger, held);
    }
    put(std::move(larger));
  }
  void place(std::size_t slots) { put(std::make_unique<Table>(slots)); }
  void put(std::unique_ptr<Table> table) {
    memory_ += (table->mask + 1) * sizeof(T*);
    tables_.push_back(std::move(table));
    current_.store(tables_.back().get(), std::memory_order_release);
  }

  std::vector<std::unique_ptr<Table>> tables_;
  std::atomic<Table*> current_ = nullptr;
  std::size_t count_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace meridian::index
