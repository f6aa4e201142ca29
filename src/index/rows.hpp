// Rows: a set of row numbers, compressed: what every question to the index is answered with.
//
// A row is one version of one resource; its number is dense within a tenant and never used again. Sets are Roaring
// bitmaps inside: a hundred thousand rows combine in well under a millisecond. A value, moved cheaply; one thread at a
// time, or many that only read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::index {

using Row = std::uint64_t;

class Rows {
 public:
  Rows();
  Rows(const Rows&);
  Rows(Rows&&) noexcept;
  Rows& operator=(const Rows&);
  Rows& operator=(Rows&&) noexcept;
  ~Rows();
  /// first <= row < end
  static Rows range(Row first, Row end);
  /// In any order, any number of times.
  static Rows of(std::span<const Row> rows);

  void add(Row row);
  void add_range(Row first, Row end);
  void remove(Row row);
  void remove_range(Row first, Row end);
  bool contains(Row row) const;
  bool empty() const;
  std::uint64_t count() const;
  std::uint64_t count_and(const Rows& other) const;  ///< of the intersection, without making it

  Rows& operator&=(const Rows& other);
  Rows& operator|=(const Rows& other);
  Rows& operator-=(const Rows& other);
  bool operator==(const Rows& other) const;

  /// The least row at or above; nothing beyond the last.
  std::optional<Row> at_or_after(Row row) const;
  /// The greatest row below.
  std::optional<Row> before(Row row) const;
  /// Calls `visit(const Row* rows, std::size_t count)` with ascending batches of up to 1024, until it says false.
  template <typename Visit>
  void visit(Visit&& visit) const;

  /// Copies rows from `from` on, as many as there are and fit; gives how many.
  std::size_t copy(Row from, std::span<Row> out) const;

  std::size_t memory_bytes() const;
  void append_to(std::string& bytes) const;  ///< its serial form
  static Result<Rows> parse(std::string_view bytes);

  struct Bitmap;
  const Bitmap& bitmap() const { return *bitmap_; }
  Bitmap& bitmap() { return *bitmap_; }

 private:
  std::unique_ptr<Bitmap> bitmap_;
};

template <typename Visit>
void Rows::visit(Visit&& visit) const {
  Row batch[1024];
  Row from = 0;
  while (const std::size_t count = copy(from, batch)) {
    if (!visit(static_cast<const Row*>(batch), count)) return;
    from = batch[count - 1] + 1;
  }
}

}  // namespace meridian::index
