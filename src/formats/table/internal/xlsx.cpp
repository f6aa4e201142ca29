#include "formats/table/internal/xlsx.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "formats/table/faults.hpp"
#include "formats/table/internal/columns.hpp"

namespace meridian::table::internal {
namespace {

constexpr std::size_t kMaxColumn = 16'384;  // XFD
constexpr std::uint64_t kMaxRow = 1'048'576;

/// The column of `AB12`, from 1; 0 when it is none.
std::size_t column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
    if (column > kMaxColumn) return 0;
  }
  return column;
}

template <typename T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

XlsxReader::XlsxReader(std::shared_ptr<ZipFile> archive, const TableOptions& options)
    : archive_(std::move(archive)), options_(options) {}

Result<std::unique_ptr<TableReader>> XlsxReader::open(std::shared_ptr<ZipFile> archive, const TableOptions& options,
                                                      Issues& issues) {
  std::unique_ptr<XlsxReader> reader(new XlsxReader(std::move(archive), options));
  TRY(reader->start(issues));
  return std::unique_ptr<TableReader>(std::move(reader));
}

Result<> XlsxReader::start(Issues& issues) {
  workbook_ = TRY(read_workbook(*archive_, options_));
  stream_ = std::make_unique<XmlStream>(TRY(archive_->read(workbook_.sheet, part_limits(options_))), *this);
  has_row_ = TRY(read_row());
  if (used_ > options_.limits.max_columns) {
    return fail(ErrorCode::too_large, "the table has more columns than max_columns allows, which is " +
                                          std::to_string(options_.limits.max_columns));
  }
  std::vector<std::string_view> header(has_row_ ? used_ : 0);
  for (const Cell& cell : cells_) {
    if (cell.column <= header.size()) header[cell.column - 1] = value_of(cell);
  }
  columns_ = TRY(name_columns(header, options_, issues));
  values_.resize(columns_.size());
  if (!has_row_ || !options_.has_header) return {};
  Row row;
  tell(row, issues);
  has_row_ = false;
  return {};
}

/// The next row with a value in it.
Result<bool> XlsxReader::read_row() {
  while (TRY(stream_->run())) {
    if (line_ > options_.skip && (used_ > 0 || !faults_.empty() || is_long_)) return true;
  }
  cells_.clear();
  used_ = 0;
  return false;
}

Result<bool> XlsxReader::next(Row& row, Issues& issues) {
  if (!std::exchange(has_row_, false) && !TRY(read_row())) return false;
  std::fill(values_.begin(), values_.end(), std::string_view());
  row.is_faulty = false;
  if (used_ > columns_.size()) {
    issues.add({Severity::error,
                IssueType::structure,
                faults::kTooMany,
                {std::to_string(used_), std::to_string(columns_.size())},
                place(line_)});
    row.is_faulty = true;
  }
  for (const Cell& cell : cells_) {
    if (cell.column <= values_.size()) values_[cell.column - 1] = value_of(cell);
  }
  tell(row, issues);
  row.line = line_;
  row.number = ++number_;
  row.values = values_;
  return true;
}

void XlsxReader::tell(Row& row, Issues& issues) const {
  if (is_long_) {
    issues.add({Severity::error,
                IssueType::too_long,
                faults::kLongRow,
                {std::to_string(options_.limits.max_row_bytes)},
                place(line_)});
    row.is_faulty = true;
  }
  for (const Fault& fault : faults_) {
    const std::size_t index = fault.column - 1;
    const std::string path =
        index < columns_.size() ? place(line_, columns_, index) : place(line_, std::to_string(fault.column));
    issues.add({fault.severity, IssueType::value, *fault.message, {fault.argument}, path});
    row.is_faulty = row.is_faulty || fault.severity == Severity::error;
  }
}

std::string_view XlsxReader::value_of(const Cell& cell) const {
  return cell.is_shared ? workbook_.shared[cell.begin] : std::string_view(text_).substr(cell.begin, cell.size);
}

void XlsxReader::fault(const Message& message, std::string argument, Severity severity) {
  constexpr std::size_t kMaxFaults = 100;  // of a row
  if (faults_.size() < kMaxFaults) faults_.push_back({column_, &message, std::move(argument), severity});
}

void XlsxReader::begin(std::string_view name, const XmlAttributes& attributes) {
  if (name == "sheetData") {
    is_within_ = true;
  } else if (!is_within_) {
    return;
  } else if (name == "row") {
    begin_row(attributes);
  } else if (name == "c") {
    begin_cell(attributes);
  } else if (name == "rPh") {
    ++phonetic_;
  } else if (name == "v") {
    takes_text_ = type_ != CellType::inline_text;
  } else if (name == "t") {
    takes_text_ = type_ == CellType::inline_text && phonetic_ == 0;
  }
}

void XlsxReader::end(std::string_view name) {
  if (!is_within_) return;
  if (name == "v" || name == "t") {
    takes_text_ = false;
  } else if (name == "rPh") {
    --phonetic_;
  } else if (name == "c") {
    end_cell();
  } else if (name == "row") {
    if (is_long_) {
      cells_.clear();
      used_ = 0;
    }
    stream_->pause();
  } else if (name == "sheetData") {
    is_within_ = false;
  }
}

void XlsxReader::begin_row(const XmlAttributes& attributes) {
  std::uint64_t said = 0;
  ++line_;
  if (read_number(attributes["r"], said) && said >= line_ && said <= kMaxRow) line_ = said;
  cells_.clear();
  faults_.clear();
  text_.clear();
  used_ = 0;
  column_ = 0;
  is_long_ = false;
}

void XlsxReader::begin_cell(const XmlAttributes& attributes) {
  const std::string_view reference = attributes["r"];
  const std::size_t said = column_of(reference);
  // Without a reference, or with one that goes back: the next one.
  column_ = said > column_ ? said : column_ + 1;
  const std::string_view type = attributes["t"];
  type_ = type == "s"           ? CellType::shared
          : type == "str"       ? CellType::text
          : type == "inlineStr" ? CellType::inline_text
          : type == "b"         ? CellType::boolean
          : type == "e"         ? CellType::error
          : type == "d"         ? CellType::date
                                : CellType::number;
  std::size_t style = 0;
  const bool has_style = read_number(attributes["s"], style) && style < workbook_.formats.size();
  format_ = has_style ? workbook_.formats[style] : CellFormat::number;
  cell_begin_ = text_.size();
  takes_text_ = is_long_value_ = false;
  phonetic_ = 0;
}

void XlsxReader::text(std::string_view text) {
  if (!takes_text_ || is_long_ || is_long_value_) return;
  if (text_.size() - cell_begin_ + text.size() > options_.limits.max_value_bytes) {
    is_long_value_ = true;
    text_.resize(cell_begin_);
  } else if (text_.size() + text.size() > options_.limits.max_row_bytes) {
    is_long_ = true;
    text_.clear();
  } else {
    text_ += text;
  }
}

void XlsxReader::end_cell() {
  takes_text_ = false;
  if (is_long_) return;
  if (is_long_value_) return fault(faults::kLongValue, std::to_string(options_.limits.max_value_bytes));
  const std::size_t from = cell_begin_;
  Cell cell{column_, from, 0, false};
  switch (type_) {
    case CellType::shared: {
      const std::string_view raw = trimmed(std::string_view(text_).substr(from));
      std::size_t index = 0;
      const bool is_number = read_number(raw, index);
      const bool is_empty = raw.empty();
      text_.resize(from);
      if (is_empty) return;
      if (!is_number || index >= workbook_.shared.count()) return fault(faults::kBadCell, "no such shared text");
      cell.begin = index;
      cell.is_shared = true;
      cell.size = workbook_.shared[index].size();
      if (cell.size > options_.limits.max_value_bytes) {
        return fault(faults::kLongValue, std::to_string(options_.limits.max_value_bytes));
      }
      break;
    }
    case CellType::boolean: {
      const std::string_view raw = trimmed(std::string_view(text_).substr(from));
      const bool is_true = raw == "1" || raw == "true";
      const bool is_false = raw == "0" || raw == "false";
      const bool is_empty = raw.empty();
      text_.resize(from);
      if (!is_true && !is_false && !is_empty) return fault(faults::kBadCell, "neither true nor false");
      if (!is_empty) text_ += is_true ? "true" : "false";
      break;
    }
    case CellType::error: {
      // Excel's errors are few and short; anything else might be somebody's text.
      std::string said = text_.substr(from);
      text_.resize(from);
      return fault(faults::kErrorCell, said.size() <= 16 && said.starts_with('#') ? std::move(said) : "?",
                   Severity::warning);
    }
    case CellType::number:
      end_number(from);
      break;
    case CellType::text:
    case CellType::inline_text:
      unescape(text_, from);
      break;
    case CellType::date:
      break;
  }
  if (!cell.is_shared) cell.size = text_.size() - from;
  if (cell.size == 0) return;
  if (column_ > options_.limits.max_columns) {
    used_ = column_;
    return;
  }
  cells_.push_back(cell);
  used_ = column_;
}

void XlsxReader::end_number(std::size_t from) {
  const std::string raw(trimmed(std::string_view(text_).substr(from)));
  text_.resize(from);
  if (raw.empty()) return;
  double serial = 0;
  if (!append_number(text_, raw)) return fault(faults::kBadCell, "no number");
  if (format_ == CellFormat::number) return;
  // What has no date stays a number.
  std::string date;
  if (!read_number(raw, serial) || !append_date(date, serial, format_, workbook_.dates)) {
    return fault(faults::kBadDate, {}, Severity::warning);
  }
  text_.resize(from);
  text_ += date;
}

}  // namespace meridian::table::internal
