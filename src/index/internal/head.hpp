// Head: rows in memory, found by their terms and columns: the newest rows of a tenant, or a chunk in the making.
//
// One thread appends; any number read meanwhile without waiting, and without making it wait. Everything is only added:
// a term stays where it was made, its rows are blocks of numbers, and the count beside them is raised last. A reader
// sees every row whose append() returned before it came by (by way of whatever told it of that row), and perhaps some
// that are being appended, which its snapshot leaves out. Terms are not kept in order while they come: a reader that
// wants a range sorts those of the field that are new since the last one did, and leaves the sorted list for the next.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "index/entries.hpp"
#include "index/internal/arena.hpp"
#include "index/internal/column_block.hpp"
#include "index/internal/grow_table.hpp"
#include "index/internal/layout.hpp"

namespace meridian::index {

class Head {
 public:
  /// The first row that may come; unless it is said, the first one that does.
  explicit Head(std::optional<Row> first = {});

  // Numbers after the first few, each block larger than the one before.
  template <typename T>
  struct Block {
    Block* next;
    std::uint32_t capacity;
    T* items() { return reinterpret_cast<T*>(this + 1); }
    const T* items() const { return reinterpret_cast<const T*>(this + 1); }
  };
  struct Field;

  struct Term {
    static constexpr std::uint32_t kFew = 3;
    std::uint32_t hash;
    std::uint32_t size;
    Field* field;
    Term* older;  ///< the term made before it in its field
    std::atomic<std::uint32_t> count;
    std::uint32_t few[kFew];  ///< its first rows, less the head's first
    std::uint32_t newest;     ///< of its rows; the appender's
    std::uint32_t used;       ///< of the last block; the appender's
    Block<std::uint32_t>* first_block;
    Block<std::uint32_t>* last_block;
    std::string_view text() const { return {reinterpret_cast<const char*>(this + 1), size}; }
  };

  struct Field {
    std::uint32_t hash;
    FieldId id;
    std::atomic<Term*> newest = nullptr;
    std::atomic<std::uint32_t> values = 0;  ///< rows in the column
    std::uint32_t used = 0;                 ///< of the last block of values
    Block<ColumnValue>* first_block = nullptr;
    Block<ColumnValue>* last_block = nullptr;

    struct Sorted {
      std::vector<const Term*> terms;
      const Term* newest = nullptr;  ///< the newest one among them
    };
    mutable std::mutex sorting;
    mutable std::shared_ptr<const Sorted> sorted;
  };

  // The appender's.
  bool empty() const { return rows_.empty(); }
  /// Whether a row lies near enough to the first one.
  bool fits(Row row) const { return !has_first_ || row - first_ <= UINT32_MAX; }
  /// Rows ascend.
  void append(Row row, const Entries& entries, std::optional<Row> supersedes);
  std::uint64_t rows() const { return rows_.size(); }
  std::size_t memory_bytes() const;

  // When no more is appended.
  ChunkRecord record() const;
  /// Ascending by id.
  std::vector<const Field*> fields() const;

  // Anybody's.
  const Field* field(FieldId id) const;
  const Term* find(FieldId field, std::string_view term) const;
  /// In order, begin <= term < end; an empty end is no bound.
  static std::vector<const Term*> terms_between(const Field& field, std::string_view begin, std::string_view end);
  template <typename Visit>
  void visit_rows(const Term& term, Visit&& visit) const;
  /// Until `visit(const ColumnValue*, count)` says false.
  template <typename Visit>
  static void visit_values(const Field& field, Visit&& visit);

 private:
  Field& field_or_new(FieldId id);
  void append_term(Row row, Field& field, std::string_view text);
  void append_value(Field& field, const ColumnValue& value);
  template <typename T>
  Block<T>* new_block(std::uint32_t capacity);

  Arena arena_;
  GrowTable<Term> terms_;
  GrowTable<Field> field_table_;
  std::vector<std::unique_ptr<Field>> fields_;
  std::vector<Row> rows_;
  std::vector<Succession> successions_;
  bool has_first_ = false;
  Row first_ = 0;  // what rows are kept less
};

template <typename Visit>
void Head::visit_rows(const Term& term, Visit&& visit) const {
  std::uint32_t left = term.count.load(std::memory_order_acquire);
  const std::uint32_t few = std::min(left, Term::kFew);
  for (std::uint32_t i = 0; i < few; ++i) visit(first_ + term.few[i]);
  left -= few;
  if (left == 0) return;
  for (const Block<std::uint32_t>* block = term.first_block;; block = block->next) {
    const std::uint32_t count = std::min(left, block->capacity);
    for (std::uint32_t i = 0; i < count; ++i) visit(first_ + block->items()[i]);
    left -= count;
    if (left == 0) return;
  }
}

template <typename Visit>
void Head::visit_values(const Field& field, Visit&& visit) {
  std::uint32_t left = field.values.load(std::memory_order_acquire);
  if (left == 0) return;
  for (const Block<ColumnValue>* block = field.first_block;; block = block->next) {
    const std::uint32_t count = std::min(left, block->capacity);
    if (!visit(block->items(), count)) return;
    left -= count;
    if (left == 0) return;
  }
}

}  // namespace meridian::index
