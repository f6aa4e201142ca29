#include "formats/hl7v2/batch.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "formats/hl7v2/faults.hpp"

namespace meridian::hl7v2 {

namespace {

using Kind = BatchItem::Kind;

bool is_alphanumeric(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string_view without_mark(std::string_view line) {
  while (line.starts_with('\v') || line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(line[0] == '\v' ? 1 : 3);
  return line;
}

/// What begins with this line, if anything does. The frame of MLLP may stand before it.
std::optional<Kind> kind_of(std::string_view line) {
  line = without_mark(line);
  const std::string_view name = line.substr(0, 3);
  const bool is_alone = line.size() == 3;
  if (!is_alone && (line.size() < 4 || is_alphanumeric(line[3]) || static_cast<unsigned char>(line[3]) <= ' ')) {
    return std::nullopt;
  }
  if (name == "BTS") return Kind::batch_trailer;
  if (name == "FTS") return Kind::file_trailer;
  if (is_alone) return std::nullopt;
  if (name == "MSH") return Kind::message;
  if (name == "FHS") return Kind::file_header;
  if (name == "BHS") return Kind::batch_header;
  return std::nullopt;
}

/// The first field of a trailer, as a number.
std::optional<std::uint64_t> count_in(std::string_view trailer) {
  const std::size_t name = trailer.find("TS");
  if (name == std::string_view::npos || name + 3 > trailer.size()) return std::nullopt;
  const std::string_view digits = trailer.substr(std::min(name + 3, trailer.size()));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return value;
}

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

bool is_noise(char c) {
  return is_line_end(c) || c == ' ' || c == '\t' || c == '\v' || c == '\x1C' || c == '\0';
}

// What must be seen of a line to know whether it begins an item.
constexpr std::size_t kEnough = 16;

}  // namespace

std::string_view without_frame(std::string_view item) {
  item = without_mark(item);
  while (!item.empty() && is_noise(item.back())) item.remove_suffix(1);
  return item;
}

BatchReader::BatchReader(ByteSource& source, BatchLimits limits) : source_(source), limits_(limits) {}

Result<> BatchReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, used_ - begin_);
    used_ -= begin_;
    next_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - used_ < limits_.chunk_bytes) {
    buffer_.resize(std::max(buffer_.size() * 2, used_ + limits_.chunk_bytes));
  }
  const std::size_t count = TRY(source_.read(std::span(buffer_).subspan(used_, limits_.chunk_bytes)));
  used_ += count;
  at_end_ = count == 0;
  return {};
}

/// Goes on to a later byte of the buffer, counting lines.
void BatchReader::pass(std::size_t end) {
  for (std::size_t i = begin_; i < end; ++i) {
    line_ += buffer_[i] == '\r' || (buffer_[i] == '\n' && !after_cr_) ? 1U : 0U;
    after_cr_ = buffer_[i] == '\r';
  }
  offset_ += end - begin_;
  begin_ = end;
}

/// Moves next_ to where the next item begins, or to the end.
Result<> BatchReader::find_next(Issues& issues) {
  for (;;) {
    if (at_line_start_) {
      if (used_ - next_ < kEnough && !at_end_) {
        TRY(fill());
        continue;
      }
      const std::string_view line = std::string_view(buffer_).substr(next_, std::min(kEnough, used_ - next_));
      next_kind_ = kind_of(line.substr(0, line.find_first_of("\r\n")));
      if (next_kind_) return {};
      at_line_start_ = false;
    }
    const char* const end = buffer_.data() + used_;
    const char* const found = std::find_if(static_cast<const char*>(buffer_.data()) + next_, end, is_line_end);
    next_ = static_cast<std::size_t>(found - buffer_.data());
    if (found != end) {
      ++next_;
      at_line_start_ = true;
    } else if (at_end_) {
      next_kind_ = std::nullopt;
      return {};
    }
    if (next_ - begin_ > limits_.max_message_bytes && !skipping_) {
      skipping_ = true;
      issues.add({Severity::error,
                  IssueType::too_long,
                  faults::kTooLarge,
                  {"bytes", std::to_string(limits_.max_message_bytes)},
                  "MSH",
                  {offset_, static_cast<std::uint32_t>(line_), 1}});
    }
    if (skipping_ || (!kind_ && next_ - begin_ > limits_.chunk_bytes)) pass(next_);
    if (found == end) TRY(fill());
  }
}

Result<std::optional<BatchItem>> BatchReader::next(Issues& issues) {
  for (;;) {
    // Past the item that was given last, or nothing at the start.
    pass(next_);
    kind_ = std::exchange(next_kind_, std::nullopt);
    if (begin_ == used_ && at_end_) {
      check_end(issues);
      return std::nullopt;
    }
    // Its own first line begins it; the search goes on behind that.
    at_line_start_ = at_line_start_ && !kind_;
    skipping_ = false;
    const std::uint64_t offset = offset_;
    const std::uint64_t line = line_;
    TRY(find_next(issues));
    if (skipping_) continue;
    BatchItem item{kind_.value_or(Kind::message), std::string_view(buffer_).substr(begin_, next_ - begin_), 0, offset,
                   line};
    if (kind_) {
      check(item, issues);
      if (item.kind == Kind::message) item.number = messages_;
      return item;
    }
    const auto noise = static_cast<std::size_t>(std::count_if(item.bytes.begin(), item.bytes.end(), is_noise));
    if (noise < item.bytes.size()) {
      issues.add({Severity::warning,
                  IssueType::structure,
                  faults::kTextBeforeHeader,
                  {std::to_string(item.bytes.size())},
                  "MSH",
                  {offset, static_cast<std::uint32_t>(line), 1}});
    }
  }
}

void BatchReader::check(const BatchItem& item, Issues& issues) {
  const auto say = [&](const faults::Text& what, std::vector<std::string> arguments, std::string path) {
    issues.add({Severity::warning,
                IssueType::structure,
                what,
                std::move(arguments),
                std::move(path),
                {item.offset, static_cast<std::uint32_t>(item.line), 1}});
  };
  const auto compare = [&](std::uint64_t counted, const char* path) {
    const std::optional<std::uint64_t> said = count_in(item.bytes);
    if (said && *said != counted) {
      say(faults::kBatchCount, {std::to_string(*said), std::to_string(counted)}, path);
    }
  };
  switch (item.kind) {
    case Kind::message:
      ++messages_;
      ++messages_in_batch_;
      if (batches_ == 0) batches_ = 1;  // of a file that says no BHS
      break;
    case Kind::file_header:
      file_open_ = true;
      batches_ = 0;
      messages_in_batch_ = 0;
      break;
    case Kind::batch_header:
      if (batch_open_) say(faults::kTrailerMissing, {"BTS"}, "BTS");
      batch_open_ = true;
      ++batches_;
      messages_in_batch_ = 0;
      break;
    case Kind::batch_trailer:
      compare(messages_in_batch_, "BTS-1");
      batch_open_ = false;
      messages_in_batch_ = 0;
      break;
    case Kind::file_trailer:
      if (batch_open_) say(faults::kTrailerMissing, {"BTS"}, "BTS");
      compare(batches_, "FTS-1");
      file_open_ = batch_open_ = false;
      batches_ = 0;
      break;
  }
}

void BatchReader::check_end(Issues& issues) {
  for (const auto& [is_open, trailer] : {std::pair{batch_open_, "BTS"}, {file_open_, "FTS"}}) {
    if (is_open) {
      issues.add({Severity::warning,
                  IssueType::structure,
                  faults::kTrailerMissing,
                  {trailer},
                  trailer,
                  {offset_, static_cast<std::uint32_t>(line_), 1}});
    }
  }
  batch_open_ = file_open_ = false;
}

}  // namespace meridian::hl7v2
