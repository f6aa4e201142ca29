// A message with what was said about it, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/issue.hpp"
#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2::testing {

struct Parsed {
  Message message;
  Issues issues;
};

inline Parsed parsed(std::string text, MessageLimits limits = {}) {
  Parsed out;
  out.message = MessageParser(limits).parse(std::move(text), out.issues);
  return out;
}

/// `hl7-field-missing PID-3`: message and path.
inline std::vector<std::string> ids(const Issues& issues) {
  std::vector<std::string> out;
  for (const Issue& issue : issues.all()) {
    out.push_back(std::string(issue.message->id) + (issue.path.empty() ? "" : " " + issue.path));
  }
  return out;
}

}  // namespace meridian::hl7v2::testing
