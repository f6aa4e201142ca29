// For tests: documents and issues in one line.
#pragma once

#include <string>
#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::fhir::testing {

/// The text parsed; the issues are dropped.
inline Document parsed(std::string_view text, DocumentLimits limits = {}) {
  Issues issues;
  return DocumentParser(Schema::r4(), limits).parse(std::string(text), issues);
}

/// The id of the first issue's message: "json-truncated"; empty when there is none.
inline std::string first_issue(const Issues& issues) {
  return issues.empty() ? std::string() : std::string(issues.all().front().message->id);
}

/// What parsing the text complains of first.
inline std::string fault_of(std::string_view text, DocumentLimits limits = {}) {
  Issues issues;
  DocumentParser(Schema::r4(), limits).parse(std::string(text), issues);
  return first_issue(issues);
}

/// A tree in one line: `Patient(name HumanName(given "a") active true)`, unknown members as `?key`.
std::string outline(Node node);

}  // namespace meridian::fhir::testing
