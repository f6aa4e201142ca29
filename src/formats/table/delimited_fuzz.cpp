// Property: whatever the bytes are, rows have as many values as columns, and all of it is UTF-8; the same comes out
// when the bytes come a few at a time; and what was read, written with every value in quotes, is read again as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/utf8.hpp"
#include "formats/table/testing/read_table.hpp"

namespace {

using meridian::table::TableOptions;
using meridian::table::testing::WholeTable;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_form(const WholeTable& table) {
  for (const std::string& column : table.columns) require(!column.empty() && meridian::is_valid_utf8(column));
  std::uint64_t line = 0;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    require(table.rows[i].size() == table.columns.size());
    for (const std::string& value : table.rows[i]) require(meridian::is_valid_utf8(value));
    require(table.lines[i] > line);
    line = table.lines[i];
  }
}

void append_quoted(std::string& out, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    out += '"';
    for (const char c : values[i]) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian::table;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  TableOptions options;
  options.has_header = (data[0] & 1) == 0;
  options.skip = (data[0] >> 1) & 1;
  options.limits.max_columns = 100;
  if ((data[0] & 4) != 0) options.charset = "UTF-8";
  if ((data[0] & 8) != 0) options.limits.max_value_bytes = 8;
  if ((data[0] & 16) != 0) options.limits.max_row_bytes = 32;
  if ((data[0] & 32) != 0) options.widths = {data[1] & 7U, 3, 0, 5};
  options.widths_in_cells = (data[0] & 64) != 0;
  options.kind = options.widths.empty() ? TableKind::delimited : TableKind::fixed;
  if (options.widths.empty() && data[1] >= 0x20 && data[1] < 0x7F && data[1] != '"') {
    options.delimiter = static_cast<char>(data[1]);
  }
  const WholeTable table = testing::read_table(text, options);
  check_form(table);
  const WholeTable slow = testing::read_table_slowly(text, options);
  require(slow.columns == table.columns && slow.rows == table.rows && slow.lines == table.lines &&
          slow.issues == table.issues && slow.error == table.error);

  // A header of one column that looks like Excel's line would be taken for it.
  if (table.columns.empty() || (table.columns.size() == 1 && table.columns[0].size() == 5)) return 0;
  std::string written;
  append_quoted(written, table.columns);
  for (const auto& row : table.rows) append_quoted(written, row);
  TableOptions plain;
  plain.kind = TableKind::delimited;
  plain.delimiter = ',';
  plain.charset = "UTF-8";
  plain.limits.max_columns = 100;
  const WholeTable again = testing::read_table(written, plain);
  require(again.columns == table.columns && again.rows == table.rows && again.issues.empty() && again.error.empty());
  return 0;
}
