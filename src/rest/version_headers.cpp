#include "rest/version_headers.hpp"

#include "base/trim.hpp"
#include "http/conditional.hpp"
#include "rest/internal/text.hpp"

namespace meridian::rest {

std::string etag(std::uint64_t version) {
  return "W/\"" + std::to_string(version) + "\"";
}

std::string version_path(const store::ResourceKey& key, std::uint64_t version) {
  return key.type + "/" + key.id + "/_history/" + std::to_string(version);
}

void set_version_headers(http::Response& response, std::uint64_t version, Instant last_updated) {
  response.headers.set("ETag", etag(version));
  response.headers.set("Last-Modified", http::to_http_date(last_updated.seconds()));
}

Result<std::optional<IfMatch>> parse_if_match(std::string_view text) {
  text = without_blanks(text);
  if (text.empty()) return std::nullopt;
  if (text == "*") return IfMatch{.is_any = true};
  if (const auto tag = http::parse_entity_tag(text)) {
    if (const auto version = whole_number(tag->opaque)) return IfMatch{.version = *version};
  }
  return fail(ErrorCode::invalid_argument, "If-Match takes the ETag of one version, such as W/\"3\"");
}

Result<bool> parse_if_none_match_of_write(std::string_view text) {
  text = without_blanks(text);
  if (text.empty()) return false;
  if (text == "*") return true;
  return fail(ErrorCode::invalid_argument, "If-None-Match of a write takes * alone");
}

}  // namespace meridian::rest
