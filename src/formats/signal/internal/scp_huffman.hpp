// Huffman codes of SCP-ECG (EN 1064, 5.5 and annex C): section 2's tables, or the default table of the standard.
//
//   section 2 := 19999 | count table…           table := count code…
//   code      := prefix-bits(1) all-bits(1) mode(1) value(2) prefix(4)      prefix: its first bit is the lowest
//
// all-bits minus prefix-bits follow the prefix: a number with sign, which is added to the value. Mode 0 stands for no
// number: the table of that value, from 1, holds from there on. Each lead begins with the first table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace meridian::signal::internal {

class HuffmanTables {
 public:
  /// What the standard calls table 19999.
  static const HuffmanTables& standard();
  /// The data of section 2 without its header; nothing where the codes do not fit each other or their bytes.
  static std::optional<HuffmanTables> parse(std::string_view data);

  /// At most `count` numbers; fewer where the bytes end, or where they fit no code.
  std::vector<std::int16_t> decode(std::string_view bytes, std::size_t count) const;

 private:
  struct Code {
    std::uint8_t prefix_bits;
    std::uint8_t extra_bits;
    bool is_switch;
    std::int16_t value;
  };
  /// A table as a tree: of each node where bit 0 and bit 1 lead; below 0: to code -(n + 1); 0: nowhere.
  struct Table {
    std::vector<std::array<std::int32_t, 2>> nodes{1};
    bool add(std::uint32_t prefix, std::uint8_t bits, std::size_t code);
  };

  std::vector<Table> tables_;
  std::vector<Code> codes_;
};

}  // namespace meridian::signal::internal
