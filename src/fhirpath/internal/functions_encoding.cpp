// encode(), decode(), escape(), unescape(): https://build.fhir.org/ig/HL7/FHIRPath/#additional-string-functions
#include <cstdio>
#include <optional>
#include <string>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "base/utf8.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/text.hpp"

namespace meridian::fhirpath::internal {

namespace {

std::optional<std::string> encoded(std::string_view text, std::string_view form) {
  if (form == "hex") return to_hex(text);
  if (form == "base64") return to_base64(text);
  if (form == "urlbase64") {
    std::string out = to_base64(text, Base64::url);
    while (out.size() % 4 != 0) out += '=';  // the suite's form has the padding
    return out;
  }
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text, std::string_view form) {
  Result<std::string> bytes = fail(ErrorCode::malformed_input, "");
  if (form == "hex") {
    bytes = from_hex(text);
  } else if (form == "base64") {
    bytes = from_base64(text);
  } else if (form == "urlbase64") {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    bytes = from_base64(text, Base64::url);
  }
  if (!bytes || !is_valid_utf8(*bytes)) return std::nullopt;
  return std::move(*bytes);
}

std::optional<std::string> escaped(std::string_view text, std::string_view target) {
  std::string out;
  if (target == "html") {
    for (const char c : text) {
      switch (c) {
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '&':
          out += "&amp;";
          break;
        case '"':
          out += "&quot;";
          break;
        case '\'':
          out += "&#39;";
          break;
        default:
          out += c;
      }
    }
    return out;
  }
  if (target != "json") return std::nullopt;
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char code[8];
          std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
          out += code;
        } else {
          out += c;
        }
    }
  }
  return out;
}

/// The character that an HTML entity names, and its length in the text; only XML's five and numbers.
std::optional<char32_t> entity(std::string_view text, std::size_t& length) {
  struct Named {
    std::string_view text;
    char32_t character;
  };
  for (const Named& named : {Named{"&lt;", U'<'}, Named{"&gt;", U'>'}, Named{"&amp;", U'&'}, Named{"&quot;", U'"'},
                             Named{"&apos;", U'\''}}) {
    if (text.starts_with(named.text)) {
      length = named.text.size();
      return named.character;
    }
  }
  const std::size_t end = text.find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos || end > 10) return std::nullopt;
  std::string_view digits = text.substr(2, end - 2);
  std::uint32_t code = 0;
  if (digits.starts_with("x") || digits.starts_with("X")) {
    const std::optional<std::uint32_t> value = hex_digits(digits.substr(1), digits.size() - 1);
    if (!value || digits.size() < 2) return std::nullopt;
    code = *value;
  } else {
    if (digits.empty()) return std::nullopt;
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      code = code * 10 + static_cast<std::uint32_t>(c - '0');
    }
  }
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return std::nullopt;
  length = end + 1;
  return static_cast<char32_t>(code);
}

std::optional<std::string> unescaped(std::string_view text, std::string_view target) {
  std::string out;
  if (target == "html") {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t length = 0;
      const std::optional<char32_t> character = text[at] == '&' ? entity(text.substr(at), length) : std::nullopt;
      if (character) {
        append_utf8(out, *character);
        at += length;
      } else {
        out += text[at++];
      }
    }
    return out;
  }
  if (target != "json") return std::nullopt;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      out += text[at];
      continue;
    }
    ++at;
    switch (text[at]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        std::optional<std::uint32_t> code = hex_digits(text.substr(at + 1), 4);
        if (!code) return std::nullopt;
        at += 4;
        if (*code >= 0xD800 && *code < 0xDC00 && text.substr(at + 1, 2) == "\\u") {
          const std::optional<std::uint32_t> low = hex_digits(text.substr(at + 3), 4);
          if (low && *low >= 0xDC00 && *low < 0xE000) {
            code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
            at += 6;
          }
        }
        if (*code >= 0xD800 && *code < 0xE000) return std::nullopt;
        append_utf8(out, static_cast<char32_t>(*code));
        break;
      }
      default:
        out += text[at];
    }
  }
  return out;
}

using Change = std::optional<std::string> (*)(std::string_view, std::string_view);

/// An unknown form gives nothing.
bool change(Machine& machine, const Op& op, Change apply) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome == Outcome::failed) return false;
  std::string_view form;
  const Outcome has_form = machine.single_string(machine.operand(op, 0), form, op.label);
  if (has_form == Outcome::failed) return false;
  if (outcome == Outcome::empty || has_form == Outcome::empty) return true;
  if (value.type() != ValueType::string) {
    return machine.fail(ErrorCode::unprocessable, std::string(op.label) + " needs a string, not " + type_name(value));
  }
  // No form makes a text more than six times as long.
  if (value.string().size() > machine.context().limits().max_bytes / 6) {
    return machine.fail(ErrorCode::too_costly, std::string(op.label) + ": the text is too long (max_bytes)");
  }
  const std::optional<std::string> text = apply(value.string(), form);
  if (!text) return true;
  const std::string_view kept = machine.keep(*text);
  return kept.size() == text->size() && machine.push(Value::of_string(kept));
}

}  // namespace

bool run_encode(Machine& machine, const Op& op, Demand /*demand*/) {
  return change(machine, op, encoded);
}
bool run_decode(Machine& machine, const Op& op, Demand /*demand*/) {
  return change(machine, op, decoded);
}
bool run_escape(Machine& machine, const Op& op, Demand /*demand*/) {
  return change(machine, op, escaped);
}
bool run_unescape(Machine& machine, const Op& op, Demand /*demand*/) {
  return change(machine, op, unescaped);
}

}  // namespace meridian::fhirpath::internal
