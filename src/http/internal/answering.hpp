// What is done to every response between the handler and the wire: conditions, ranges, compression.
#pragma once

#include "http/headers.hpp"
#include "http/method.hpp"
#include "http/response.hpp"
#include "http/server_options.hpp"

namespace meridian::http::internal {

/// Those request fields that steer how an answer is sent, for when the handler has taken the request itself.
Headers steering_fields(const Headers& request);

/// Applies conditional requests, ranges and compression, in that order. On the handler's thread.
void prepare(Response& response, Method method, const Headers& request, const ServerOptions& options);

}  // namespace meridian::http::internal
