// Outline: how the rows of a chunk are spread over the terms of each field, for estimates.
//
// A field's rows are cut into equal parts in the order of their terms, and from the middle of each part its term is
// kept, or its beginning. A range of terms holds about as many parts as it has of these. Exact enough for ranges that
// hold a good part of a field; for small ones a sample of the lists themselves says more.
//
//   outline := (field:8 rows (varint) parts:1 (size:1 bytes)*)*     fields ascending
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "index/entries.hpp"

namespace meridian::index {

struct Outline {
  static constexpr std::size_t kParts = 8;
  static constexpr std::size_t kBytes = 16;  // of a term

  struct Field {
    FieldId id;
    std::uint64_t rows = 0;  ///< a row counts once a term
    std::vector<std::string> middles;

    bool operator==(const Field&) const = default;
  };
  std::vector<Field> fields;  ///< ascending by id

  /// About how many rows stand under begin <= term < end; an empty end is no bound.
  std::uint64_t estimate(FieldId field, std::string_view begin, std::string_view end) const;
};

/// Makes the outline of one field. Terms come in order, the sum of their rows is known before.
class FieldOutliner {
 public:
  FieldOutliner(FieldId id, std::uint64_t rows)
      : made_{id, rows, {}}, parts_(std::min<std::uint64_t>(Outline::kParts, rows)) {}
  void add(std::string_view term, std::uint64_t rows) {
    passed_ += rows;
    // The middle of part i lies (2 i + 1) / (2 parts) of the way.
    while (made_.middles.size() < parts_ && passed_ * 2 * parts_ > (2 * made_.middles.size() + 1) * made_.rows) {
      made_.middles.emplace_back(term.substr(0, Outline::kBytes));
    }
  }
  Outline::Field take() { return std::move(made_); }

 private:
  Outline::Field made_;
  std::uint64_t parts_;
  std::uint64_t passed_ = 0;
};

std::string encode(const Outline& outline);
Result<Outline> parse_outline(std::string_view bytes);

}  // namespace meridian::index
