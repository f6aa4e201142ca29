#include "formats/table/internal/delimited.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/utf8.hpp"
#include "formats/table/faults.hpp"
#include "formats/table/internal/columns.hpp"
#include "formats/table/internal/dialect.hpp"

namespace meridian::table::internal {
namespace {

using Outcome = RecordScanner::Outcome;

constexpr std::size_t kSample = std::size_t{64} << 10;
/// Lines that may be passed over after a broken one.
constexpr std::uint64_t kMaxPassed = 1000;
/// Doubled quotes made single, in place.
std::string_view undoubled(char* begin, std::size_t size, char quote) {
  char* to = begin;
  const char* from = begin;
  const char* const end = begin + size;
  while (from < end) {
    const void* found = std::memchr(from, quote, static_cast<std::size_t>(end - from));
    const char* stop = found == nullptr ? end : static_cast<const char*>(found) + 1;
    const auto count = static_cast<std::size_t>(stop - from);
    std::memmove(to, from, count);
    to += count;
    from = stop < end && found != nullptr && *stop == quote ? stop + 1 : stop;
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

}  // namespace

DelimitedReader::DelimitedReader(std::unique_ptr<TextSource> text, const TableOptions& options)
    : options_(options), buffer_(std::move(text)) {}

Result<std::unique_ptr<TableReader>> DelimitedReader::open(std::unique_ptr<TextSource> text,
                                                           const TableOptions& options, Issues& issues) {
  std::unique_ptr<DelimitedReader> reader(new DelimitedReader(std::move(text), options));
  TRY(reader->start(issues));
  return std::unique_ptr<TableReader>(std::move(reader));
}

void DelimitedReader::note_charset(Issues& issues) {
  if (!buffer_.source().take_guess()) return;
  issues.add({Severity::warning, IssueType::informational, faults::kCharset, {buffer_.source().charset()}});
}

void DelimitedReader::say(Issues& issues, Severity severity, const Message& message, std::vector<std::string> arguments,
                          std::size_t column) const {
  const Position position{0, static_cast<std::uint32_t>(std::min<std::uint64_t>(line_, UINT32_MAX)), 0};
  issues.add({severity, IssueType::structure, message, std::move(arguments), place(line_, columns_, column), position});
}

Result<> DelimitedReader::start(Issues& issues) {
  TRY(buffer_.more());
  Dialect dialect{options_.delimiter, options_.quote, ends_with_cr(buffer_.rest())};
  std::uint32_t skip = options_.skip;
  const std::string_view first = buffer_.rest().substr(0, 16);
  if (const auto said = delimiter_said(first.substr(0, behind_line(first, 0, dialect.cr_ends, false)))) {
    if (dialect.delimiter == 0) dialect.delimiter = *said;
    skip = std::max<std::uint32_t>(skip, 1);
  }
  for (; skip > 0 && TRY(buffer_.drop_line(dialect.cr_ends)); --skip) ++line_;
  if (buffer_.rest().size() < kSample && !buffer_.is_end()) TRY(buffer_.more());
  if (dialect.delimiter == 0) {
    dialect.delimiter = find_delimiter(buffer_.rest(), buffer_.is_end(), dialect.quote, dialect.cr_ends);
  }
  scanner_.emplace(dialect, options_.limits.max_columns + std::size_t{1});
  scanner_->reset(buffer_.text(), buffer_.begin());
  TRY(read_header(issues));
  scanner_->keep(columns_.size());
  note_charset(issues);
  return {};
}

Result<> DelimitedReader::read_header(Issues& issues) {
  std::vector<std::string_view> header;
  for (;;) {
    Found found = TRY(scan(Quoting::strict));
    if (found == Found::bad_quote) {
      say(issues, Severity::error, faults::kOpenQuote, {});
      scanner_->reset(buffer_.text(), buffer_.begin());
      found = TRY(scan(Quoting::lenient));
    }
    if (found == Found::long_row) {
      return fail(ErrorCode::too_large, "the first row is longer than max_row_bytes allows, which is " +
                                            std::to_string(options_.limits.max_row_bytes));
    }
    if (found == Found::end) break;
    if (scanner_->is_blank()) {
      pass(scanner_->lines());
      continue;
    }
    header.resize(scanner_->count());
    if (header.size() > options_.limits.max_columns) break;
    if (options_.has_header) {
      take_values();
      std::copy_n(scanner_->values().begin(), header.size(), header.begin());
      line_ += scanner_->lines();
      buffer_.drop_to(scanner_->at());
    } else {
      scanner_->reset(buffer_.text(), buffer_.begin());  // it is the first row, and is read again as such
    }
    break;
  }
  columns_ = TRY(name_columns(header, options_, issues));
  return {};
}

Result<DelimitedReader::Found> DelimitedReader::scan(Quoting quoting) {
  const std::size_t limit = options_.limits.max_row_bytes;
  for (;;) {
    if (buffer_.rest().empty() && buffer_.is_end()) return Found::end;
    const Outcome outcome = scanner_->scan(buffer_.is_end(), quoting);
    if (outcome == Outcome::bad_quote) return Found::bad_quote;
    const bool spans_lines = quoting != Quoting::lenient && (scanner_->is_multiline() || scanner_->is_in_quote());
    if (outcome == Outcome::record) {
      if (scanner_->at() - scanner_->begin() <= limit) return Found::record;
      return spans_lines ? Found::bad_quote : Found::long_row;
    }
    if (buffer_.rest().size() > limit) return spans_lines ? Found::bad_quote : Found::long_row;
    TRY(buffer_.more());
    scanner_->reset(buffer_.text(), buffer_.begin());
  }
}

Result<bool> DelimitedReader::next(Row& row, Issues& issues) {
  for (;;) {
    if (is_lost_) TRY(resynchronise(issues));
    const Found found = TRY(scan(Quoting::strict));
    note_charset(issues);
    row.is_faulty = false;
    row.line = line_;
    switch (found) {
      case Found::end:
        return false;
      case Found::record:
        if (scanner_->is_blank()) {
          pass(scanner_->lines());
          continue;
        }
        give(row, issues);
        return true;
      case Found::bad_quote:
        TRY(give_broken(row, issues));
        return true;
      case Found::long_row:
        TRY(give_long(row, issues));
        return true;
    }
  }
}

void DelimitedReader::pass(std::size_t lines) {
  line_ += lines;
  buffer_.drop_to(scanner_->at());
}

/// Makes the scanner's values what they mean; the text under them changes.
void DelimitedReader::take_values() {
  std::vector<std::string_view>& values = scanner_->values();
  for (const std::uint32_t index : scanner_->doubled()) {
    char* begin = buffer_.data() + (values[index].data() - buffer_.text().data());
    values[index] = undoubled(begin, values[index].size(), scanner_->dialect().quote);
  }
  for (std::size_t i = scanner_->count(); i < values.size(); ++i) values[i] = {};
}

void DelimitedReader::give(Row& row, Issues& issues) {
  const std::string_view record = buffer_.text().substr(scanner_->begin(), scanner_->at() - scanner_->begin());
  const bool is_text = !scanner_->may_have_high() || is_valid_utf8(record);
  const bool may_be_long = record.size() > options_.limits.max_value_bytes;
  take_values();
  if (!is_text) repair(row, issues);
  if (may_be_long) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::string_view& value = scanner_->values()[i];
      if (value.size() <= options_.limits.max_value_bytes) continue;
      say(issues, Severity::error, faults::kLongValue, {std::to_string(options_.limits.max_value_bytes)}, i);
      value = {};
      row.is_faulty = true;
    }
  }
  check(row, issues);
  row.number = ++number_;
  row.values = scanner_->values();
  pass(scanner_->lines());
}

void DelimitedReader::check(Row& row, Issues& issues) {
  const std::size_t count = scanner_->count();
  if (count < columns_.size() && !row.is_faulty) {
    say(issues, Severity::warning, faults::kTooFew, {std::to_string(count), std::to_string(columns_.size())});
  } else if (count > columns_.size() && scanner_->has_filled_rest()) {
    say(issues, Severity::error, faults::kTooMany, {std::to_string(count), std::to_string(columns_.size())});
    row.is_faulty = true;
  }
  if (scanner_->has_inner_quote() && !row.is_faulty) {
    say(issues, Severity::warning, faults::kInnerQuote, {}, scanner_->inner_quote());
  }
  if (!row.is_faulty) usual_count_ = count;
}

/// Makes text of bytes that are no characters.
void DelimitedReader::repair(Row& row, Issues& issues) {
  std::vector<std::string_view>& values = scanner_->values();
  std::size_t size = 0;
  for (const std::string_view value : values) size += is_valid_utf8(value) ? 0 : value.size() * 3;
  repaired_.clear();
  repaired_.reserve(size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_valid_utf8(values[i])) continue;
    const std::size_t begin = repaired_.size();
    const std::size_t faulty = append_repaired(repaired_, values[i]);
    values[i] = std::string_view(repaired_).substr(begin);
    say(issues, Severity::error, faults::kNotText, {std::to_string(faulty), buffer_.source().charset()}, i);
    row.is_faulty = true;
  }
}

/// The line alone, its quotes taken as they come.
Result<> DelimitedReader::give_broken(Row& row, Issues& issues) {
  const std::size_t column = scanner_->count();
  scanner_->reset(buffer_.text(), buffer_.begin());
  if (TRY(scan(Quoting::lenient)) == Found::long_row) return give_long(row, issues);
  say(issues, Severity::error, faults::kOpenQuote, {}, column);
  row.is_faulty = true;
  give(row, issues);
  is_lost_ = true;
  return {};
}

Result<> DelimitedReader::give_long(Row& row, Issues& issues) {
  say(issues, Severity::error, faults::kLongRow, {std::to_string(options_.limits.max_row_bytes)});
  TRY(buffer_.drop_line(scanner_->dialect().cr_ends));
  scanner_->reset(buffer_.text(), buffer_.begin());
  std::fill(scanner_->values().begin(), scanner_->values().end(), std::string_view());
  ++line_;
  row.is_faulty = true;
  row.number = ++number_;
  row.values = scanner_->values();
  return {};
}

bool DelimitedReader::has_right_count() const {
  const std::size_t count = scanner_->count();
  return count == columns_.size() || count == usual_count_ || (count > columns_.size() && !scanner_->has_filled_rest());
}

/// Passes over lines until one begins a row that looks like the others. The time stays linear: a search for the end of
/// a quote ends at the latest at the next quote that could open a value, which is no half of a doubled one, and the
/// lines before that open none.
Result<> DelimitedReader::resynchronise(Issues& issues) {
  const std::uint64_t first = line_;
  std::uint64_t last = 0;
  while (line_ - first < kMaxPassed) {
    Found found = TRY(scan(Quoting::strict));
    if (found == Found::bad_quote) {  // a line that is broken itself is given as such
      scanner_->reset(buffer_.text(), buffer_.begin());
      found = TRY(scan(Quoting::lenient));
    }
    if (found == Found::end || found == Found::long_row) break;
    const bool is_blank = found == Found::record && scanner_->is_blank();
    if (found == Found::record && !is_blank && has_right_count()) break;
    if (!is_blank) last = line_;
    TRY(buffer_.drop_line(scanner_->dialect().cr_ends));
    scanner_->reset(buffer_.text(), buffer_.begin());
    ++line_;
  }
  scanner_->reset(buffer_.text(), buffer_.begin());
  if (last > 0) {
    issues.add({Severity::warning,
                IssueType::structure,
                faults::kPassedOver,
                {std::to_string(first), std::to_string(last)},
                place(first)});
  }
  is_lost_ = false;
  return {};
}

}  // namespace meridian::table::internal
