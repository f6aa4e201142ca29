// How one event looks as a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.hpp"

namespace meridian::internal {

struct LogEvent {
  Instant time;
  LogLevel level;
  std::string_view event;
  std::string_view trace_id;
  std::uint64_t held_back;  ///< events of its kind that a limit kept from the log
};

void append_human(std::string& out, const LogEvent& event, LogFields fields);
void append_json(std::string& out, const LogEvent& event, LogFields fields);

}  // namespace meridian::internal
