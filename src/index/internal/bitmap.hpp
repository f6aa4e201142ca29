// What Rows are made of: one 32-bit Roaring bitmap for each high word, ascending, none of them empty.
#pragma once

#include <roaring/roaring.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "index/rows.hpp"

namespace meridian::index {

struct FreeRoaring {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Roaring = std::unique_ptr<roaring_bitmap_t, FreeRoaring>;

struct Rows::Bitmap {
  struct Piece {
    std::uint32_t high;
    Roaring low;
  };
  std::vector<Piece> pieces;

  Bitmap() = default;
  Bitmap(const Bitmap& other);
  /// The place of the first piece whose high word is not below.
  std::size_t find(std::uint32_t high) const;
  const roaring_bitmap_t* get(std::uint32_t high) const;  ///< or nullptr
  roaring_bitmap_t* get_or_make(std::uint32_t high);
  void drop_if_empty(std::size_t place);
};

}  // namespace meridian::index
