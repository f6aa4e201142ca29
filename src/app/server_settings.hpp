// The settings of the server as the options of http::Server.
#pragma once

#include "base/config.hpp"
#include "base/result.hpp"
#include "http/server_options.hpp"

namespace meridian::app {

/// Where to listen. Refuses an address that other machines reach while nobody has to log in, unless the settings accept
/// that.
Result<http::ListenAddress> listen_address(const Config& config);
/// Everything else.
Result<http::ServerOptions> server_options(const Config& config);

}  // namespace meridian::app
