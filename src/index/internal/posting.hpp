// A posting list: which rows of a chunk have a term, after its first row, which stands in the key.
//
//   list    := ""                              the first row alone
//            | 0 step*                         each row less the row before, as varints
//            | 1 length (gap length)*          runs: rows in the first one less 1; then rows left out less 1, and so on
//            | 2 bits                          bit i of them for the first row + i, the least bit of a byte first
//
// A list spans at most 65,536 rows. The shortest form is written. Example: rows 7 8 9 10 40, first row 7 in the key:
// as steps 00 01 01 01 1E, as runs 01 03 1C 00, as bits 02 0F 00 00 00 02; the runs are shortest, and are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "index/internal/collector.hpp"
#include "index/rows.hpp"

namespace meridian::index {

inline constexpr Row kMaxListSpan = 65'536;

/// Makes one list. Keeps its memory from list to list.
class PostingWriter {
 public:
  /// False, and nothing is done, when the row lies too far from the first. Rows ascend.
  bool add(Row row);
  bool empty() const { return offsets_.empty(); }
  Row first() const { return first_; }
  Row last() const { return first_ + offsets_.back(); }
  /// Everything but the first row.
  void append_to(std::string& bytes) const;
  void clear();

 private:
  void append_runs(std::string& bytes) const;
  void append_bits(std::string& bytes) const;

  Row first_ = 0;
  std::vector<std::uint16_t> offsets_;
  std::size_t step_bytes_ = 0;
  std::size_t run_bytes_ = 0;
  std::size_t run_length_ = 0;  // of the last run
};

/// Adds the rows of a list to the collector; gives the last one. Error: malformed_input.
Result<Row> collect_posting(Row first, std::string_view list, Collector& rows);
/// How many rows a list holds, read off without decoding where that is possible; of bad bytes, any number.
std::uint64_t count_posting(std::string_view list);

}  // namespace meridian::index
