#include "validation/internal/report.hpp"

#include <algorithm>
#include <utility>

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
  if (severity <= Severity::error) errors_.push_back(at.order());
  if (findings_.size() >= kMaxFindings) {
    ++dropped_;
    return;
  }
  findings_.push_back({severity, type, &message, std::move(arguments), at});
}

void Report::rewind(const Mark& mark) {
  findings_.erase(findings_.begin() + static_cast<std::ptrdiff_t>(mark.findings), findings_.end());
  errors_.resize(mark.errors);
  dropped_ = mark.dropped;
}

void Report::sort_errors() {
  std::ranges::sort(errors_);
}

bool Report::has_error_at(fhir::Node node) const {
  return std::ranges::binary_search(errors_, node.order());
}

void Report::finish(std::string_view source, Issues& issues) {
  // In the order of the text; of one place, in the order of finding.
  std::vector<std::pair<std::size_t, std::size_t>> order(findings_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {findings_[i].node.offset(), i};
  std::ranges::sort(order);
  LineCounter lines(source);
  const std::size_t dropped_before = issues.dropped();
  const Finding* before = nullptr;
  for (const auto& [offset, index] : order) {
    const Finding& finding = findings_[index];
    // Two profiles may say the same of one element.
    if (before != nullptr && before->node == finding.node && before->message == finding.message &&
        before->arguments == finding.arguments) {
      continue;
    }
    before = &finding;
    Issue issue(finding.severity, finding.type, *finding.message, finding.arguments);
    if (issues.dropped() == dropped_before) {  // beyond its bound an issue only counts
      issue.path = finding.node.path();
      issue.position = lines.at(offset);
    }
    issues.add(std::move(issue));
  }
  if (dropped_ > 0) {
    const bool hides_errors = !errors_.empty();
    issues.add({hides_errors ? Severity::error : Severity::warning,
                IssueType::processing,
                kMoreIssues,
                {std::to_string(dropped_)}});
  }
  findings_.clear();
  errors_.clear();
  dropped_ = 0;
}

}  // namespace meridian::validation::internal
