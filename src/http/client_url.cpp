#include <algorithm>

#include "http/client.hpp"
#include "http/target.hpp"

namespace meridian::http {
namespace {

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

tl::unexpected<Error> bad_url(const char* what) {
  return fail(ErrorCode::invalid_argument, what);
}

}  // namespace

// https://www.rfc-editor.org/rfc/rfc3986#section-3, of which only what a request needs is accepted: no user, no
// fragment kept, no host that two readers could take differently.
Result<Url> parse_url(std::string_view text) {
  Url url;
  text = text.substr(0, text.find('#'));
  if (text.starts_with("unix:")) {
    text.remove_prefix(5);
    const std::size_t colon = text.find(":/", 1);
    url.unix_path = text.substr(0, colon);
    url.host = "localhost";
    url.target = colon == std::string_view::npos ? std::string("/") : std::string(text.substr(colon + 1));
    if (url.unix_path.empty()) return bad_url("the URL names no Unix socket");
    return url;
  }
  if (text.starts_with("https://")) {
    url.tls = true;
    url.port = 443;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    url.port = 80;
    text.remove_prefix(7);
  } else {
    return bad_url("the URL begins neither with http:// nor with https://");
  }
  const std::size_t end = text.find_first_of("/?");
  std::string_view authority = text.substr(0, end);
  url.target = end == std::string_view::npos ? std::string("/") : std::string(text.substr(end));
  if (url.target.front() == '?') url.target.insert(0, "/");
  if (!parse_target(url.target)) return bad_url("the URL's path or query is malformed");

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return bad_url("the URL's host is malformed");
    url.host = authority.substr(1, close - 1);
    if (url.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos)
      return bad_url("the URL's host is malformed");
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    for (char& c : url.host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (!std::ranges::all_of(url.host, is_host_char)) return bad_url("the URL's host is malformed");
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  if (url.host.empty()) return bad_url("the URL has no host");
  if (!port.empty()) {
    port.remove_prefix(1);
    unsigned value = 0;
    for (const char c : port) {
      if (c < '0' || c > '9' || value > 65535) return bad_url("the URL's port is malformed");
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (port.empty() || value == 0 || value > 65535) return bad_url("the URL's port is malformed");
    url.port = static_cast<std::uint16_t>(value);
  }
  return url;
}

// https://www.rfc-editor.org/rfc/rfc3986#section-5.2
Result<std::string> resolve_reference(std::string_view base, std::string_view reference) {
  if (reference.starts_with("http://") || reference.starts_with("https://")) return std::string(reference);
  const std::size_t scheme_end = base.find("://");
  if (scheme_end == std::string_view::npos) return bad_url("only http and https URLs are followed");
  if (reference.starts_with("//")) return std::string(base.substr(0, scheme_end + 1)) + std::string(reference);
  if (reference.substr(0, reference.find_first_of("/?#")).find(':') != std::string_view::npos) {
    return bad_url("the redirect goes to another scheme");
  }
  const std::size_t authority_end = std::min(base.find_first_of("/?#", scheme_end + 3), base.size());
  const std::string origin(base.substr(0, authority_end));
  if (reference.starts_with('/')) return origin + std::string(reference);

  std::string path(base.substr(authority_end, base.find_first_of("?#", authority_end) - authority_end));
  if (path.empty()) path = "/";
  if (reference.starts_with('?')) return origin + path + std::string(reference);
  path.erase(path.rfind('/') + 1);
  // Dot segments are taken out, as 5.2.4 says; the server would refuse them.
  std::string_view rest = reference;
  while (true) {
    if (rest.starts_with("../")) {
      rest.remove_prefix(3);
      if (path.size() > 1) path.erase(path.rfind('/', path.size() - 2) + 1);
    } else if (rest.starts_with("./")) {
      rest.remove_prefix(2);
    } else {
      break;
    }
  }
  return origin + path + std::string(rest);
}

}  // namespace meridian::http
