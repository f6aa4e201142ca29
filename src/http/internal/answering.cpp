#include "http/internal/answering.hpp"

#include "http/compression.hpp"
#include "http/conditional.hpp"

namespace meridian::http::internal {

Headers steering_fields(const Headers& request) {
  constexpr std::string_view kSteering[] = {
      "Accept-Encoding", "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};
  Headers steering;
  for (std::size_t i = 0; i < request.size(); ++i) {
    const Field field = request[i];
    for (const std::string_view name : kSteering) {
      if (equals_ignoring_case(name, field.name)) steering.add(field.name, field.value);
    }
  }
  return steering;
}

void prepare(Response& response, Method method, const Headers& request, const ServerOptions& options) {
  if (method == Method::get || method == Method::head) {
    apply_conditions(method, request, response);
    if (response.allow_ranges) apply_ranges(method, request, response);
  }
  if (options.compression) {
    compress(response, request.joined("Accept-Encoding"), options.compression_min_bytes);
  }
}

}  // namespace meridian::http::internal
