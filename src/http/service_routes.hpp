// mount_service_routes(): what every server shows of itself: /health, /ready, /metrics, /openapi.json.
#pragma once

#include <string>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "http/openapi.hpp"

namespace meridian::http {

class Router;

struct ServiceRoutes {
  ApiInfo api;
  /// The metrics as OpenMetrics text. Called from the pool, by several threads at once.
  Callback<std::string()> metrics;
  /// Whether the program can do its work; the error says what is missing. Empty: always ready.
  Callback<Result<>()> ready;
};

/// /health says that the process lives, /ready whether it can work (503 with the reason when not). The document at
/// /openapi.json describes the routes that the router has now: mount these last.
void mount_service_routes(Router& router, ServiceRoutes routes);

}  // namespace meridian::http
