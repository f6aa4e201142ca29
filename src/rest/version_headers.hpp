// Versions in headers: ETag W/"3", Last-Modified, Location; and If-Match, which names one.
// Specification: https://hl7.org/fhir/R4/http.html#versions, #concurrency
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "http/headers.hpp"
#include "http/response.hpp"
#include "store/version.hpp"

namespace meridian::rest {

std::string etag(std::uint64_t version);  ///< `W/"3"`
/// "Patient/7/_history/3"
std::string version_path(const store::ResourceKey& key, std::uint64_t version);
void set_version_headers(http::Response& response, std::uint64_t version, Instant last_updated);

/// What a request demands of the present version.
struct IfMatch {
  bool is_any = false;  ///< `*`: that there is one
  std::uint64_t version = 0;
};
/// `W/"3"`, `"3"` or `*`; nothing when it is empty. Errors: invalid_argument for anything else, since to ignore it
/// would overwrite what it was to protect.
Result<std::optional<IfMatch>> parse_if_match(std::string_view text);
/// Whether If-None-Match is `*`: the resource must not be there yet.
Result<bool> parse_if_none_match_of_write(std::string_view text);

}  // namespace meridian::rest
