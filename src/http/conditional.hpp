// Conditional requests: entity tags, dates and preconditions in the order of RFC 9110 section 13.2.2.
//
// For GET and HEAD the server applies them itself to a response that carries ETag or Last-Modified. A handler that
// changes something calls evaluate_preconditions() with the present state before it does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/headers.hpp"
#include "http/method.hpp"
#include "http/response.hpp"

namespace meridian::http {

/// `"abc"` or `W/"abc"`.
struct EntityTag {
  std::string opaque;
  bool weak = false;
};

std::optional<EntityTag> parse_entity_tag(std::string_view text);
std::string to_text(const EntityTag& tag);
/// Section 8.8.3.2.
bool strongly_equal(const EntityTag& a, const EntityTag& b);
bool weakly_equal(const EntityTag& a, const EntityTag& b);

/// "Sun, 06 Nov 1994 08:49:37 GMT" from seconds since 1970, and back; the two obsolete forms are read too.
std::string to_http_date(std::int64_t unix_seconds);
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// The present state of what the request addresses.
struct ResourceState {
  bool exists = true;
  std::optional<EntityTag> tag;
  std::optional<std::int64_t> last_modified;  ///< seconds since 1970
};

enum class Precondition : std::uint8_t { proceed, not_modified, failed };

/// Section 13.2.2, steps 1 to 4. (Step 5, If-Range, belongs to apply_ranges.)
Precondition evaluate_preconditions(Method method, const Headers& request, const ResourceState& state);

/// Turns a 200 response to GET or HEAD into 304 or 412 where its validators and the request say so.
void apply_conditions(Method method, const Headers& request, Response& response);

/// Turns a 200 response to GET into 206 or 416: a body in memory into one part or multipart/byteranges, a source of
/// known size into one part. Several parts of a source are answered by the whole, as section 14.2 allows.
/// https://www.rfc-editor.org/rfc/rfc9110#section-14
void apply_ranges(Method method, const Headers& request, Response& response);

}  // namespace meridian::http
