// What the formats of messages have in common.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "base/hex.hpp"
#include "base/issue.hpp"

namespace meridian::ingest::internal {

/// What stands odd in a message that could be read all the same does not keep it from being used.
inline void add_softly(Issues from, Issues& to) {
  for (Issue issue : from.all()) {
    if (issue.severity == Severity::error) issue.severity = Severity::warning;
    to.add(std::move(issue));
  }
}

/// What a message is called whose sender does not call it anything: the same content is the same message.
inline std::string name_of_content(std::string_view content) {
  return to_hex(sha256(content)).substr(0, 32);
}

}  // namespace meridian::ingest::internal
