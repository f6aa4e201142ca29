// Delimited text as a TableReader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/table/internal/record_scanner.hpp"
#include "formats/table/internal/text_buffer.hpp"
#include "formats/table/table_reader.hpp"

namespace meridian::table::internal {

class DelimitedReader final : public TableReader {
 public:
  static Result<std::unique_ptr<TableReader>> open(std::unique_ptr<TextSource> text, const TableOptions& options,
                                                   Issues& issues);
  Result<bool> next(Row& row, Issues& issues) override;

 private:
  enum class Found : std::uint8_t { end, record, bad_quote, long_row };

  DelimitedReader(std::unique_ptr<TextSource> text, const TableOptions& options);
  Result<> start(Issues& issues);
  Result<> skip_lines();
  Result<> read_header(Issues& issues);
  Result<Found> scan(Quoting quoting);
  Result<> resynchronise(Issues& issues);
  bool has_right_count() const;
  void take_values();
  void pass(std::size_t lines);
  void give(Row& row, Issues& issues);
  void check(Row& row, Issues& issues);
  void repair(Row& row, Issues& issues);
  Result<> give_broken(Row& row, Issues& issues);
  Result<> give_long(Row& row, Issues& issues);
  void say(Issues& issues, Severity severity, const Message& message, std::vector<std::string> arguments,
           std::size_t column = SIZE_MAX) const;
  void note_charset(Issues& issues);

  TableOptions options_;
  TextBuffer buffer_;
  std::optional<RecordScanner> scanner_;
  std::uint64_t line_ = 1;    // of what comes next
  std::uint64_t number_ = 0;  // of rows given
  std::size_t usual_count_ = 0;
  bool is_lost_ = false;  // after a broken row, until reading has found its way again
  std::string repaired_;
};

}  // namespace meridian::table::internal
