#include "formats/signal/internal/scp_huffman.hpp"

#include <algorithm>

#include "formats/signal/internal/scp_bytes.hpp"

namespace meridian::signal::internal {
namespace {

constexpr std::uint16_t kStandard = 19'999;
constexpr std::size_t kMaxTables = 64;
constexpr std::size_t kMaxCodes = 4'096;  // of all tables
constexpr unsigned kMaxPrefixBits = 32;
constexpr unsigned kMaxExtraBits = 16;

class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes), end_(bytes.size() * 8) {}
  std::size_t left() const { return end_ - at_; }
  unsigned next() {
    const auto byte = static_cast<std::uint8_t>(bytes_[at_ / 8]);
    const unsigned bit = (byte >> (7 - at_ % 8)) & 1;
    ++at_;
    return bit;
  }

 private:
  std::string_view bytes_;
  std::size_t end_;
  std::size_t at_ = 0;
};

std::int16_t with_sign(std::uint32_t number, unsigned bits) {
  if (bits == 0) return 0;
  if (bits < 16 && (number >> (bits - 1)) != 0) number |= ~std::uint32_t{0} << bits;
  return static_cast<std::int16_t>(number);
}

}  // namespace

bool HuffmanTables::Table::add(std::uint32_t prefix, std::uint8_t bits, std::size_t code) {
  std::size_t at = 0;
  for (unsigned i = 0; i < bits; ++i) {
    const unsigned bit = (prefix >> i) & 1;
    const std::int32_t next = nodes[at][bit];
    if (i + 1 == bits) {
      if (next != 0) return false;  // it begins another code
      nodes[at][bit] = -static_cast<std::int32_t>(code) - 1;
      return true;
    }
    if (next < 0) return false;  // another code begins it
    if (next == 0) {
      nodes[at][bit] = static_cast<std::int32_t>(nodes.size());
      nodes.emplace_back();
    }
    at = static_cast<std::size_t>(nodes[at][bit]);
  }
  return false;
}

const HuffmanTables& HuffmanTables::standard() {
  static const HuffmanTables kTables = [] {
    HuffmanTables made;
    Table& table = made.tables_.emplace_back();
    const auto add = [&](std::uint32_t prefix, std::uint8_t bits, std::uint8_t extra, int value) {
      made.codes_.push_back({bits, extra, false, static_cast<std::int16_t>(value)});
      table.add(prefix, bits, made.codes_.size() - 1);
    };
    // n ones, a zero, the sign: n from 1 to 8. The lowest bit is the first.
    add(0, 1, 0, 0);
    for (int value = 1; value <= 8; ++value) {
      const auto ones = (std::uint32_t{1} << value) - 1;
      const auto bits = static_cast<std::uint8_t>(value + 2);
      add(ones, bits, 0, value);
      add(ones | (std::uint32_t{1} << (value + 1)), bits, 0, -value);
    }
    add(0x1FF, 10, 8, 0);   // nine ones, a zero, eight bits of the number
    add(0x3FF, 10, 16, 0);  // ten ones, all of it
    return made;
  }();
  return kTables;
}

std::optional<HuffmanTables> HuffmanTables::parse(std::string_view data) {
  ScpBytes bytes(data);
  const auto count = bytes.take16();
  if (!count) return std::nullopt;
  if (*count == kStandard) return standard();
  if (*count == 0 || *count > kMaxTables) return std::nullopt;
  HuffmanTables made;
  for (std::uint16_t i = 0; i < *count; ++i) {
    Table& table = made.tables_.emplace_back();
    const auto codes = bytes.take16();
    if (!codes || *codes + made.codes_.size() > kMaxCodes) return std::nullopt;
    for (std::uint16_t n = 0; n < *codes; ++n) {
      const auto prefix_bits = bytes.take8();
      const auto all_bits = bytes.take8();
      const auto mode = bytes.take8();
      const auto value = bytes.take16();
      const auto prefix = bytes.take32();
      if (!prefix || *prefix_bits == 0 || *prefix_bits > kMaxPrefixBits || *all_bits < *prefix_bits ||
          *all_bits - *prefix_bits > static_cast<int>(kMaxExtraBits)) {
        return std::nullopt;
      }
      if (*mode == 0 && (*value == 0 || *value > *count)) return std::nullopt;
      if (!table.add(*prefix, *prefix_bits, made.codes_.size())) return std::nullopt;
      made.codes_.push_back({*prefix_bits, static_cast<std::uint8_t>(*all_bits - *prefix_bits), *mode == 0,
                             static_cast<std::int16_t>(*value)});
    }
  }
  return made;
}

std::vector<std::int16_t> HuffmanTables::decode(std::string_view bytes, std::size_t count) const {
  std::vector<std::int16_t> numbers;
  numbers.reserve(std::min(count, bytes.size() * 8));
  Bits bits(bytes);
  std::size_t table = 0;
  while (numbers.size() < count) {
    std::int32_t at = 0;
    do {
      if (bits.left() == 0) return numbers;
      at = tables_[table].nodes[static_cast<std::size_t>(at)][bits.next()];
    } while (at > 0);
    if (at == 0) return numbers;
    const Code& code = codes_[static_cast<std::size_t>(-at) - 1];
    if (bits.left() < code.extra_bits) return numbers;
    std::uint32_t extra = 0;
    for (unsigned i = 0; i < code.extra_bits; ++i) extra = extra << 1 | bits.next();
    if (code.is_switch) {
      table = static_cast<std::size_t>(code.value) - 1;
      continue;
    }
    numbers.push_back(static_cast<std::int16_t>(code.value + with_sign(extra, code.extra_bits)));
  }
  return numbers;
}

}  // namespace meridian::signal::internal
