#include "terminology/table_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/input.hpp"
#include "base/utf8.hpp"
#include "terminology/messages.hpp"

namespace meridian::terminology {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

}  // namespace

/// Adds the next line to `into`; of one that is too long only the beginning. False at the end.
Result<bool> TableReader::line(std::string& into) {
  bool has_any = false;
  for (;;) {
    const std::size_t end = buffer_.find('\n', used_);
    const std::size_t stop = end == std::string::npos ? buffer_.size() : end;
    has_any = has_any || stop > used_ || end != std::string::npos;
    const std::size_t room = into.size() > kMaxRecord ? 0 : kMaxRecord + 1 - into.size();
    into.append(buffer_, used_, std::min(stop - used_, room));
    is_long_ = is_long_ || stop - used_ > room || into.size() > kMaxRecord;
    if (end != std::string::npos) {
      used_ = end + 1;
      break;
    }
    used_ = 0;
    buffer_.resize(kPiece);
    const std::size_t got = is_at_end_ ? 0 : TRY(source_.read(buffer_));
    buffer_.resize(got);
    if (got == 0) {
      is_at_end_ = true;
      if (!has_any) return false;
      break;
    }
  }
  ++line_;
  if (into.ends_with('\r')) into.pop_back();
  return true;
}

void TableReader::leave_out(Issues& issues, const Message& why, std::vector<std::string> arguments) const {
  issues.add({Severity::error, IssueType::structure, why, std::move(arguments), {}, {0, begin_line_, 1}});
}

Result<bool> TableReader::next(Issues& issues) {
  for (;;) {
    record_.clear();
    is_long_ = false;
    if (!TRY(line(record_))) return false;
    begin_line_ = line_;
    if (line_ == 1 && record_.starts_with("\xEF\xBB\xBF")) record_.erase(0, 3);
    if (form_ == Form::commas) {
      // A quoted field may hold line ends.
      while (!is_long_ && std::ranges::count(record_, '"') % 2 == 1) {
        record_ += '\n';
        if (TRY(line(record_))) continue;
        leave_out(issues, kQuoteNotClosed);
        return false;
      }
    }
    if (is_long_) {
      leave_out(issues, kLineTooLong, {std::to_string(kMaxRecord)});
    } else if (!is_valid_utf8(record_)) {
      leave_out(issues, kNotUtf8);
    } else if (form_ == Form::commas && !split_quoted()) {
      leave_out(issues, kQuoteNotClosed);
    } else if (!record_.empty()) {
      if (form_ != Form::commas) split(record_);
      return true;
    }
  }
}

void TableReader::split(std::string_view record) {
  fields_.clear();
  if (form_ == Form::lines) {
    fields_.push_back(record);
    return;
  }
  const char between = form_ == Form::tabs ? '\t' : '|';
  for (;;) {
    const std::size_t end = std::min(record.find(between), record.size());
    fields_.push_back(record.substr(0, end));
    if (end == record.size()) return;
    record.remove_prefix(end + 1);
  }
}

bool TableReader::split_quoted() {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(record_.size());  // so that views stay where they are
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = unquoted_.size();
    if (at < record_.size() && record_[at] == '"') {
      for (++at;; ++at) {
        if (at >= record_.size()) return false;
        if (record_[at] == '"') {
          if (at + 1 >= record_.size() || record_[at + 1] != '"') break;
          ++at;
        }
        unquoted_ += record_[at];
      }
      ++at;
      if (at < record_.size() && record_[at] != ',') return false;
    } else {
      while (at < record_.size() && record_[at] != ',') unquoted_ += record_[at++];
    }
    fields_.emplace_back(unquoted_.data() + begin, unquoted_.size() - begin);
    if (at >= record_.size()) return true;
    ++at;
  }
}

Result<std::vector<std::size_t>> TableReader::header(const std::vector<std::string_view>& needed, Issues& issues) {
  std::vector<std::size_t> places;
  if (!TRY(next(issues))) fields_.clear();
  for (const std::string_view name : needed) {
    const auto found = std::ranges::find(fields_, name);
    if (found == fields_.end()) {
      return fail(ErrorCode::malformed_input, "the file has no column \"" + std::string(name) + "\"");
    }
    places.push_back(static_cast<std::size_t>(found - fields_.begin()));
  }
  return places;
}

}  // namespace meridian::terminology
