#include "base/issue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace meridian {

std::string_view name(Severity severity) {
  constexpr std::string_view kNames[] = {"fatal", "error", "warning", "information"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name(IssueType type) {
  constexpr std::string_view kNames[] = {
      "invalid",       "structure",     "required",         "value",        "invariant", "security",     "processing",
      "not-supported", "duplicate",     "multiple-matches", "not-found",    "too-long",  "code-invalid", "extension",
      "too-costly",    "business-rule", "conflict",         "informational"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string text(const Issue& issue, Language language) {
  const std::string_view form = language == Language::chinese ? issue.message->chinese : issue.message->english;
  std::string out;
  out.reserve(form.size() + 32);
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '{' && i + 2 < form.size() && form[i + 1] >= '0' && form[i + 1] <= '9' && form[i + 2] == '}') {
      const auto index = static_cast<std::size_t>(form[i + 1] - '0');
      if (index < issue.arguments.size()) out += issue.arguments[index];
      i += 2;
    } else {
      out += form[i];
    }
  }
  return out;
}

void Issues::add(Issue issue) {
  if (issue.severity == Severity::fatal) ++fatal_;
  if (issue.severity <= Severity::error) ++errors_;
  if (issue.severity == Severity::warning) ++warnings_;
  if (kept_.size() < limit_) {
    kept_.push_back(std::move(issue));
  } else {
    ++dropped_;
  }
}

void Issues::add_all(Issues&& other) {
  std::size_t errors = 0;
  std::size_t fatal = 0;
  std::size_t warnings = 0;
  for (Issue& issue : other.kept_) {
    errors += issue.severity <= Severity::error ? 1 : 0;
    fatal += issue.severity == Severity::fatal ? 1 : 0;
    warnings += issue.severity == Severity::warning ? 1 : 0;
    add(std::move(issue));
  }
  // What the other had dropped stays counted here.
  dropped_ += other.dropped_;
  errors_ += other.errors_ - errors;
  fatal_ += other.fatal_ - fatal;
  warnings_ += other.warnings_ - warnings;
  other.clear();
}

void Issues::clear() {
  kept_.clear();
  dropped_ = errors_ = fatal_ = warnings_ = 0;
}

namespace {

// In blocks of a fixed size, which compilers turn into vector instructions: texts may be many megabytes long, and the
// issues with a place in them a thousand.
std::size_t count_line_ends(std::string_view text) {
  constexpr std::size_t kBlock = 128;
  std::size_t count = 0;
  while (text.size() >= kBlock) {
    std::uint8_t of_block = 0;
    for (std::size_t i = 0; i < kBlock; ++i) of_block = static_cast<std::uint8_t>(of_block + (text[i] == '\n' ? 1 : 0));
    count += of_block;
    text.remove_prefix(kBlock);
  }
  return count + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

Position position_at(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const auto line = static_cast<std::uint32_t>(count_line_ends(text.substr(0, offset)) + 1);
  const void* end = offset == 0 ? nullptr : memrchr(text.data(), '\n', offset);
  const std::size_t column =
      end == nullptr ? offset + 1 : offset - static_cast<std::size_t>(static_cast<const char*>(end) - text.data());
  return {offset, line, static_cast<std::uint32_t>(column)};
}

}  // namespace meridian
