// Entries: what one row is to be found by: terms and column values, under fields.
//
// A *field* is a question that can be asked ("the code of an Observation"), named by a 64-bit hash of its description,
// so that no dictionary is needed and old data stay readable. A *term* is bytes whose order means something to whoever
// made them; a row has any number of terms in a field. A *column* gives a row at most one pair of numbers, low <= high,
// for comparing, sorting and joining many rows at once; a row with several values in a column's field has none there
// and stands under a term of a field of its own instead (see search/terms.hpp). The index knows nothing of FHIR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::index {

enum class FieldId : std::uint64_t {};

inline constexpr std::size_t kMaxTermBytes = 1024;

class Entries {
 public:
  struct Term {
    FieldId field;
    std::uint32_t offset;
    std::uint32_t size;
  };
  struct Column {
    FieldId field;
    std::uint64_t low;
    std::uint64_t high;
  };

  /// What lies beyond kMaxTermBytes is not looked at, here and in questions; the same term twice counts once.
  void add_term(FieldId field, std::string_view term) {
    terms_.push_back({field, static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(term.size())});
    arena_.append(term);
  }
  /// At most one a field: the first counts. A high below its low counts as the low.
  void add_column(FieldId field, std::uint64_t low, std::uint64_t high) { columns_.push_back({field, low, high}); }
  /// Keeps its memory.
  void clear() {
    terms_.clear();
    columns_.clear();
    arena_.clear();
  }

  std::span<const Term> terms() const { return terms_; }
  std::span<const Column> columns() const { return columns_; }
  std::string_view term(const Term& term) const { return std::string_view(arena_).substr(term.offset, term.size); }
  std::size_t memory_bytes() const {
    return arena_.size() + terms_.size() * sizeof(Term) + columns_.size() * sizeof(Column);
  }

 private:
  std::vector<Term> terms_;
  std::vector<Column> columns_;
  std::string arena_;
};

}  // namespace meridian::index
