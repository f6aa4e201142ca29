#include "http/internal/framing.hpp"

#include <cstring>

namespace meridian::http::internal {

std::optional<std::uint64_t> parse_length(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;  // so that nothing overflows, here or where lengths are added
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// https://www.rfc-editor.org/rfc/rfc9112#section-5
Refusal parse_field_lines(std::string_view lines, std::uint32_t max_fields, Headers& headers) {
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    if (line.front() == ' ' || line.front() == '\t') {
      return {400, "obsolete-line-folding", "A field line begins with a space."};
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return {400, "malformed-field-name", "A field's name is malformed, or a space stands before its colon."};
    }
    if (!is_field_value(line.substr(colon + 1))) {
      return {400, "control-in-field-value", "A field's value has a control character."};
    }
    if (headers.size() == max_fields) {
      return {431, "too-many-fields", "The request has too many header fields."};
    }
    headers.add_checked(line.substr(0, colon), line.substr(colon + 1));
  }
  return {};
}

// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
Refusal parse_framing(const Headers& headers, int minor, BodyFraming& framing) {
  const std::size_t lengths = headers.count("Content-Length");
  const std::size_t codings = headers.count("Transfer-Encoding");
  framing = {};
  if (codings > 0) {
    // Step 3: both together, or a coding in HTTP/1.0, is how requests are smuggled.
    if (lengths > 0)
      return {400, "length-and-transfer-encoding", "Content-Length and Transfer-Encoding exclude each other."};
    if (minor == 0) return {400, "transfer-encoding-in-http-1-0", "HTTP/1.0 has no Transfer-Encoding."};
    const std::string_view coding = headers.get("Transfer-Encoding");
    if (codings == 1 && equals_ignoring_case(coding, "chunked")) {
      framing.kind = BodyKind::chunked;
      return {};
    }
    // Step 4: a last coding that is not chunked leaves the length unknown; other codings before it are not built.
    const bool one_list = codings == 1 && coding.size() > 7 && coding.find(',') != std::string_view::npos;
    const bool ends_chunked = one_list && equals_ignoring_case(coding.substr(coding.size() - 7), "chunked");
    const bool once = ends_chunked && !list_contains(coding.substr(0, coding.rfind(',')), "chunked");
    if (once) return {501, "transfer-coding-unknown", "The only transfer coding known here is chunked."};
    return {400, "malformed-transfer-encoding", "Transfer-Encoding must be \"chunked\", once."};
  }
  if (lengths > 1) return {400, "several-content-lengths", "Content-Length stands more than once."};
  if (lengths == 1) {
    const std::optional<std::uint64_t> length = parse_length(headers.get("Content-Length"));
    if (!length) return {400, "malformed-content-length", "Content-Length is not a plain number."};
    framing.kind = *length == 0 ? BodyKind::none : BodyKind::length;
    framing.length = *length;
  }
  return {};
}

HeadScanner::Found HeadScanner::scan(std::string_view bytes) {
  while (looked_ < bytes.size()) {
    const void* at = std::memchr(bytes.data() + looked_, '\n', bytes.size() - looked_);
    if (at == nullptr) {
      looked_ = bytes.size();
      break;
    }
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
    if (feed >= max_bytes_) return Found::too_large;
    looked_ = feed + 1;
    if (feed == 0 || bytes[feed - 1] != '\r') return Found::bare_line_feed;
    // An empty line ends the head, but not as the very first: one is forgiven before a request line.
    const bool empty = feed >= 3 && bytes[feed - 2] == '\n';
    if (empty) return Found::complete;
  }
  return looked_ >= max_bytes_ ? Found::too_large : Found::not_yet;
}

}  // namespace meridian::http::internal
