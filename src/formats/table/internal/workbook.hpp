// What stands around a workbook's sheets: where the sheet lies, formats, shared text.
// Specification: ECMA-376 part 2, 6.5 (relationships); part 1, 18.2 (workbook), 18.4 (shared strings), 18.8 (styles).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/table/internal/cell_format.hpp"
#include "formats/table/internal/zip_file.hpp"
#include "formats/table/table_reader.hpp"

namespace meridian::table::internal {

/// Texts that cells name by number, one behind another.
class SharedText {
 public:
  std::size_t count() const { return ends_.size(); }
  std::string_view operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(begin, ends_[index] - begin);
  }
  std::uint64_t size() const { return bytes_.size() + ends_.size() * 16; }
  void append(std::string_view part) { bytes_ += part; }
  /// Ends the text that `append` made; what `_x000D_` and the like stand for is put there.
  void finish();

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

struct Workbook {
  std::uint64_t sheet = 0;  ///< the number of the member
  DateSystem dates = DateSystem::from_1900;
  std::vector<CellFormat> formats;  ///< by a cell's `s`
  SharedText shared;
};

Result<Workbook> read_workbook(ZipFile& archive, const TableOptions& options);

/// `_xHHHH_` in text that began at `from` becomes the character. ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
void unescape(std::string& text, std::size_t from);

/// Limits on a part.
UnpackLimits part_limits(const TableOptions& options);

}  // namespace meridian::table::internal
