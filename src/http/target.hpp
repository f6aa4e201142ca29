// Target: the request target split into path and query, percent-decoded strictly.
//
// Origin form "/fhir/Patient/1?_format=json", absolute form "http://host/path" (its authority is kept), and "*".
// Refused: a byte outside RFC 3986's set, a broken percent escape, an encoded NUL, invalid UTF-8 after decoding, a
// path that climbs by "." or ".." segments (plain or encoded), and more than kMaxQueryParameters parameters.
// An encoded slash stays inside its segment: segments are split before they are decoded.
// https://www.rfc-editor.org/rfc/rfc9112#section-3.2  https://www.rfc-editor.org/rfc/rfc3986
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace meridian::http {

struct QueryParameter {
  std::string name;
  std::string value;
  bool operator==(const QueryParameter&) const = default;
};

struct Target {
  static constexpr std::size_t kMaxQueryParameters = 1000;
  static constexpr std::size_t kMaxSegments = 128;

  std::string raw;                         ///< as received, for redirects and signatures; never for the log
  std::string authority;                   ///< of the absolute form only
  std::string path;                        ///< raw path, still encoded: "/fhir/Patient/a%20b"
  std::string query;                       ///< raw query without "?"
  std::vector<std::string> segments;       ///< decoded; "/a/b/" is {"a", "b", ""}; "/" is {""}
  std::vector<QueryParameter> parameters;  ///< decoded, "+" is a space, in the order given

  /// The first parameter of that name.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Errors: malformed_input, too_large.
Result<Target> parse_target(std::string_view raw);
/// The same into one that has been used, whose memory serves again. After an error it holds parts of either.
Result<> parse_target(std::string_view raw, Target& target);
/// "a=1&b=%20" as in a query or an application/x-www-form-urlencoded body.
Result<std::vector<QueryParameter>> parse_query(std::string_view query);

/// Decodes %XX strictly; nothing when an escape is broken, when the result is no UTF-8 or holds a NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
/// Encodes all but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);

}  // namespace meridian::http
