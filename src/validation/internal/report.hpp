// What was found while one document is walked: kept by node, then turned into Issues in the order of the text.
// Paths and positions, which cost a search, are worked out at the end, and only for what is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::validation::internal {

struct Finding {
  Severity severity;
  IssueType type;
  const Message* message;
  std::vector<std::string> arguments;
  fhir::Node node;
};

class Report {
 public:
  void add(Severity severity, IssueType type, const Message& message, fhir::Node at,
           std::vector<std::string> arguments = {});
  void error(IssueType type, const Message& message, fhir::Node at, std::vector<std::string> arguments = {}) {
    add(Severity::error, type, message, at, std::move(arguments));
  }
  void warning(IssueType type, const Message& message, fhir::Node at, std::vector<std::string> arguments = {}) {
    add(Severity::warning, type, message, at, std::move(arguments));
  }

  std::size_t errors() const { return errors_; }
  /// Whether an error was found at a node from `first` to `last`, in the order of the text.
  bool has_error_between(fhir::Node first, fhir::Node last) const;
  /// Forgets everything.
  void clear() { rewind({}); }

  /// For trying something out (does this element fit that slice?): what was found since goes away.
  struct Mark {
    std::size_t findings;
    std::size_t errors;
    std::size_t dropped;
  };
  Mark mark() const { return {findings_.size(), errors_, dropped_}; }
  void rewind(const Mark& mark);

  /// Hands everything over in the order of the text, which is the document's source, and starts anew.
  void finish(std::string_view source, Issues& issues);

 private:
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace meridian::validation::internal
