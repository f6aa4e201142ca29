// HOST:PORT as the command line writes it, `[::1]:104` too.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace meridian::app {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// Errors: invalid_argument, naming the flag.
Result<HostPort> parse_host_port(const std::string& flag, const std::string& text);

}  // namespace meridian::app
