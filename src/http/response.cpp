#include "http/response.hpp"

namespace meridian::http {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string json_escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out;
}

Response Response::bytes(std::string_view content_type, std::string body, int status) {
  Response response(status);
  response.headers.add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::json(std::string text, int status) {
  return bytes("application/json", std::move(text), status);
}

Response Response::text(std::string text, int status) {
  return bytes("text/plain; charset=utf-8", std::move(text), status);
}

Response Response::stream(std::string_view content_type, std::unique_ptr<BodySource> source,
                          std::optional<std::uint64_t> size) {
  Response response;
  response.headers.add("Content-Type", content_type);
  response.source = std::move(source);
  response.source_size = size;
  return response;
}

Response Response::redirect(std::string_view location, int status) {
  Response response(status);
  response.headers.add("Location", location);
  return response;
}

namespace {

// https://www.rfc-editor.org/rfc/rfc9457#section-3.1
Response problem_json(int status, std::string_view detail, std::string_view code, std::string_view what_next) {
  std::string body = R"({"type":"about:blank","title":")";
  const std::string_view phrase = reason_phrase(status);
  body += phrase.empty() ? std::string_view("Error") : phrase;
  body += R"(","status":)";
  body += std::to_string(status);
  if (!detail.empty()) body += R"(,"detail":")" + json_escaped(detail) + '"';
  if (!code.empty()) body.append(R"(,"code":")").append(code).append("\"");
  if (!what_next.empty()) body += R"(,"advice":")" + json_escaped(what_next) + '"';
  body += '}';
  return Response::bytes("application/problem+json", std::move(body), status);
}

}  // namespace

Response Response::problem(const Error& error) {
  Response response =
      problem_json(http_status(error.code()), error.message(), name(error.code()), advice(error.code()));
  if (error.code() == ErrorCode::busy) response.headers.add("Retry-After", "1");
  return response;
}

Response Response::problem(int status, std::string_view detail) {
  return problem_json(status, detail, {}, {});
}

}  // namespace meridian::http
