#include "app/host_port.hpp"

#include <charconv>

namespace meridian::app {

Result<HostPort> parse_host_port(const std::string& flag, const std::string& text) {
  HostPort out;
  const std::size_t colon = text.rfind(':');
  const char* end = text.data() + text.size();
  if (colon != std::string::npos) {
    out.host = text.substr(0, colon);
    const auto [at, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (error != std::errc() || at != end) out.port = 0;
  }
  if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
  if (out.host.empty() || out.port == 0) {
    return fail(ErrorCode::invalid_argument, flag + " takes HOST:PORT, not \"" + text + "\"");
  }
  return out;
}

}  // namespace meridian::app
