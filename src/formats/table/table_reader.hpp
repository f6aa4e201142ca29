// Tables in files, read row by row: text with delimiters, text of fixed widths, and XLSX workbooks.
//
//   auto table = TRY(TableReader::open("results.csv.gz", {}, issues));
//   Row row;
//   while (TRY(table->next(row, issues))) use(table->columns(), row.values);
//
// What a file is, its first bytes say: a zip archive is a workbook; otherwise `widths` make it fixed, and without them
// it has delimiters. gzip and zstd are taken off first. What the options leave open is decided so, and never otherwise:
//   Character set: a byte order mark; zeros at every other byte of the beginning are UTF-16; otherwise the first 64 KiB
//     from the first byte over 0x7F on decide: UTF-8 when nine in ten of the characters that are not ASCII are valid in
//     it, GB 18030 otherwise, which a warning says.
//   End of lines: LF and CRLF; CR alone as well when the first end of a line is one.
//   Delimiter: what a first line `sep=;` says; otherwise, of tab ; | , the one with which most of the first 100 records
//     (at most 64 KiB) have as many values as the first one, which must have two at least; the earlier one of equals.
//     The comma comes last since it stands in text and in decimals. None: a comma.
//   Header: the first line that is not blank, after `skip` lines. Nothing guesses whether it is one: `has_header` says
//   it.
//
// Delimited: RFC 4180, and what is met besides: blank lines, delimiters at the end of rows (values that are too many
// and empty), a quote within an unquoted value, a quote within a quoted value of one line that no delimiter follows.
// Values stay as they are written, decimal commas and spaces too; values of fixed width are trimmed. A row with fewer
// values than columns is filled up, with a warning. A quote that is never closed, or that another one follows beyond
// the end of its line, spoils its own line only: reading goes on at the next line that makes a row of the right count;
// what had to be passed over for it (at most 1,000 lines) is said. XLSX: shared and inline text, numbers as written,
// booleans as true and false, dates and times by the cell's number format as ISO 8601 local text, formulas by their
// stored values, merged values in their first cell, hidden rows as any other.
//
// Faults of rows are Issues with the path `line 17, column dose`, and `Row::is_faulty`; reading goes on. A line is one
// of the text, from 1; in a workbook, a row of the sheet. Messages hold no values. Errors: not_found, forbidden,
// io_failure, malformed_input (no text, a damaged archive), invalid_argument (options, a sheet that is not there),
// unsupported (.xls, encrypted workbooks), too_large (the message names the limit). Lifetime: a row's values live until
// the next call. Threads: one at a time. Memory: a row and a buffer, within limits; of a workbook its shared text
// besides, and its bytes when they do not come from a plain file. Specification: RFC 4180; ECMA-376 part 1, 18
// (SpreadsheetML). Readings: docs/spec-clarifications.d/formats-table.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/input.hpp"
#include "base/issue.hpp"

namespace meridian::table {

enum class TableKind : std::uint8_t { automatic, delimited, fixed, xlsx };

struct TableLimits {
  std::uint32_t max_row_bytes = 4U << 20;
  std::uint32_t max_columns = 10'000;
  std::uint32_t max_value_bytes = 1U << 20;
  std::uint64_t max_archive_bytes = std::uint64_t{512} << 20;  ///< xlsx: of a file that must be kept in memory
  std::uint64_t max_unpacked_bytes = std::uint64_t{8} << 30;   ///< xlsx: of one part
  std::uint64_t max_ratio = 1'000;                             ///< xlsx: of one part, once it has unpacked to 1 MiB
  std::uint64_t max_shared_bytes = std::uint64_t{512} << 20;   ///< xlsx: of shared text, 16 more for each
};

struct TableOptions {
  TableKind kind = TableKind::automatic;
  char delimiter = 0;  ///< 0: found out
  char quote = '"';    ///< 0: none
  bool has_header = true;
  /// Names from the left on, in place of the header's, or where there is none.
  std::vector<std::string> columns = {};
  std::vector<std::uint32_t> widths = {};  ///< fixed: of each column, in characters
  /// fixed: an East Asian wide character counts two, as two bytes did; a combining mark none.
  bool widths_in_cells = false;
  std::string charset = {};  ///< as ICU names it; empty: found out
  std::string sheet = {};    ///< xlsx: its name; empty: the first
  std::uint32_t skip = 0;    ///< lines above the header; xlsx: rows of the sheet
  TableLimits limits = {};
};

struct Row {
  std::uint64_t line = 0;                    ///< where it begins
  std::uint64_t number = 0;                  ///< of the rows given, from 1
  std::span<const std::string_view> values;  ///< UTF-8, as many as columns; missing: empty
  bool is_faulty = false;                    ///< an Issue says why; what could be read is in `values`
};

class TableReader {
 public:
  /// "-" is standard input.
  static Result<std::unique_ptr<TableReader>> open(const std::string& path, const TableOptions& options,
                                                   Issues& issues);
  static Result<std::unique_ptr<TableReader>> open(std::unique_ptr<ByteSource> source, const TableOptions& options,
                                                   Issues& issues);
  virtual ~TableReader() = default;

  /// Trimmed, none empty (`column_3`), each once (`x`, `x_2`). None: the table is empty.
  const std::vector<std::string>& columns() const { return columns_; }
  /// False at the end.
  virtual Result<bool> next(Row& row, Issues& issues) = 0;

 protected:
  std::vector<std::string> columns_;
};

}  // namespace meridian::table
