#include "index/internal/collector.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "index/internal/bitmap.hpp"

namespace meridian::index {

namespace {

// The portable form of Roaring bitmaps (https://github.com/RoaringBitmap/RoaringFormatSpec), which the library reads
// with one copy a container: cookie · number of containers · (key, cardinality - 1)* · offset* · container*.
class PortableWriter {
 public:
  void add_list(std::uint16_t key, std::span<const std::uint16_t> lows) {
    begin(key, lows.size());
    const std::size_t at = data_.size();
    data_.resize(at + lows.size() * 2);
    for (std::size_t i = 0; i < lows.size(); ++i) store_little(data_.data() + at + 2 * i, lows[i]);
  }

  void add_block(std::uint16_t key, const std::uint64_t* words) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < kWords; ++i) count += static_cast<std::size_t>(std::popcount(words[i]));
    if (count == 0) return;
    if (count > kMostInList) {
      begin(key, count);
      const std::size_t at = data_.size();
      data_.resize(at + kWords * 8);
      for (std::size_t i = 0; i < kWords; ++i) store_little(data_.data() + at + 8 * i, words[i]);
      return;
    }
    std::uint16_t lows[kMostInList];
    std::size_t at = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
        lows[at++] = static_cast<std::uint16_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
    add_list(key, {lows, at});
  }

  bool empty() const { return headers_.empty(); }

  Roaring finish() {
    const std::size_t containers = headers_.size() / 4;
    const auto start = static_cast<std::uint32_t>(8 + containers * 8);
    std::string bytes(8, '\0');
    bytes.reserve(start + data_.size());
    store_little<std::uint32_t>(bytes.data(), kCookie);
    store_little<std::uint32_t>(bytes.data() + 4, static_cast<std::uint32_t>(containers));
    bytes += headers_;
    for (const std::uint32_t offset : offsets_) {
      char word[4];
      store_little<std::uint32_t>(word, start + offset);
      bytes.append(word, 4);
    }
    bytes += data_;
    Roaring made(roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()));
    CHECK(made != nullptr);
    headers_.clear();
    offsets_.clear();
    data_.clear();
    return made;
  }

 private:
  static constexpr std::uint32_t kCookie = 12346;
  static constexpr std::size_t kWords = 1024;
  static constexpr std::size_t kMostInList = 4096;

  void begin(std::uint16_t key, std::size_t count) {
    char header[4];
    store_little<std::uint16_t>(header, key);
    store_little<std::uint16_t>(header + 2, static_cast<std::uint16_t>(count - 1));
    headers_.append(header, 4);
    offsets_.push_back(static_cast<std::uint32_t>(data_.size()));
  }

  std::string headers_;
  std::vector<std::uint32_t> offsets_;
  std::string data_;
};

}  // namespace

void Collector::spill() {
  is_spilled_ = true;
  for (const Row row : few_) add(row);
  few_.clear();
}

void Collector::select(std::uint64_t key) {
  const auto high = static_cast<std::uint32_t>(key >> 16);
  auto piece = std::lower_bound(pieces_.begin(), pieces_.end(), high,
                                [](const Piece& a, std::uint32_t wanted) { return a.high < wanted; });
  if (piece == pieces_.end() || piece->high != high) piece = pieces_.insert(piece, Piece{high, {}});
  const std::size_t place = key & 0xFFFF;
  if (piece->blocks.size() <= place) piece->blocks.resize(place + 1);
  Block& block = piece->blocks[place];
  if (block == nullptr) block = std::make_unique<std::uint64_t[]>(kBlockWords);
  block_key_ = key;
  block_ = block.get();
}

void Collector::add_range(Row first, Row end) {
  if (first < end && end - first < 64) {
    for (; first < end; ++first) add(first);
    return;
  }
  if (!is_spilled_ && first < end) spill();
  while (first < end) {
    if (first >> 16 != block_key_) select(first >> 16);
    const Row word_end = (first | 63) + 1;  // 0 at the very top, where the loop ends too
    const Row last = std::min(end - 1, word_end - 1);
    const std::uint64_t upper = ~std::uint64_t{0} >> (63 - (last & 63));
    block_[(first >> 6) & 1023] |= upper & (~std::uint64_t{0} << (first & 63));
    if (last == UINT64_MAX) return;
    first = last + 1;
  }
}

void Collector::add_bits(Row first, const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t at = 0; at < size; at += 8) {
    std::uint64_t word = 0;
    if (size - at >= 8) {
      word = load_little<std::uint64_t>(bytes + at);
    } else {
      for (std::size_t i = at; i < size; ++i) word |= std::uint64_t{bytes[i]} << (8 * (i - at));
    }
    for (; word != 0; word &= word - 1) {
      add(first + at * 8 + static_cast<std::uint64_t>(std::countr_zero(word)));
    }
  }
}

void Collector::take_few(Rows& rows) {
  std::sort(few_.begin(), few_.end());
  few_.erase(std::unique(few_.begin(), few_.end()), few_.end());
  PortableWriter writer;
  std::vector<std::uint16_t> lows;
  for (std::size_t i = 0; i < few_.size();) {
    const std::uint64_t key = few_[i] >> 16;
    lows.clear();
    while (i < few_.size() && few_[i] >> 16 == key) lows.push_back(static_cast<std::uint16_t>(few_[i++]));
    writer.add_list(static_cast<std::uint16_t>(key), lows);
    if (i == few_.size() || few_[i] >> 32 != key >> 16) {
      rows.bitmap().pieces.push_back({static_cast<std::uint32_t>(key >> 16), writer.finish()});
    }
  }
}

Rows Collector::take() {
  Rows rows;
  if (is_spilled_) {
    PortableWriter writer;
    for (const Piece& piece : pieces_) {
      for (std::size_t i = 0; i < piece.blocks.size(); ++i) {
        if (piece.blocks[i] != nullptr) writer.add_block(static_cast<std::uint16_t>(i), piece.blocks[i].get());
      }
      if (!writer.empty()) rows.bitmap().pieces.push_back({piece.high, writer.finish()});
    }
  } else {
    take_few(rows);
  }
  few_.clear();
  pieces_.clear();
  is_spilled_ = false;
  block_key_ = UINT64_MAX;
  block_ = nullptr;
  return rows;
}

}  // namespace meridian::index
