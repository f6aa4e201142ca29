#include <charconv>
#include <cmath>

#include "base/internal/log_line.hpp"
#include "base/utf8.hpp"

namespace meridian::internal {
namespace {

constexpr std::size_t kLongest = 1000;  // bytes of one value

std::string_view name(LogLevel level) {
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error", "off"};
  return kNames[static_cast<std::size_t>(level)];
}

/// Inside of quotes: one line, valid UTF-8, no control characters, whatever the text was.
void append_escaped(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::size_t at = 0;
  const std::size_t end = text.size() < kLongest ? text.size() : kLongest;
  while (at < end) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      const std::string_view rest = text.substr(at, 4);
      const std::size_t size = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
      if (valid_utf8_prefix(rest.substr(0, size)) == size) {
        out.append(rest.substr(0, size));
        at += size;
      } else {
        out += "\uFFFD";
        ++at;
      }
      continue;
    }
    ++at;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  if (end < text.size()) out += "…";
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

template <typename T>
void append_number(std::string& out, T value) {
  char digits[32];
  const auto [end, status] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

void append_value(std::string& out, const LogField& field) {
  switch (field.kind()) {
    case LogField::Kind::text:
      append_quoted(out, field.text());
      break;
    case LogField::Kind::integer:
      append_number(out, field.integer());
      break;
    case LogField::Kind::real:
      // JSON has no infinities.
      if (std::isfinite(field.real())) {
        append_number(out, field.real());
      } else {
        out += "null";
      }
      break;
    case LogField::Kind::boolean:
      out += field.integer() != 0 ? "true" : "false";
      break;
  }
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7F') return false;
  }
  return !text.empty() && text.size() <= kLongest && is_valid_utf8(text);
}

}  // namespace

void append_human(std::string& out, const LogEvent& event, LogFields fields) {
  out += event.time.to_string();
  out += ' ';
  std::string level(name(event.level));
  level.resize(8, ' ');
  out += level;
  append_escaped(out, event.event);
  const auto put_key = [&out](std::string_view key) {
    out += ' ';
    append_escaped(out, key);
    out += '=';
  };
  for (const LogField& field : fields) {
    put_key(field.key());
    if (field.kind() == LogField::Kind::text && is_plain(field.text())) {
      out += field.text();
    } else {
      append_value(out, field);
    }
  }
  if (event.held_back > 0) {
    put_key("held_back");
    append_number(out, event.held_back);
  }
  if (!event.trace_id.empty()) {
    put_key("trace_id");
    out += event.trace_id;
  }
  out += '\n';
}

void append_json(std::string& out, const LogEvent& event, LogFields fields) {
  out += "{\"time\":\"";
  out += event.time.to_string();
  out += "\",\"level\":\"";
  out += name(event.level);
  out += "\",\"event\":";
  append_quoted(out, event.event);
  if (!event.trace_id.empty()) {
    out += ",\"trace_id\":\"";
    out += event.trace_id;
    out += '"';
  }
  if (event.held_back > 0) {
    out += ",\"held_back\":";
    append_number(out, event.held_back);
  }
  for (const LogField& field : fields) {
    out += ',';
    append_quoted(out, field.key());
    out += ':';
    append_value(out, field);
  }
  out += "}\n";
}

}  // namespace meridian::internal
