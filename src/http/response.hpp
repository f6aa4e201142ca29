// Response: what a handler gives back: status, fields, and a body that is text, or a source to pull from.
//
// The server adds Date, Server, Content-Length or chunking, Connection, compression, CORS and trace fields; a handler
// sets Content-Type and what is its own (ETag, Location, Last-Modified, Cache-Control).
// A response with an ETag or Last-Modified to a GET or HEAD takes part in conditional requests and, with
// `allow_ranges`, in ranges, without the handler doing anything (http/conditional.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/body.hpp"
#include "http/headers.hpp"

namespace meridian::http {

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Instead of `body`.
  std::unique_ptr<BodySource> source;
  /// Of `source`, when it is known; otherwise the response is chunked.
  std::optional<std::uint64_t> source_size;
  /// Whether parts may be asked for (RFC 9110 section 14), of `body` or of a source whose size is known.
  bool allow_ranges = false;
  /// Off where the body must go out as it is (already compressed, or secret beside what an attacker chooses).
  bool allow_compression = true;

  Response() = default;
  explicit Response(int code) : status(code) {}

  static Response json(std::string text, int status = 200);
  static Response text(std::string text, int status = 200);
  static Response bytes(std::string_view content_type, std::string body, int status = 200);
  static Response stream(std::string_view content_type, std::unique_ptr<BodySource> source,
                         std::optional<std::uint64_t> size = std::nullopt);
  static Response redirect(std::string_view location, int status = 302);
  /// An RFC 9457 problem of the error's status, with its advice; `busy` carries Retry-After.
  static Response problem(const Error& error);
  /// An RFC 9457 problem: `{"type":"about:blank","title":…,"status":…,"detail":…}`.
  static Response problem(int status, std::string_view detail);

  Response& with(std::string_view name, std::string_view value) & {
    headers.set(name, value);
    return *this;
  }
  Response&& with(std::string_view name, std::string_view value) && {
    headers.set(name, value);
    return std::move(*this);
  }
};

/// "Not Found"; "" for a status without a registered phrase.
std::string_view reason_phrase(int status);
/// Escapes a string for use between the quotes of a JSON string.
std::string json_escaped(std::string_view text);

}  // namespace meridian::http
