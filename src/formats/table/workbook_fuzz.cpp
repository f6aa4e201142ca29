// Property: whatever the bytes of a zip archive or of a workbook's parts are, rows have as many values as columns and
// all of it is UTF-8; the members of an archive have safe names and give no more bytes than the limits allow.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "formats/table/archive.hpp"
#include "formats/table/testing/make_workbook.hpp"
#include "formats/table/testing/read_table.hpp"

namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 20;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_rows(std::string_view bytes, bool has_header) {
  meridian::table::TableOptions options;
  options.kind = meridian::table::TableKind::xlsx;
  options.has_header = has_header;
  options.limits.max_row_bytes = 1000;
  options.limits.max_value_bytes = 100;
  options.limits.max_columns = 100;
  options.limits.max_unpacked_bytes = kLimit;
  options.limits.max_shared_bytes = 10'000;
  const auto table = meridian::table::testing::read_table(bytes, options);
  require(table.columns.size() <= 100);
  for (const auto& row : table.rows) {
    require(row.size() == table.columns.size());
    // A date is longer than the number it was, and a number written out than one with an exponent.
    for (const std::string& value : row) require(value.size() <= 200 && meridian::is_valid_utf8(value));
  }
}

void read_members(std::string_view bytes) {
  meridian::table::ArchiveLimits limits;
  limits.max_members = 100;
  limits.max_member_bytes = kLimit;
  limits.max_total_bytes = 2 * kLimit;
  meridian::Issues issues;
  auto archive = meridian::table::ArchiveReader::open(meridian::memory_source(bytes), limits);
  if (!archive) return;
  std::uint64_t total = 0;
  for (int i = 0; i < 100; ++i) {
    const auto member = (*archive)->next(issues);
    if (!member || !*member) break;
    require(meridian::table::is_safe_name((*member)->name));
    const auto source = (*archive)->open_member();
    if (!source) continue;
    std::string piece(4096, '\0');
    std::uint64_t given = 0;
    while (true) {
      const auto count = (*source)->read(std::span(piece));
      if (!count || *count == 0) break;
      given += *count;
    }
    require(given <= limits.max_member_bytes);
    total += given;
  }
  require(total <= limits.max_total_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool has_header = (data[0] & 2) == 0;
  if ((data[0] & 1) == 0) {
    read_rows(rest, has_header);
    read_members(rest);
    return 0;
  }
  // The parts, a zero byte between them.
  std::vector<std::string> parts(4);
  for (std::string& part : parts) {
    const std::size_t end = rest.find('\0');
    part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  read_rows(meridian::table::testing::make_workbook(
                {.rows = parts[0], .shared = parts[1], .styles = parts[2], .properties = parts[3]}),
            has_header);
  return 0;
}
