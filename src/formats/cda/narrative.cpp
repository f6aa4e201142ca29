#include "formats/cda/narrative.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.hpp"
#include "formats/cda/data_type.hpp"
#include "formats/cda/faults.hpp"

namespace meridian::cda {
namespace {

/// CDA's elements and what XHTML calls them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kXhtml = {{
    {"paragraph", "p"},
    {"table", "table"},
    {"thead", "thead"},
    {"tbody", "tbody"},
    {"tfoot", "tfoot"},
    {"tr", "tr"},
    {"th", "th"},
    {"td", "td"},
    {"item", "li"},
    {"sub", "sub"},
    {"sup", "sup"},
    {"br", "br"},
    {"colgroup", "colgroup"},
    {"col", "col"},
    {"footnote", "div"},
}};

std::string_view xhtml_name(Element element) {
  const std::string_view name = element.name();
  if (name == "list") return element.attribute("listType") == "ordered" ? "ol" : "ul";
  // A caption is one of a table only.
  if (name == "caption") return element.parent().is("table") ? "caption" : "b";
  for (const auto& [cda, xhtml] : kXhtml) {
    if (cda == name) return xhtml;
  }
  const std::string_view style = element.attribute("styleCode");
  return style.find("Bold") != std::string_view::npos      ? "b"
         : style.find("Italics") != std::string_view::npos ? "i"
                                                           : "span";
}

void append_escaped(std::string_view text, std::string& out) {
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
      default:
        // Control characters have no place in XML.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
    }
  }
}

/// Walks what is below an element without recursion: `enter` and `leave` for elements, `text` for texts.
template <typename Enter, typename Leave, typename Text>
void walk(Element top, Enter enter, Leave leave, Text text) {
  Element at = top.first_child();
  while (at) {
    if (at.name().empty()) {
      text(at);
    } else {
      enter(at);
      if (const Element child = at.first_child()) {
        at = child;
        continue;
      }
      leave(at);
    }
    while (!at.next()) {
      at = at.parent();
      if (!at || at == top) return;
      leave(at);
    }
    at = at.next();
  }
}

void end_line(std::string& out) {
  while (!out.empty() && (out.back() == ' ' || out.back() == '|')) out.pop_back();
  if (!out.empty() && out.back() != '\n') out += '\n';
}

bool is_line(std::string_view name) {
  constexpr std::array<std::string_view, 9> kLines = {"paragraph", "item",    "tr", "list", "table",
                                                      "br",        "caption", "p",  "li"};
  return std::find(kLines.begin(), kLines.end(), name) != kLines.end();
}

}  // namespace

NarrativeIndex::NarrativeIndex(const Document& document) {
  for (std::uint32_t i = 1; i <= document.element_count(); ++i) {
    const Element element = document.element(i);
    std::string_view id = element.attribute("ID");
    if (id.empty()) id = element.attribute("id");  // some write XHTML
    if (id.empty() || element.name().empty()) continue;
    if (!by_id_.emplace(id, element).second) duplicates_.push_back(element);
  }
}

Element NarrativeIndex::find(std::string_view reference) const {
  if (reference.starts_with('#')) reference.remove_prefix(1);
  const auto found = by_id_.find(reference);
  return found == by_id_.end() ? Element() : found->second;
}

std::string plain_text(Element element) {
  std::string out;
  const auto text = [&out](Element at) {
    // A text between inline elements keeps one blank at either side.
    for (const char c : at.all_text()) {
      const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (is_blank && (out.empty() || out.back() == ' ' || out.back() == '\n')) continue;
      out += is_blank ? ' ' : c;
    }
  };
  const auto enter = [&out](Element at) {
    if (is_line(at.name())) end_line(out);
  };
  const auto leave = [&out](Element at) {
    if (is_line(at.name())) end_line(out);
    if (at.is("td") || at.is("th")) out += " | ";
  };
  walk(element, enter, leave, text);
  end_line(out);
  if (!out.empty()) out.pop_back();
  return out;
}

std::string text_of(Element encapsulated, const NarrativeIndex& index) {
  const std::string_view reference = encapsulated.child("reference").attribute("value");
  if (!reference.empty()) {
    if (const Element target = index.find(reference)) {
      std::string text = plain_text(target);
      if (!text.empty()) return text;
    }
  }
  if (encapsulated.attribute("representation") == "B64") return {};
  return plain_text(encapsulated);
}

std::string to_xhtml(Element narrative) {
  std::string out = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
  const auto enter = [&out](Element at) {
    out += '<';
    out += xhtml_name(at);
    if (const std::string_view id = at.attribute("ID"); !id.empty()) {
      out += " id=\"";
      append_escaped(id, out);
      out += '"';
    }
    for (const std::string_view span : {"colspan", "rowspan"}) {
      if (at.attribute(span).empty()) continue;
      out += ' ' + std::string(span) + "=\"";
      append_escaped(at.attribute(span), out);
      out += '"';
    }
    out += at.first_child() ? ">" : "";
  };
  const auto leave = [&out](Element at) {
    if (!at.first_child()) {
      out += "/>";
      return;
    }
    out += "</";
    out += xhtml_name(at);
    out += '>';
  };
  walk(narrative, enter, leave, [&out](Element at) { append_escaped(at.all_text(), out); });
  out += "</div>";
  return out;
}

std::string_view sniffed_media_type(std::string_view bytes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kBeginnings = {{
      {"%PDF-", "application/pdf"},
      {"{\\rtf", "text/rtf"},
      {"\xFF\xD8\xFF", "image/jpeg"},
      {"\x89PNG", "image/png"},
      {"GIF8", "image/gif"},
      {"II*", "image/tiff"},
      {"PK\x03\x04", "application/zip"},
  }};
  for (const auto& [beginning, type] : kBeginnings) {
    if (bytes.starts_with(beginning)) return type;
  }
  return {};
}

Attachment read_attachment(const Document& document, Element encapsulated, Issues& issues) {
  const Encapsulated said = read_encapsulated(encapsulated);
  Attachment out;
  out.media_type = said.media_type;
  out.location = said.reference;
  const auto complain = [&](Severity severity, const Message& message, std::vector<std::string> arguments) {
    issues.add({severity, IssueType::value, message, std::move(arguments), encapsulated.path(),
                document.position(encapsulated)});
  };
  const std::string text = encapsulated.all_text();
  if (said.is_base64()) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    Result<std::string> bytes = from_base64(digits);
    if (bytes) {
      out.bytes = std::move(*bytes);
    } else {
      complain(Severity::error, faults::kBadBase64, {});
    }
  } else if (out.location.empty()) {
    out.bytes = plain_text(encapsulated);
  }
  if (out.bytes.empty() && out.location.empty()) complain(Severity::warning, faults::kNoContent, {});
  const std::string_view seen = sniffed_media_type(out.bytes);
  if (out.media_type.empty()) {
    out.media_type = !seen.empty() ? seen : said.is_base64() ? "application/octet-stream" : "text/plain";
  } else if (!seen.empty() && seen != out.media_type && !(seen == "text/rtf" && out.media_type == "application/rtf")) {
    complain(Severity::warning, faults::kMediaType, {out.media_type.substr(0, 60), std::string(seen)});
  }
  return out;
}

}  // namespace meridian::cda
