#include "http/target.hpp"

#include "base/utf8.hpp"

namespace meridian::http {
namespace {

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// pchar of RFC 3986 section 3.3, with "%" checked when it is decoded.
bool is_path_char(char c) {
  return is_unreserved(c) || std::string_view("%!$&'()*+,;=:@/").find(c) != std::string_view::npos;
}

// The query also allows "/" and "?". FHIR clients send "|" and a few others unencoded (code=system|value), as all
// browsers do; they can be read in one way only, so they are let through.
bool is_query_char(char c) {
  return is_path_char(c) || std::string_view("?|[]{}^`\"<>\\").find(c) != std::string_view::npos;
}

bool is_authority(std::string_view text) {
  for (const char c : text) {
    if (!is_unreserved(c) && std::string_view(":[]").find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}

Result<> split_path(Target& target) {
  std::string_view rest = std::string_view(target.path).substr(1);
  while (true) {
    const std::size_t slash = rest.find('/');
    std::optional<std::string> segment = percent_decode(rest.substr(0, slash));
    if (!segment) return malformed("the path has a broken percent escape or is not UTF-8");
    if (*segment == "." || *segment == "..") return malformed("the path has a dot segment");
    if (target.segments.size() == Target::kMaxSegments)
      return fail(ErrorCode::too_large, "the path has too many segments");
    target.segments.push_back(*std::move(segment));
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  bool plain = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      plain = plain && high < 8;
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      plain = plain && static_cast<unsigned char>(text[i]) < 0x80;
    }
  }
  if (!plain && !is_valid_utf8(out)) return std::nullopt;
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

Result<std::vector<QueryParameter>> parse_query(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    if (!pair.empty()) {
      const std::size_t equals = pair.find('=');
      std::optional<std::string> name = percent_decode(pair.substr(0, equals), true);
      std::optional<std::string> value =
          percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
      if (!name || !value) return malformed("the query has a broken percent escape or is not UTF-8");
      if (parameters.size() == Target::kMaxQueryParameters) {
        return fail(ErrorCode::too_large, "the query has too many parameters");
      }
      parameters.push_back({*std::move(name), *std::move(value)});
    }
    if (ampersand == std::string_view::npos) break;
    query.remove_prefix(ampersand + 1);
  }
  return parameters;
}

// https://www.rfc-editor.org/rfc/rfc9112#section-3.2
Result<> parse_target(std::string_view raw, Target& target) {
  target.raw = raw;
  target.authority.clear();
  target.path.clear();
  target.query.clear();
  target.segments.clear();
  target.parameters.clear();
  // 3.2.4 asterisk-form, for OPTIONS.
  if (raw == "*") {
    target.path = "*";
    return {};
  }
  // 3.2.2 absolute-form: a server must accept it; its authority stands for Host.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!raw.starts_with(scheme)) continue;
    raw.remove_prefix(scheme.size());
    const std::size_t end = raw.find_first_of("/?");
    target.authority = raw.substr(0, end);
    if (!is_authority(target.authority)) return malformed("the target's authority is malformed");
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end);
    break;
  }
  // 3.2.1 origin-form. What begins otherwise is authority-form (CONNECT only) or nonsense.
  const std::size_t question = raw.find('?');
  target.path = raw.substr(0, question);
  if (target.path.empty() && !target.authority.empty()) target.path = "/";
  if (question != std::string_view::npos) target.query = raw.substr(question + 1);
  if (target.path.empty() || target.path.front() != '/') return malformed("the target is neither a path nor a URL");
  for (const char c : target.path) {
    if (!is_path_char(c)) return malformed("the path has a character that must be percent-encoded");
  }
  for (const char c : target.query) {
    if (!is_query_char(c)) return malformed("the query has a character that must be percent-encoded");
  }
  TRY(split_path(target));
  if (!target.query.empty()) target.parameters = TRY(parse_query(target.query));
  return {};
}

Result<Target> parse_target(std::string_view raw) {
  Target target;
  TRY(parse_target(raw, target));
  return target;
}

std::optional<std::string_view> Target::parameter(std::string_view name) const {
  for (const QueryParameter& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

}  // namespace meridian::http
