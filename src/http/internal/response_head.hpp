// The head of a response as it goes out: status line, the handler's fields and the server's own.
#pragma once

#include <string>
#include <string_view>

#include "http/internal/framing.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/server_options.hpp"

namespace meridian::http::internal {

/// What the connection has decided about how the response goes out.
struct Sending {
  int minor = 1;  ///< of the request's version
  bool keep_alive = true;
  bool is_head = false;  ///< the answer to HEAD has no body, whatever the fields say
  BodyFraming framing;   ///< none, length, chunked, or until_close
};

/// Whether a response of that status may have a body (RFC 9110 section 6.4.1).
bool may_have_body(int status);

void append_head(std::string& out, const Response& response, const Request& request, const Sending& sending,
                 const ServerOptions& options);

/// Adds the CORS fields that the request's Origin asks for.
void append_cors(std::string& out, const Request& request, const CorsOptions& cors);
/// The answer to a preflight; nothing when the request is none.
std::optional<Response> answer_preflight(const Request& request, const CorsOptions& cors);

/// Begins or continues the trace the request belongs to.
TraceContext trace_of(const Headers& headers);

}  // namespace meridian::http::internal
