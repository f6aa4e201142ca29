#include "formats/table/internal/record_scanner.hpp"

#include <array>

namespace meridian::table::internal {
namespace {

std::array<char, 4> marks_of(const Dialect& dialect) {
  return {dialect.delimiter, dialect.quote == 0 ? dialect.delimiter : dialect.quote, '\n',
          dialect.cr_ends ? '\r' : '\n'};
}

}  // namespace

RecordScanner::RecordScanner(Dialect dialect, std::size_t keep)
    : dialect_(dialect), marks_(marks_of(dialect)), values_(keep) {}

void RecordScanner::reset(std::string_view text, std::size_t at) {
  text_ = text;
  at_ = at;
  marks_.reset(text, at);
}

bool RecordScanner::is_blank() const {
  if (count_ != 1 || is_quoted_) return false;
  for (const char c : values_.empty() ? std::string_view() : values_[0]) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\x1A') return false;  // 0x1A: how DOS ended a file
  }
  return true;
}

/// Spaces may stand before a quote that opens a value.
bool RecordScanner::opens(std::size_t from, std::size_t quote) const {
  while (from < quote && text_[from] == ' ') ++from;
  return from == quote;
}

/// Moves behind the end of the line at `place`; false when a LF may follow that is not there yet.
bool RecordScanner::end_line(std::size_t place, bool is_end) {
  at_ = place + 1;
  if (text_[place] == '\r') {
    if (at_ == text_.size() && !is_end) return false;
    if (at_ < text_.size() && text_[at_] == '\n') {
      marks_.next();
      ++at_;
    }
  }
  ++lines_;
  return true;
}

RecordScanner::Outcome RecordScanner::scan(bool is_end, Quoting quoting) {
  begin_ = at_;
  count_ = 0;
  lines_ = 0;
  inner_quote_ = kNowhere;
  doubled_.clear();
  has_filled_rest_ = is_multiline_ = is_in_quote_ = is_quoted_ = false;
  std::size_t from = at_;
  for (;;) {
    std::size_t place = marks_.next();
    if (place == ByteMarks::kNone) {
      if (!is_end) return Outcome::incomplete;
      std::size_t end = text_.size();
      if (end > from && text_[end - 1] == '\r') --end;
      add(from, end);
      at_ = text_.size();
      return Outcome::record;
    }
    if (text_[place] == dialect_.delimiter) {
      add(from, place);
      from = place + 1;
      continue;
    }
    bool is_added = false;
    if (text_[place] == dialect_.quote) {
      if (!opens(from, place)) continue;
      switch (scan_quoted(place, is_end, quoting)) {
        case Value::closed:
          break;
        case Value::record:
          return Outcome::record;
        case Value::incomplete:
          return Outcome::incomplete;
        case Value::bad_quote:
          return Outcome::bad_quote;
      }
      is_added = true;
      place = marks_.next();  // the delimiter or the end of the line, seen already
      if (place != ByteMarks::kNone && text_[place] == dialect_.delimiter) {
        from = place + 1;
        continue;
      }
      if (place == ByteMarks::kNone) {
        at_ = text_.size();
        return Outcome::record;
      }
    }
    std::size_t end = place;
    if (end > from && text_[end] == '\n' && text_[end - 1] == '\r') --end;
    if (!is_added) add(from, end);
    return end_line(place, is_end) ? Outcome::record : Outcome::incomplete;
  }
}

/// What follows a single quote within a quoted value: the end of the value, or more of it (`record`).
RecordScanner::Value RecordScanner::look_behind(std::size_t quote, bool is_end) const {
  std::size_t at = quote + 1;
  while (at < text_.size() && text_[at] == ' ' && dialect_.delimiter != ' ') ++at;
  if (at < text_.size() && text_[at] == '\r' && !dialect_.cr_ends) ++at;
  if (at == text_.size()) return is_end ? Value::closed : Value::incomplete;
  const char c = text_[at];
  if (c == '\n' || (c == '\r' && dialect_.cr_ends)) return Value::closed;
  return c == dialect_.delimiter && text_[at - 1] != '\r' ? Value::closed : Value::record;
}

RecordScanner::Value RecordScanner::scan_quoted(std::size_t open, bool is_end, Quoting quoting) {
  bool spans_lines = false;
  bool has_doubled = false;
  bool has_inner = false;
  is_quoted_ = is_in_quote_ = true;
  const auto take = [&](std::size_t to) {
    if (has_doubled && count_ < values_.size()) doubled_.push_back(static_cast<std::uint32_t>(count_));
    add(open + 1, to);
    is_in_quote_ = false;
  };
  for (;;) {
    const std::size_t place = marks_.next();
    if (place == ByteMarks::kNone) {
      if (!is_end) return Value::incomplete;
      if (quoting != Quoting::lenient) return Value::bad_quote;
      take(text_.size());
      at_ = text_.size();
      return Value::record;
    }
    const char c = text_[place];
    if (c == dialect_.delimiter) continue;
    if (c != dialect_.quote) {  // the end of a line
      if (quoting == Quoting::lenient) {
        take(place > open + 1 && c == '\n' && text_[place - 1] == '\r' ? place - 1 : place);
        return end_line(place, is_end) ? Value::record : Value::incomplete;
      }
      if (has_inner) return Value::bad_quote;
      spans_lines = is_multiline_ = true;
      if (c == '\r' || !dialect_.cr_ends || text_[place - 1] != '\r') ++lines_;
      continue;
    }
    if (place + 1 < text_.size() && text_[place + 1] == dialect_.quote) {
      marks_.next();
      has_doubled = true;
      continue;
    }
    const Value behind = look_behind(place, is_end);
    if (behind == Value::incomplete) return behind;
    if (behind == Value::closed) {
      take(place);
      return behind;
    }
    has_inner = true;
    inner_quote_ = count_;
    if (spans_lines && quoting != Quoting::lenient) return Value::bad_quote;
  }
}

}  // namespace meridian::table::internal
