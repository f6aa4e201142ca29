// One record of delimited text after another, where they lie in a buffer. RFC 4180, section 2, and what
// table_reader.hpp says is met besides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/table/internal/byte_marks.hpp"

namespace meridian::table::internal {

struct Dialect {
  char delimiter = ',';
  char quote = '"';  ///< 0: none
  bool cr_ends = false;
};

enum class Quoting : std::uint8_t {
  strict,   ///< a value may span lines; faults are told
  lenient,  ///< a value ends with its line at the latest: always makes a record
};

class RecordScanner {
 public:
  enum class Outcome : std::uint8_t {
    record,
    incomplete,  ///< the text ends before the record; is_in_quote() tells where
    bad_quote,   ///< a quote is never closed, or followed by other text in a value of several lines
  };

  /// Keeps the first `keep` values of a record.
  RecordScanner(Dialect dialect, std::size_t keep);

  const Dialect& dialect() const { return dialect_; }
  void keep(std::size_t count) { values_.resize(count); }
  /// The text is to be scanned from `at` on.
  void reset(std::string_view text, std::size_t at);
  /// The record at `at()`, which moves behind it when there is one. With `is_end`, nothing follows the text.
  Outcome scan(bool is_end, Quoting quoting);

  std::size_t at() const { return at_; }
  std::size_t begin() const { return begin_; }
  /// Ends of lines within the last record, its own included.
  std::uint64_t lines() const { return lines_; }
  std::size_t count() const { return count_; }
  /// As they lie in the text, doubled quotes doubled.
  std::vector<std::string_view>& values() { return values_; }
  /// Which of them have doubled quotes.
  const std::vector<std::uint32_t>& doubled() const { return doubled_; }
  /// Whether a value beyond the kept ones is not empty.
  bool has_filled_rest() const { return has_filled_rest_; }
  bool has_inner_quote() const { return inner_quote_ != kNowhere; }
  /// The index of the value with one.
  std::size_t inner_quote() const { return inner_quote_; }
  bool is_multiline() const { return is_multiline_; }
  bool is_in_quote() const { return is_in_quote_; }
  /// A line without a value: nothing, or spaces.
  bool is_blank() const;
  /// Whether bytes over 0x7F may be in the record.
  bool may_have_high() { return marks_.take_high(); }

 private:
  static constexpr std::size_t kNowhere = SIZE_MAX;

  void add(std::size_t from, std::size_t to) {
    if (count_ < values_.size()) {
      values_[count_] = {text_.data() + from, to - from};
    } else {
      has_filled_rest_ = has_filled_rest_ || from < to;
    }
    ++count_;
  }
  /// How the scan of a quoted value ended: at its quote, or as the record did.
  enum class Value : std::uint8_t { closed, record, incomplete, bad_quote };
  Value scan_quoted(std::size_t open, bool is_end, Quoting quoting);
  bool opens(std::size_t from, std::size_t quote) const;
  Value look_behind(std::size_t quote, bool is_end) const;
  bool end_line(std::size_t place, bool is_end);

  Dialect dialect_;
  ByteMarks marks_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::vector<std::string_view> values_;
  std::vector<std::uint32_t> doubled_;
  std::size_t count_ = 0;
  std::uint64_t lines_ = 0;
  std::size_t inner_quote_ = kNowhere;
  bool has_filled_rest_ = false;
  bool is_multiline_ = false;
  bool is_in_quote_ = false;
  bool is_quoted_ = false;  // any value of the record
};

}  // namespace meridian::table::internal
