#include "formats/fhir/ndjson.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace meridian::fhir {
namespace {

inline constexpr Message kLineTooLong{"ndjson-line-too-long",
                                      "the line has more than the limit of {0} bytes; it is left out",
                                      "该行超过 {0} 字节的上限；已忽略"};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void report_too_long(std::uint64_t offset, std::uint64_t line, const NdjsonLimits& limits, Issues& issues) {
  issues.add(
      {Severity::error,
       IssueType::too_long,
       kLineTooLong,
       {std::to_string(limits.max_line_bytes)},
       {},
       {static_cast<std::size_t>(offset), static_cast<std::uint32_t>(std::min<std::uint64_t>(line, UINT32_MAX)), 1}});
}

std::size_t count_lines(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ++count;
  return count;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Position NdjsonLine::in_file(Position within) const {
  if (within.line == 0) return {static_cast<std::size_t>(offset) + within.offset, 0, 0};
  const std::uint64_t line = number + within.line - 1;
  return {static_cast<std::size_t>(offset) + within.offset,
          static_cast<std::uint32_t>(std::min<std::uint64_t>(line, UINT32_MAX)), within.column};
}

NdjsonChunks::NdjsonChunks(ByteSource& source, NdjsonLimits limits) : source_(source), limits_(limits) {
  limits_.chunk_bytes = std::max<std::size_t>(limits_.chunk_bytes, 1);
}

/// Reads until the chunk has `size` bytes or the source ends, and says whether it has all of them.
Result<bool> NdjsonChunks::fill(NdjsonChunk& chunk, std::size_t size) {
  if (chunk.buffer_.size() < size) chunk.buffer_.resize(size);
  while (chunk.length_ < size && !at_end_) {
    const std::size_t count = TRY(source_.read(std::span(chunk.buffer_).subspan(chunk.length_, size - chunk.length_)));
    chunk.length_ += count;
    at_end_ = count == 0;
  }
  return chunk.length_ >= size;
}

/// Drops what is left of a line that is too long, its line end included; rest_ is what follows.
Result<> NdjsonChunks::skip_line() {
  std::string buffer(limits_.chunk_bytes, '\0');
  while (!at_end_) {
    const std::size_t count = TRY(source_.read(buffer));
    at_end_ = count == 0;
    const std::string_view got = std::string_view(buffer).substr(0, count);
    const std::size_t newline = got.find('\n');
    if (newline != std::string_view::npos) {
      offset_ += newline + 1;
      rest_ = got.substr(newline + 1);
      return {};
    }
    offset_ += count;
  }
  return {};
}

Result<bool> NdjsonChunks::next(NdjsonChunk& chunk, Issues& issues) {
  for (;;) {
    chunk.length_ = rest_.size();
    if (chunk.buffer_.size() < rest_.size()) chunk.buffer_.resize(rest_.size());
    std::memcpy(chunk.buffer_.data(), rest_.data(), rest_.size());
    rest_.clear();

    std::size_t size = std::max(limits_.chunk_bytes, chunk.length_);
    if (!has_begun_) {
      has_begun_ = true;
      size = std::max(size, kByteOrderMark.size());
      TRY(fill(chunk, size));
      if (chunk.text().starts_with(kByteOrderMark)) {
        chunk.buffer_.erase(0, kByteOrderMark.size());
        chunk.length_ -= kByteOrderMark.size();
        offset_ = kByteOrderMark.size();
      }
    }
    chunk.first_line_ = line_;
    chunk.offset_ = offset_;

    // Until the end of a line is in it. A line with CR LF has two bytes more than its content.
    const std::size_t longest = limits_.max_line_bytes > SIZE_MAX - 2 ? SIZE_MAX : limits_.max_line_bytes + 2;
    std::size_t newline = std::string_view::npos;
    for (;;) {
      TRY(fill(chunk, size));
      newline = chunk.text().rfind('\n');
      if (at_end_ || newline != std::string_view::npos || size >= longest) break;
      size = std::min(longest, size * 2);
    }
    if (at_end_) {
      offset_ += chunk.length_;
      return chunk.length_ > 0;
    }
    if (newline == std::string_view::npos) {
      report_too_long(offset_, line_, limits_, issues);
      offset_ += chunk.length_;
      TRY(skip_line());
      ++line_;
      continue;
    }
    rest_ = chunk.text().substr(newline + 1);
    chunk.length_ = newline + 1;
    line_ += count_lines(chunk.text());
    offset_ += chunk.length_;
    return true;
  }
}

std::optional<NdjsonLine> NdjsonLines::next(Issues& issues) {
  while (!rest_.empty()) {
    const std::size_t newline = rest_.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? rest_.size() : newline + 1;
    NdjsonLine line{rest_.substr(0, newline), line_, offset_};
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    rest_.remove_prefix(taken);
    offset_ += taken;
    ++line_;
    if (line.text.size() > limits_.max_line_bytes) {
      report_too_long(line.offset, line.number, limits_, issues);
    } else if (!is_blank(line.text)) {
      return line;
    }
  }
  return std::nullopt;
}

Result<std::optional<NdjsonLine>> NdjsonReader::next(Issues& issues) {
  for (;;) {
    if (lines_) {
      if (auto line = lines_->next(issues)) return line;
      lines_.reset();
    }
    if (!TRY(chunks_.next(chunk_, issues))) return std::optional<NdjsonLine>();
    lines_.emplace(chunk_, chunks_.limits());
  }
}

}  // namespace meridian::fhir
