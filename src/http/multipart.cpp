#include "http/multipart.hpp"

#include "base/trim.hpp"
#include "http/internal/framing.hpp"

namespace meridian::http {
namespace {

constexpr std::size_t kMaxBoundary = 70;
constexpr std::size_t kMaxPadding = 256;

// bcharsnospace and inner spaces of RFC 2046 section 5.1.1.
bool is_boundary(std::string_view text) {
  if (text.empty() || text.size() > kMaxBoundary || text.back() == ' ') return false;
  for (const char c : text) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && std::string_view("'()+_,-./:=? ").find(c) == std::string_view::npos) return false;
  }
  return true;
}

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary, PartReceiver& receiver, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)),
      receiver_(receiver),
      limits_(limits),
      held_("\r\n") {}  // so that a boundary at the very start is found like any other

Result<> MultipartParser::write(std::string_view bytes) {
  held_.append(bytes);
  while (TRY(step())) {
  }
  return {};
}

Result<> MultipartParser::finish() {
  if (state_ != State::epilogue) return malformed("the multipart body has no closing boundary");
  return {};
}

// One move forward; false when more bytes are needed.
Result<bool> MultipartParser::step() {
  switch (state_) {
    case State::preamble:
      return take_text(false);
    case State::data:
      return take_text(true);
    case State::boundary_line:
      return take_boundary_line();
    case State::header:
      return take_header();
    case State::epilogue:
      break;
  }
  outside_ += held_.size();
  held_.clear();
  if (outside_ > limits_.preamble_bytes) return fail(ErrorCode::too_large, "too much follows the multipart body");
  return false;
}

Result<bool> MultipartParser::take_text(bool is_data) {
  if (is_data && at_data_start_ && !held_.starts_with(delimiter_)) {
    if (delimiter_.starts_with(held_)) return false;
    held_.erase(0, 2);
    at_data_start_ = false;
  }
  const std::size_t at = held_.find(delimiter_);
  const bool found = at != std::string::npos;
  // What might be the beginning of a delimiter is kept.
  const std::size_t kept = delimiter_.size() - 1;
  const std::size_t size = found ? at : held_.size() > kept ? held_.size() - kept : 0;
  if (is_data) {
    if (size > 0) TRY(receiver_.data(std::string_view(held_).substr(0, size)));
    if (found) TRY(receiver_.end());
  } else {
    outside_ += size;
    if (outside_ > limits_.preamble_bytes) return fail(ErrorCode::too_large, "too much precedes the multipart body");
  }
  held_.erase(0, found ? size + delimiter_.size() : size);
  if (found) state_ = State::boundary_line;
  return found;
}

Result<bool> MultipartParser::take_boundary_line() {
  if (held_.size() < 2) return false;
  if (held_.starts_with("--")) {
    held_.erase(0, 2);
    state_ = State::epilogue;
    return true;
  }
  const std::size_t end = held_.find_first_not_of(" \t");
  if (std::min(end, held_.size()) > kMaxPadding)
    return malformed("a multipart boundary is followed by too many spaces");
  if (end == std::string::npos || held_.size() < end + 2) {
    if (end != std::string::npos && held_[end] != '\r') return malformed("a multipart boundary's line goes on");
    return false;
  }
  if (held_.compare(end, 2, "\r\n") != 0) return malformed("a multipart boundary's line goes on");
  // The line's end stays, so that a header without fields is an empty line as well.
  held_.erase(0, end);
  state_ = State::header;
  return true;
}

Result<bool> MultipartParser::take_header() {
  const std::size_t end = held_.find("\r\n\r\n");
  if (std::min(end, held_.size()) > limits_.header_bytes) {
    return fail(ErrorCode::too_large, "a part's header is too large");
  }
  if (end == std::string::npos) return false;
  if (++parts_ > limits_.parts) return fail(ErrorCode::too_large, "the multipart body has too many parts");
  const std::string_view lines = std::string_view(held_).substr(2, end);
  for (std::size_t feed = lines.find('\n'); feed != std::string_view::npos; feed = lines.find('\n', feed + 1)) {
    if (feed == 0 || lines[feed - 1] != '\r') return malformed("a line of a part's header ends with LF alone");
  }
  Headers headers;
  if (internal::parse_field_lines(lines, limits_.header_fields, headers))
    return malformed("a part's header is malformed");
  TRY(receiver_.begin(headers));
  // The empty line's end stays: in a part without a body it begins the next delimiter.
  held_.erase(0, end + 2);
  at_data_start_ = true;
  state_ = State::data;
  return true;
}

std::optional<std::string> parameter_of(std::string_view value, std::string_view name) {
  std::size_t at = value.find(';');
  while (at != std::string_view::npos) {
    value.remove_prefix(at + 1);
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = without_blanks(value.substr(0, equals));
    value.remove_prefix(equals + 1);
    std::string text;
    if (value.starts_with('"')) {
      std::size_t i = 1;
      for (; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        text += value[i];
      }
      if (i >= value.size()) return std::nullopt;
      value.remove_prefix(i + 1);
    } else {
      text = without_blanks(value.substr(0, value.find(';')));
    }
    if (equals_ignoring_case(key, name)) return text;
    at = value.find(';');
  }
  return std::nullopt;
}

std::optional<std::string> boundary_of(std::string_view content_type) {
  constexpr std::string_view kFamily = "multipart/";
  if (!equals_ignoring_case(content_type.substr(0, kFamily.size()), kFamily)) return std::nullopt;
  std::optional<std::string> boundary = parameter_of(content_type, "boundary");
  if (!boundary || !is_boundary(*boundary)) return std::nullopt;
  return boundary;
}

namespace {

class FormReceiver final : public PartReceiver {
 public:
  Result<> begin(const Headers& headers) override {
    const std::string_view disposition = headers.get("Content-Disposition");
    const std::optional<std::string> name = parameter_of(disposition, "name");
    if (!equals_ignoring_case(without_blanks(disposition.substr(0, disposition.find(';'))), "form-data") || !name) {
      return malformed("a part of the form has no name");
    }
    FormPart part;
    part.name = *name;
    part.file_name = parameter_of(disposition, "filename").value_or("");
    part.content_type = headers.find("Content-Type").value_or("text/plain");
    parts.push_back(std::move(part));
    return {};
  }
  Result<> data(std::string_view bytes) override {
    parts.back().body.append(bytes);
    return {};
  }
  Result<> end() override { return {}; }

  std::vector<FormPart> parts;
};

}  // namespace

Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::string_view body,
                                              MultipartLimits limits) {
  const std::optional<std::string> boundary = boundary_of(content_type);
  if (!boundary || !content_type.starts_with("multipart/form-data")) {
    return fail(ErrorCode::invalid_argument, "the body must be multipart/form-data with a boundary");
  }
  FormReceiver receiver;
  MultipartParser parser(*boundary, receiver, limits);
  TRY(parser.write(body));
  TRY(parser.finish());
  return std::move(receiver.parts);
}

void append_part(std::string& out, std::string_view boundary, const Headers& headers, std::string_view body) {
  out.append("--").append(boundary).append("\r\n");
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const Field field = headers[i];
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out.append("\r\n").append(body).append("\r\n");
}

void append_last_boundary(std::string& out, std::string_view boundary) {
  out.append("--").append(boundary).append("--\r\n");
}

}  // namespace meridian::http
