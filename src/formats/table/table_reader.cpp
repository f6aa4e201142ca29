#include "formats/table/table_reader.hpp"

#include <algorithm>
#include <utility>

#include "formats/table/internal/delimited.hpp"
#include "formats/table/internal/fixed.hpp"
#include "formats/table/internal/pushed_back.hpp"
#include "formats/table/internal/text_source.hpp"
#include "formats/table/internal/xlsx.hpp"

namespace meridian::table {
namespace {

constexpr std::string_view kZip = "PK\x03\x04";
constexpr std::string_view kCompoundFile = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

Result<> check(const TableOptions& options) {
  const char delimiter = options.delimiter;
  const char quote = options.quote;
  if (is_line_end(delimiter) || is_line_end(quote) || (delimiter != 0 && delimiter == quote) ||
      static_cast<unsigned char>(delimiter) >= 0x80 || static_cast<unsigned char>(quote) >= 0x80) {
    return fail(ErrorCode::invalid_argument, "a delimiter and a quote are two different characters of ASCII");
  }
  if (options.kind == TableKind::fixed && options.widths.empty()) {
    return fail(ErrorCode::invalid_argument, "a table of fixed widths needs the widths");
  }
  return {};
}

/// Up to so many bytes of the beginning.
Result<std::string> head_of(ByteSource& source, std::size_t size) {
  std::string head(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const std::size_t count = TRY(source.read(std::span(head).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  head.resize(have);
  return head;
}

}  // namespace

Result<std::unique_ptr<TableReader>> TableReader::open(std::unique_ptr<ByteSource> source, const TableOptions& options,
                                                       Issues& issues) {
  TRY(check(options));
  source = TRY(decompress(std::move(source)));
  std::string head = TRY(head_of(*source, kCompoundFile.size()));
  if (head == kCompoundFile) {
    return fail(ErrorCode::unsupported, "this is an old .xls file or an encrypted workbook; save it as plain .xlsx");
  }
  const bool is_zip = head.starts_with(kZip);
  source = std::make_unique<internal::PushedBack>(std::move(head), std::move(source));
  if (options.kind == TableKind::xlsx || (options.kind == TableKind::automatic && is_zip)) {
    std::string bytes = TRY(read_all(*source, options.limits.max_archive_bytes));
    return internal::XlsxReader::open(TRY(internal::ZipFile::open_bytes(std::move(bytes))), options, issues);
  }
  std::unique_ptr<internal::TextSource> text = TRY(internal::TextSource::make(std::move(source), options.charset));
  const bool is_fixed =
      options.kind == TableKind::fixed || (options.kind == TableKind::automatic && !options.widths.empty());
  return is_fixed ? internal::FixedReader::open(std::move(text), options, issues)
                  : internal::DelimitedReader::open(std::move(text), options, issues);
}

Result<std::unique_ptr<TableReader>> TableReader::open(const std::string& path, const TableOptions& options,
                                                       Issues& issues) {
  std::unique_ptr<ByteSource> source = TRY(open_raw_input(path));
  // A zip archive that lies as it is in a file is read there.
  std::string head = TRY(head_of(*source, kZip.size()));
  const bool may_be_workbook = options.kind == TableKind::xlsx || options.kind == TableKind::automatic;
  if (may_be_workbook && head == kZip && path != "-" && source->size()) {
    TRY(check(options));
    return internal::XlsxReader::open(TRY(internal::ZipFile::open(path)), options, issues);
  }
  return open(std::make_unique<internal::PushedBack>(std::move(head), std::move(source)), options, issues);
}

}  // namespace meridian::table
