// TextMap: from a text to the index it was added with. Open addressing; texts must outlive it.
// Threads: immutable once built.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace meridian::fhir::internal {

class TextMap {
 public:
  explicit TextMap(std::size_t capacity = 0) : entries_(std::bit_ceil(capacity * 2 + 2)) {}

  /// Keeps the first of two equal texts. At most as many as the capacity said.
  void add(std::string_view text, std::uint32_t index) {
    Entry& entry = entries_[position(text)];
    if (!entry.is_used) entry = {text, index, true};
  }
  std::optional<std::uint32_t> find(std::string_view text) const {
    const Entry& entry = entries_[position(text)];
    return entry.is_used ? std::optional(entry.index) : std::nullopt;
  }

 private:
  struct Entry {
    std::string_view text;
    std::uint32_t index = 0;
    bool is_used = false;
  };

  /// Where the text is, or would be.
  std::size_t position(std::string_view text) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = std::hash<std::string_view>()(text) & mask;
    while (entries_[at].is_used && entries_[at].text != text) at = (at + 1) & mask;
    return at;
  }

  std::vector<Entry> entries_;
};

}  // namespace meridian::fhir::internal
