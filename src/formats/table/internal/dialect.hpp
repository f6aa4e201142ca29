// How a delimited text is written, found out of its beginning. The rules stand in table_reader.hpp.
#pragma once

#include <optional>
#include <string_view>

#include "formats/table/internal/record_scanner.hpp"

namespace meridian::table::internal {

/// Whether CR alone ends lines.
bool ends_with_cr(std::string_view sample);

/// What a first line `sep=;` says.
std::optional<char> delimiter_said(std::string_view first_line);

/// Of a sample that begins at the header; `is_whole`: nothing follows it.
char find_delimiter(std::string_view sample, bool is_whole, char quote, bool cr_ends);

}  // namespace meridian::table::internal
