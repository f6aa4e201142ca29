// Collector: gathers rows in any order, any number of times, and gives them as a set.
//
// Few rows are kept in a list and sorted. Many are struck into bitmaps of 65,536 rows, which costs two nanoseconds a
// row wherever it lies, and one bit a row of the store at most. The set is then made of them block by block: adding
// them to it one by one, or a set for every posting list, would cost ten times as much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/rows.hpp"

namespace meridian::index {

class Collector {
 public:
  void add(Row row) {
    if (!is_spilled_) {
      few_.push_back(row);
      if (few_.size() == kFew) spill();
      return;
    }
    if (row >> 16 != block_key_) select(row >> 16);
    block_[(row >> 6) & 1023] |= std::uint64_t{1} << (row & 63);
  }
  void add_range(Row first, Row end);
  /// Bit i of `bytes` stands for the row `first` + i.
  void add_bits(Row first, const std::uint8_t* bytes, std::size_t size);

  bool empty() const { return few_.empty() && pieces_.empty(); }
  /// The set; the collector is empty afterwards.
  Rows take();

 private:
  static constexpr std::size_t kFew = 2048;
  static constexpr std::size_t kBlockWords = 1024;
  using Block = std::unique_ptr<std::uint64_t[]>;
  struct Piece {
    std::uint32_t high;
    std::vector<Block> blocks;  // by the upper half of the low word
  };

  void spill();
  void select(std::uint64_t key);
  void take_few(Rows& rows);

  std::vector<Row> few_;
  bool is_spilled_ = false;
  std::uint64_t block_key_ = UINT64_MAX;
  std::uint64_t* block_ = nullptr;
  std::vector<Piece> pieces_;  // ascending
};

}  // namespace meridian::index
