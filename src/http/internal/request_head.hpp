// parse_request_head(): request line and fields, read strictly: what two readers could take two ways is refused.
//
//   request-head = [ CRLF ] request-line *( field-line CRLF ) CRLF
//   request-line = method SP request-target SP "HTTP/1." DIGIT CRLF
//
// https://www.rfc-editor.org/rfc/rfc9112#section-3
#pragma once

#include <string>
#include <string_view>

#include "http/internal/framing.hpp"
#include "http/method.hpp"
#include "http/server_options.hpp"
#include "http/target.hpp"

namespace meridian::http::internal {

struct RequestHead {
  Method method = Method::get;
  Target target;
  int minor = 1;
  Headers headers;
  BodyFraming framing;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// `head` is complete: it ends with the empty line and every LF in it follows a CR (HeadScanner has seen to that).
Refusal parse_request_head(std::string_view head, const ServerLimits& limits, RequestHead& out);

/// The head again in its normal form; parsing that gives the same RequestHead.
std::string to_text(const RequestHead& head);

}  // namespace meridian::http::internal
