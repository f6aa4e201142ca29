// KeyTable: from a type and a JSON key to what the key means, in a few nanoseconds.
//
// Each type has its keys as rows in slot order and a table of buckets, at most half full, that hold slots. A key's
// first and last eight bytes and its length make its hash and, up to sixteen bytes, its whole comparison.
// Threads: immutable once built.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::fhir::internal {

class KeyTable {
 public:
  struct Key {
    std::string_view text;
    KeyMatch match;
  };

  /// Adds the keys of the next type; their slots must be 0, 1, 2 … and their texts must outlive the table.
  void add_type(std::span<const Key> keys);

  KeyMatch find(TypeId type, std::string_view key) const {
    const auto index = static_cast<std::size_t>(type);
    if (index >= types_.size()) return {};
    const TypeEntry& entry = types_[index];
    const Digest digest(key);
    for (std::uint32_t at = digest.hash(key.size()) >> entry.shift;; at = (at + 1) & entry.mask) {
      const std::uint16_t slot = buckets_[entry.first_bucket + at];
      if (slot == kEmpty) return {};
      const Row& row = rows_[entry.first_row + slot];
      if (row.digest == digest && row.text.size() == key.size() && (key.size() <= 16 || row.text == key))
        return row.match;
    }
  }

 private:
  static constexpr std::uint16_t kEmpty = 0xFFFF;

  /// The first and the last eight bytes; of a shorter text all of it, in an arrangement that is one-to-one among
  /// texts of equal length.
  struct Digest {
    explicit Digest(std::string_view text) {
      const char* bytes = text.data();
      if (text.size() >= 8) {
        std::memcpy(&head, bytes, 8);
        std::memcpy(&tail, bytes + text.size() - 8, 8);
      } else if (text.size() >= 4) {
        std::memcpy(&head, bytes, 4);
        std::memcpy(&tail, bytes + text.size() - 4, 4);
      } else if (!text.empty()) {
        std::memcpy(&head, bytes, 1);
        std::memcpy(&tail, bytes + text.size() / 2, 1);
        tail = tail << 8 | static_cast<unsigned char>(bytes[text.size() - 1]);
      }
    }
    bool operator==(const Digest&) const = default;

    std::uint32_t hash(std::size_t size) const {
      const std::uint64_t mixed = (head ^ (tail << 23 | tail >> 41) ^ size) * 0x9E3779B97F4A7C15U;
      return static_cast<std::uint32_t>((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9U >> 32);
    }

    std::uint64_t head = 0;
    std::uint64_t tail = 0;
  };

  struct Row {
    Digest digest;
    std::string_view text;
    KeyMatch match;
  };

  struct TypeEntry {
    std::uint32_t first_row;
    std::uint32_t first_bucket;
    std::uint32_t mask;
    std::uint32_t shift;  // of the hash, to leave an index into the buckets
  };

  std::vector<TypeEntry> types_;
  std::vector<Row> rows_;
  std::vector<std::uint16_t> buckets_;
};

}  // namespace meridian::fhir::internal
