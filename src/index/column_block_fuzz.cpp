// Column blocks: any bytes are a block or an Error, every value of a block can be read, and values taken from the input
// come back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "index/internal/column_block.hpp"

using meridian::index::ColumnBlock;
using meridian::index::ColumnValue;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

std::vector<ColumnValue> read(const ColumnBlock& block) {
  std::vector<ColumnValue> values;
  for (meridian::index::Row row = block.first(); row <= block.last(); ++row) {
    const std::int32_t place = block.place_of(row);
    if (place < 0) continue;
    expect(place == static_cast<std::int32_t>(values.size()));
    const std::uint64_t low = block.low(place);
    values.push_back({row, low, block.high(place, low)});
  }
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  // In memory of its own, so that a read beyond the end is seen.
  const std::vector<char> bytes(data, data + size);
  if (const auto block = ColumnBlock::parse(1'000, {bytes.data(), bytes.size()})) (void)read(*block);

  if (size < 2) return 0;
  const unsigned shift = data[0] % 64;
  const bool is_pair = (data[1] & 1) != 0;
  std::vector<ColumnValue> values;
  meridian::index::Row row = data[1];
  for (std::size_t at = 2; at + 8 <= size && row < data[1] + meridian::index::kBlockSpan; at += 8) {
    const auto number = meridian::load_little<std::uint64_t>(data + at);
    const std::uint64_t low = number >> shift;
    values.push_back({row, low, is_pair ? std::max(low, number) : low});
    row += 1 + (data[1] < 64 ? 0 : number % 256);
  }
  if (values.empty()) return 0;
  std::string written;
  append_column_block(written, values);
  const auto block = ColumnBlock::parse(values.front().row, written);
  expect(block.has_value());
  const std::vector<ColumnValue> again = read(*block);
  expect(again.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    expect(again[i].row == values[i].row && again[i].low == values[i].low && again[i].high == values[i].high);
  }
  return 0;
}
