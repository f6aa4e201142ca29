// The tables of a CodeSystem. Rows of one code stand together: those of code n in a list are [first[n], first[n+1]).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/code_system.hpp"

namespace meridian::terminology {

namespace internal {

/// The place of a text in TextPool.
using TextId = std::uint32_t;

/// Texts, each once. TextId 0 is the empty one.
class TextPool {
 public:
  TextPool();
  TextId add(std::string_view text);
  std::string_view text(TextId id) const { return {bytes_.data() + ends_[id], ends_[id + 1] - ends_[id]}; }
  std::uint64_t bytes() const { return bytes_.size(); }
  std::size_t size() const { return ends_.size() - 1; }
  std::size_t memory_bytes() const { return bytes_.capacity() + 4 * (ends_.capacity() + table_.capacity()); }
  /// Gives the memory for finding equal texts back.
  void seal();

  const std::string& all_bytes() const { return bytes_; }
  const std::vector<std::uint32_t>& ends() const { return ends_; }
  /// Sealed texts, as all_bytes() and ends() gave them; false when they do not belong together.
  bool restore(std::string bytes, std::vector<std::uint32_t> ends);

 private:
  void grow();
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
  std::vector<TextId> table_;  // open addressing; 0: free
};

/// Codes by text: open addressing over the numbers of codes.
class CodeIndex {
 public:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  void reserve(std::size_t count);
  template <typename TextOf>
  std::uint32_t find(std::string_view text, std::uint64_t hash, TextOf text_of) const {
    if (table_.empty()) return kFree;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      if (table_[at] == kFree || text_of(table_[at], text)) return table_[at];
    }
  }
  void insert(std::uint64_t hash, std::uint32_t number) {
    std::size_t at = hash & mask_;
    while (table_[at] != kFree) at = (at + 1) & mask_;
    table_[at] = number;
  }
  std::size_t memory_bytes() const { return 4 * table_.capacity(); }

 private:
  std::vector<std::uint32_t> table_;
  std::size_t mask_ = 0;
};

struct DesignationRow {
  TextId language, use, value;
};
struct PropertyRow {
  TextId name, value;
  std::uint32_t type;  ///< a ValueType; so wide that there is no padding
};
struct CodeRow {
  TextId code, display, definition;
};

/// A list for each code.
template <typename Row>
struct Lists {
  std::vector<std::uint32_t> first;  ///< one more than there are codes, or none when all are empty
  std::vector<Row> rows;
  std::span<const Row> of(std::uint32_t number) const {
    if (first.empty()) return {};
    return {rows.data() + first[number], rows.data() + first[number + 1]};
  }
  std::size_t memory_bytes() const { return 4 * first.capacity() + sizeof(Row) * rows.capacity(); }
};

std::string folded(std::string_view text);
bool equal_but_for_case(std::string_view a, std::string_view b);

}  // namespace internal

struct CodeSystem::Tables {
  static constexpr std::uint8_t kInactive = 1;
  static constexpr std::uint8_t kAbstract = 2;

  SystemAbout about;
  internal::TextPool texts;
  internal::CodeIndex index;
  std::vector<internal::CodeRow> codes;
  std::vector<std::uint8_t> flags;
  std::vector<Run> tree;        ///< of each code: itself and what lies below it in the spanning tree
  internal::Lists<Run> beyond;  ///< all that lies below, of codes for which that is more than `tree` says
  internal::Lists<CodeNumber> parents;
  internal::Lists<CodeNumber> children;
  internal::Lists<internal::DesignationRow> designations;
  internal::Lists<internal::PropertyRow> properties;
  std::vector<internal::TextId> property_names;

  /// Makes `index` of `codes`.
  void index_codes();
};

}  // namespace meridian::terminology
