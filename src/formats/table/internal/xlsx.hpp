// A sheet of a workbook as a TableReader.
// Specification: ECMA-376 part 1, 18.3 (worksheets).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/table/internal/workbook.hpp"
#include "formats/table/internal/xml_stream.hpp"
#include "formats/table/table_reader.hpp"

namespace meridian::table::internal {

class XlsxReader final : public TableReader, public XmlHandler {
 public:
  static Result<std::unique_ptr<TableReader>> open(std::shared_ptr<ZipFile> archive, const TableOptions& options,
                                                   Issues& issues);
  Result<bool> next(Row& row, Issues& issues) override;

 private:
  enum class CellType : std::uint8_t { number, shared, text, inline_text, boolean, error, date };

  struct Cell {
    std::size_t column;
    std::size_t begin;  // in text_, or the number of a shared text
    std::size_t size;
    bool is_shared;
  };
  struct Fault {
    std::size_t column;
    const Message* message;
    std::string argument;
    Severity severity;
  };

  XlsxReader(std::shared_ptr<ZipFile> archive, const TableOptions& options);
  Result<> start(Issues& issues);
  Result<bool> read_row();
  std::string_view value_of(const Cell& cell) const;
  void tell(Row& row, Issues& issues) const;

  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view text) override;
  void begin_row(const XmlAttributes& attributes);
  void begin_cell(const XmlAttributes& attributes);
  void end_cell();
  void end_number(std::size_t from);
  void fault(const Message& message, std::string argument, Severity severity = Severity::error);

  std::shared_ptr<ZipFile> archive_;
  TableOptions options_;
  Workbook workbook_;
  std::unique_ptr<XmlStream> stream_;

  // The row that is being read, or was read last.
  std::uint64_t line_ = 0;
  std::size_t used_ = 0;  // columns up to the last cell that is not empty
  bool is_long_ = false;
  std::vector<Cell> cells_;
  std::vector<Fault> faults_;
  std::string text_;
  bool is_within_ = false;  // the sheet's data

  // The cell that is being read.
  std::size_t column_ = 0;  // from 1; 0: none yet
  CellType type_ = CellType::number;
  CellFormat format_ = CellFormat::number;
  std::size_t cell_begin_ = 0;
  bool takes_text_ = false;
  bool is_long_value_ = false;
  int phonetic_ = 0;

  bool has_row_ = false;  // a row that was read and not yet given
  std::uint64_t number_ = 0;
  std::vector<std::string_view> values_;
};

}  // namespace meridian::table::internal
