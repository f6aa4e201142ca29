// Workbooks of given XML, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/table/testing/make_zip.hpp"

namespace meridian::table::testing {

struct WorkbookParts {
  std::string rows;                    ///< what stands in sheetData
  std::string shared = {};             ///< what stands in sst
  std::string styles = {};             ///< what stands in styleSheet
  std::string properties = {};         ///< what stands in workbook before the sheets
  std::string second_rows = {};        ///< of a sheet named 第二
  std::string sheet_is = "worksheet";  ///< the kind of the first sheet
};

std::string make_workbook(const WorkbookParts& parts);

}  // namespace meridian::table::testing
