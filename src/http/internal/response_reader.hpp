// Reading responses, for the client: head and framing, as strict as the server is with requests.
// https://www.rfc-editor.org/rfc/rfc9112#section-4
#pragma once

#include <string_view>

#include "http/internal/framing.hpp"
#include "http/method.hpp"

namespace meridian::http::internal {

struct ResponseHead {
  int status = 0;
  int minor = 1;
  Headers headers;
  BodyFraming framing;
  bool keep_alive = true;
};

/// `head` is complete (HeadScanner). The method of the request decides whether a body follows.
Refusal parse_response_head(std::string_view head, Method method, ResponseHead& out);

}  // namespace meridian::http::internal
