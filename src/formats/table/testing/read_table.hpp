// A whole table as texts, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/table/table_reader.hpp"

namespace meridian::table::testing {

struct WholeTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint64_t> lines;   ///< of the rows
  std::vector<std::uint64_t> faulty;  ///< lines of the rows with faults
  std::vector<std::string> issues;    ///< "table-too-many at line 3"
  std::string error;                  ///< empty: none
};

WholeTable read_table(std::string_view bytes, const TableOptions& options = {});
/// The same, by few bytes at a time.
WholeTable read_table_slowly(std::string_view bytes, const TableOptions& options = {});
/// What a file holds.
WholeTable read_table_file(const std::string& path, const TableOptions& options = {});

}  // namespace meridian::table::testing
