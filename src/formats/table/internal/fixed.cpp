#include "formats/table/internal/fixed.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "formats/table/faults.hpp"
#include "formats/table/internal/columns.hpp"
#include "formats/table/internal/dialect.hpp"

namespace meridian::table::internal {
namespace {

std::uint32_t cells_of(char32_t c) {
  if (c < 0x300) return 1;
  const auto code = static_cast<UChar32>(c);
  const int width = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
  if (width == U_EA_WIDE || width == U_EA_FULLWIDTH) return 2;
  const int type = u_charType(code);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ? 0 : 1;
}

}  // namespace

FixedReader::FixedReader(std::unique_ptr<TextSource> text, const TableOptions& options)
    : options_(options), buffer_(std::move(text)), values_(options.widths.size()) {}

Result<std::unique_ptr<TableReader>> FixedReader::open(std::unique_ptr<TextSource> text, const TableOptions& options,
                                                       Issues& issues) {
  if (options.widths.size() > options.limits.max_columns) {
    return fail(ErrorCode::too_large,
                "more widths than max_columns allows, which is " + std::to_string(options.limits.max_columns));
  }
  std::unique_ptr<FixedReader> reader(new FixedReader(std::move(text), options));
  TRY(reader->start(issues));
  return std::unique_ptr<TableReader>(std::move(reader));
}

Result<> FixedReader::start(Issues& issues) {
  TRY(buffer_.more());
  cr_ends_ = ends_with_cr(buffer_.rest());
  for (std::uint32_t i = 0; i < options_.skip && TRY(buffer_.drop_line(cr_ends_)); ++i) ++line_;
  Row header;
  if (options_.has_header && TRY(find_line()) == Found::line) cut(header, issues);
  TableOptions naming = options_;
  naming.columns.resize(std::min(naming.columns.size(), values_.size()));
  if (naming.columns.size() != options_.columns.size()) {
    return fail(ErrorCode::invalid_argument, "there are more names of columns than widths");
  }
  // Names for some of the columns are names for the first ones, with and without a header.
  if (!naming.has_header) naming.columns.resize(values_.size());
  if (naming.has_header && !naming.columns.empty() && naming.columns.size() < values_.size()) {
    for (std::size_t i = naming.columns.size(); i < values_.size(); ++i) naming.columns.emplace_back(values_[i]);
  }
  columns_ = TRY(name_columns(values_, naming, issues));
  note_charset(issues);
  return {};
}

void FixedReader::note_charset(Issues& issues) {
  if (!buffer_.source().take_guess()) return;
  issues.add({Severity::warning, IssueType::informational, faults::kCharset, {buffer_.source().charset()}});
}

void FixedReader::say(Issues& issues, const Message& message, std::vector<std::string> arguments,
                      std::size_t column) const {
  const Position position{0, static_cast<std::uint32_t>(std::min<std::uint64_t>(line_, UINT32_MAX)), 0};
  issues.add(
      {Severity::error, IssueType::structure, message, std::move(arguments), place(line_, columns_, column), position});
}

/// The next line that is not blank; a long one is dropped.
Result<FixedReader::Found> FixedReader::find_line() {
  for (;;) {
    if (buffer_.rest().empty() && buffer_.is_end()) return Found::end;
    const std::size_t behind = behind_line(buffer_.text(), buffer_.begin(), cr_ends_, buffer_.is_end());
    if (behind == std::string_view::npos && !buffer_.is_end()) {
      if (buffer_.rest().size() > options_.limits.max_row_bytes) {
        TRY(buffer_.drop_line(cr_ends_));
        ++line_;
        return Found::long_line;
      }
      TRY(buffer_.more());
      continue;
    }
    line_text_ = buffer_.text().substr(0, behind).substr(buffer_.begin());
    buffer_.drop_to(behind == std::string_view::npos ? buffer_.text().size() : behind);
    ++line_;
    if (line_text_.size() > options_.limits.max_row_bytes) return Found::long_line;
    while (line_text_.ends_with('\n') || line_text_.ends_with('\r')) line_text_.remove_suffix(1);
    if (!trimmed(line_text_).empty() && line_text_ != "\x1A") return Found::line;
  }
}

Result<bool> FixedReader::next(Row& row, Issues& issues) {
  const Found found = TRY(find_line());
  note_charset(issues);
  if (found == Found::end) return false;
  row.is_faulty = false;
  row.line = line_;
  row.number = ++number_;
  if (found == Found::line) {
    cut(row, issues);
  } else {
    std::fill(values_.begin(), values_.end(), std::string_view());
    say(issues, faults::kLongRow, {std::to_string(options_.limits.max_row_bytes)});
    row.is_faulty = true;
  }
  row.values = values_;
  return true;
}

void FixedReader::cut(Row& row, Issues& issues) {
  if (!is_valid_utf8(line_text_)) {
    repaired_.clear();
    const std::size_t faulty = append_repaired(repaired_, line_text_);
    line_text_ = repaired_;
    say(issues, faults::kNotText, {std::to_string(faulty), buffer_.source().charset()});
    row.is_faulty = true;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::size_t begin = at;
    std::uint64_t width = 0;
    while (at < line_text_.size() && width <= options_.widths[i]) {
      std::size_t behind = at;
      const char32_t c = next_code_point(line_text_, behind);
      const std::uint32_t cells = options_.widths_in_cells ? cells_of(c) : 1;
      if (width + cells > options_.widths[i]) {
        if (width == options_.widths[i]) break;
        say(issues, faults::kAcrossWidths, {}, i);
        row.is_faulty = true;
      }
      width += cells;
      at = behind;
    }
    values_[i] = trimmed(line_text_.substr(begin, at - begin));
    if (values_[i].size() <= options_.limits.max_value_bytes) continue;
    say(issues, faults::kLongValue, {std::to_string(options_.limits.max_value_bytes)}, i);
    values_[i] = {};
    row.is_faulty = true;
  }
  if (trimmed(line_text_.substr(at)).empty()) return;
  say(issues, faults::kBeyondWidths, {});
  row.is_faulty = true;
}

}  // namespace meridian::table::internal
