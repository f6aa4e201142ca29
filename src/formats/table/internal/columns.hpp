// Names of columns, and how a place in a table is written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/table/table_reader.hpp"

namespace meridian::table::internal {

/// Without white space at either end; a full-width space and a byte order mark are such, too.
std::string_view trimmed(std::string_view text);

/// What a header says, with the names that were given in place of its first ones: trimmed, none empty, each once.
/// too_large beyond the limit.
Result<std::vector<std::string>> name_columns(std::span<const std::string_view> header, const TableOptions& options,
                                              Issues& issues);

/// `line 17, column dose`; without a column, `line 17`.
std::string place(std::uint64_t line, std::string_view column = {});
/// The same, for the column with an index.
std::string place(std::uint64_t line, const std::vector<std::string>& columns, std::size_t index);

/// Bytes that are no UTF-8, each stretch a U+FFFD in `out`; says how many.
std::size_t append_repaired(std::string& out, std::string_view bytes);

}  // namespace meridian::table::internal
