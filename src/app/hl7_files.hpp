// HL7 v2 messages of a file, one after another, whatever stands between them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace meridian::app {

inline constexpr const char* kNoMessages = "there is no HL7 v2 message in what was given";

/// Each begins with a line that begins with MSH and ends its segments with CR; MLLP's marks and batch segments are left
/// out. `-` is standard input. Errors: those of open_input().
Result<std::vector<std::string>> read_messages(const std::string& file);

}  // namespace meridian::app
