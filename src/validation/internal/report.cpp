#include "validation/internal/report.hpp"

#include <algorithm>

#include "validation/messages.hpp"

namespace meridian::validation::internal {
namespace {

// More findings than anyone reads; beyond it they are only counted.
constexpr std::size_t kMaxFindings = 4000;

// Lines and columns of offsets that only grow.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  Position at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    for (std::size_t end = text_.find('\n', from_); end < offset; end = text_.find('\n', from_)) {
      ++line_;
      from_ = end + 1;
    }
    return {offset, line_, static_cast<std::uint32_t>(offset - from_ + 1)};
  }

 private:
  std::string_view text_;
  std::size_t from_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

void Report::add(Severity severity, IssueType type, const Message& message, fhir::Node at,
                 std::vector<std::string> arguments) {
  if (severity <= Severity::error) ++errors_;
  if (findings_.size() >= kMaxFindings) {
    ++dropped_;
    return;
  }
  findings_.push_back({severity, type, &message, std::move(arguments), at});
}

void Report::rewind(const Mark& mark) {
  findings_.erase(findings_.begin() + static_cast<std::ptrdiff_t>(mark.findings), findings_.end());
  errors_ = mark.errors;
  dropped_ = mark.dropped;
}

void Report::finish(std::string_view source, Issues& issues) {
  std::ranges::stable_sort(findings_, {}, [](const Finding& f) { return f.node.offset(); });
  LineCounter lines(source);
  const std::size_t dropped_before = issues.dropped();
  const Finding* before = nullptr;
  for (Finding& finding : findings_) {
    // Two profiles may say the same of one element.
    if (before != nullptr && before->node == finding.node && before->message == finding.message &&
        before->arguments == finding.arguments) {
      continue;
    }
    before = &finding;
    Issue issue(finding.severity, finding.type, *finding.message, finding.arguments);
    if (issues.dropped() == dropped_before) {  // beyond its bound an issue only counts
      issue.path = finding.node.path();
      issue.position = lines.at(finding.node.offset());
    }
    issues.add(std::move(issue));
  }
  if (dropped_ > 0) {
    const bool hides_errors = errors_ > 0;
    issues.add({hides_errors ? Severity::error : Severity::warning,
                IssueType::processing,
                kMoreIssues,
                {std::to_string(dropped_)}});
  }
  findings_.clear();
  errors_ = 0;
  dropped_ = 0;
}

}  // namespace meridian::validation::internal
