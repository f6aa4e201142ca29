#include "app/report.hpp"

#include <cstdio>

#include "app/progress.hpp"

namespace meridian::app {
namespace {

std::string_view severity_word(Severity severity, Language language) {
  constexpr std::string_view kChinese[] = {"致命错误", "错误", "警告", "提示"};
  return language == Language::chinese ? kChinese[static_cast<std::size_t>(severity)] : name(severity);
}

}  // namespace

std::string issue_line(std::string_view file, const Issue& issue, Language language) {
  std::string line(file);
  if (issue.position.line > 0) {
    line.append(":").append(std::to_string(issue.position.line));
    line.append(":").append(std::to_string(issue.position.column));
  }
  line.append(": ").append(severity_word(issue.severity, language)).append(": ");
  if (!issue.path.empty()) line.append(issue.path).append(": ");
  line.append(text(issue, language)).append(" [").append(issue.message->id).append("]");
  return line;
}

std::string counted(std::uint64_t count, std::string_view word) {
  return human_count(count).append(" ").append(word).append(count == 1 ? "" : "s");
}

std::string counted_faults(const Issues& issues, Language language) {
  if (language == Language::chinese) {
    return human_count(issues.errors()) + " 个错误，" + human_count(issues.warnings()) + " 个警告";
  }
  return counted(issues.errors(), "error") + ", " + counted(issues.warnings(), "warning");
}

void complain(std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "meridian: %.*s\n", static_cast<int>(text.size()), text.data());
}

void complain_of(std::string_view file, const Error& error) {
  const bool is_named = error.message().find(file) != std::string::npos && file != "-";
  complain(is_named ? error.message() : std::string(file) + ": " + error.message());
}

void complain_of(std::string_view file, const Issues& issues, Language language) {
  for (const Issue& issue : issues.all()) complain(issue_line(file, issue, language));
}

void complain_of_faults(std::string_view file, const Issues& issues, Language language) {
  for (const Issue& issue : issues.all()) {
    if (issue.severity <= Severity::warning) complain(issue_line(file, issue, language));
  }
}

}  // namespace meridian::app
