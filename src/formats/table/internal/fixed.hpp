// Text of fixed widths as a TableReader.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/table/internal/text_buffer.hpp"
#include "formats/table/table_reader.hpp"

namespace meridian::table::internal {

class FixedReader final : public TableReader {
 public:
  static Result<std::unique_ptr<TableReader>> open(std::unique_ptr<TextSource> text, const TableOptions& options,
                                                   Issues& issues);
  Result<bool> next(Row& row, Issues& issues) override;

 private:
  enum class Found : std::uint8_t { end, line, long_line };

  FixedReader(std::unique_ptr<TextSource> text, const TableOptions& options);
  Result<> start(Issues& issues);
  Result<Found> find_line();
  void cut(Row& row, Issues& issues);
  void say(Issues& issues, const Message& message, std::vector<std::string> arguments,
           std::size_t column = SIZE_MAX) const;
  void note_charset(Issues& issues);

  TableOptions options_;
  TextBuffer buffer_;
  bool cr_ends_ = false;
  std::uint64_t line_ = 0;  // of line_text_
  std::uint64_t number_ = 0;
  std::string_view line_text_;
  std::string repaired_;
  std::vector<std::string_view> values_;
};

}  // namespace meridian::table::internal
