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

  /// For questions about what was found in one document: sort_errors() once, then has_error_at() as often as wanted.
  /// All errors count, also those that are too many to hand over.
  void sort_errors();
  bool has_errors() const { return !errors_.empty(); }
  bool has_error_at(fhir::Node node) const;
  /// Forgets everything.
  void clear() { rewind({}); }

  /// For trying something out (does this element fit that slice?): what was found since goes away.
  struct Mark {
    std::size_t findings;
    std::size_t errors;
    std::size_t dropped;
  };
  Mark mark() const { return {findings_.size(), errors_.size(), dropped_}; }
  void rewind(const Mark& mark);

  /// Hands everything over in the order of the text, which is the document's source, and starts anew.
  void finish(std::string_view source, Issues& issues);

 private:
  std::vector<Finding> findings_;
  std::vector<std::uint32_t> errors_;  // where: Node::order()
  std::size_t dropped_ = 0;
};

}  // namespace meridian::validation::internal
