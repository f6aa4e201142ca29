#include "validation/internal/narrative.hpp"

#include <algorithm>
#include <array>

#include "validation/messages.hpp"

namespace meridian::validation::internal {
namespace {

constexpr std::size_t kMaxFaults = 20;

// HTML 4.0 chapters 7-11 (except section 4 of chapter 9) and 15, sorted.
constexpr std::array<std::string_view, 57> kElements{
    "a",     "abbr", "acronym",  "address", "area", "b",      "bdo",    "big", "blockquote", "br",    "caption", "cite",
    "code",  "col",  "colgroup", "dd",      "dfn",  "div",    "dl",     "dt",  "em",         "h1",    "h2",      "h3",
    "h4",    "h5",   "h6",       "hr",      "i",    "img",    "kbd",    "li",  "map",        "ol",    "p",       "pre",
    "q",     "s",    "samp",     "small",   "span", "strike", "strong", "sub", "sup",        "table", "tbody",   "td",
    "tfoot", "th",   "thead",    "tr",      "tt",   "u",      "ul",     "var", "wbr"};

constexpr std::array<std::string_view, 23> kAttributes{
    "abbr",    "accesskey", "align",   "axis",   "bgcolor", "char",     "charoff", "class",
    "colspan", "dir",       "headers", "id",     "lang",    "rowspan",  "scope",   "span",
    "style",   "tabindex",  "title",   "valign", "width",   "xml:lang", "xmlns"};

constexpr std::array<std::string_view, 38> kElementAttributes{"a.charset",
                                                              "a.coords",
                                                              "a.href",
                                                              "a.hreflang",
                                                              "a.name",
                                                              "a.rel",
                                                              "a.rev",
                                                              "a.shape",
                                                              "a.target",
                                                              "a.type",
                                                              "area.alt",
                                                              "area.coords",
                                                              "area.href",
                                                              "area.nohref",
                                                              "area.shape",
                                                              "blockquote.cite",
                                                              "img.alt",
                                                              "img.border",
                                                              "img.height",
                                                              "img.ismap",
                                                              "img.longdesc",
                                                              "img.name",
                                                              "img.src",
                                                              "img.usemap",
                                                              "img.vspace",
                                                              "map.name",
                                                              "ol.start",
                                                              "ol.type",
                                                              "pre.space",
                                                              "q.cite",
                                                              "table.border",
                                                              "table.cellpadding",
                                                              "table.cellspacing",
                                                              "table.frame",
                                                              "table.rules",
                                                              "table.summary",
                                                              "td.nowrap",
                                                              "th.nowrap"};

static_assert(std::ranges::is_sorted(kElements) && std::ranges::is_sorted(kAttributes) &&
              std::ranges::is_sorted(kElementAttributes));

template <std::size_t N>
bool among(const std::array<std::string_view, N>& sorted, std::string_view word) {
  return std::ranges::binary_search(sorted, word);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name_char(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Schemes that a reader may follow; anything else (`javascript:`, `urn:`) is no hyperlink.
bool is_link_scheme(std::string_view scheme) {
  constexpr std::array<std::string_view, 8> kSchemes{"cid", "data", "ftp", "http", "https", "mailto", "sftp", "tel"};
  return among(kSchemes, scheme);
}

std::string_view scheme_of(std::string_view uri) {
  std::size_t end = 0;
  while (end < uri.size() && (is_letter(uri[end]) || (end > 0 && is_name_char(uri[end]) && uri[end] != ':'))) ++end;
  return end < uri.size() && end > 0 && uri[end] == ':' ? uri.substr(0, end) : std::string_view();
}

class Scanner {
 public:
  Scanner(std::string_view text, NarrativeFindings& findings) : text_(text), findings_(findings) {}

  void run() {
    skip_space();
    if (at_ == text_.size() || text_[at_] != '<') return fault(kNarrativeNotADiv, "");
    while (at_ < text_.size() && !broken_) {
      text_[at_] == '<' ? markup() : characters();
    }
    if (!broken_ && depth_ > 0) fault(kNarrativeMalformed, open_[depth_ - 1]);
  }

 private:
  void fault(const Message& message, std::string_view argument) {
    if (&message == &kNarrativeMalformed || &message == &kNarrativeNotADiv) broken_ = true;
    if (findings_.faults.size() >= kMaxFaults) return;
    const bool said = std::ranges::any_of(
        findings_.faults, [&](const NarrativeFault& f) { return f.message == &message && f.argument == argument; });
    if (!said) findings_.faults.push_back({&message, std::string(argument.substr(0, 60))});
  }

  bool starts(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string_view name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  // To behind `end`; what was passed over.
  std::string_view until(std::string_view end) {
    const std::size_t from = at_;
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) {
      fault(kNarrativeMalformed, end);
      at_ = text_.size();
      return {};
    }
    at_ = found + end.size();
    return text_.substr(from, found - from);
  }

  void characters() {
    const std::size_t from = at_;
    at_ = std::min(text_.find('<', at_), text_.size());
    const std::string_view run = text_.substr(from, at_ - from);
    for (const char c : run) {
      if (is_space(c)) continue;
      if (depth_ == 0) return fault(kNarrativeNotADiv, "");
      findings_.has_content = true;
      break;
    }
    entities(run);
  }

  // Only XML's own five entities and character references: there is no document type to declare others.
  void entities(std::string_view run) {
    for (std::size_t from = run.find('&'); from != std::string_view::npos; from = run.find('&', from + 1)) {
      const std::size_t end = run.find(';', from);
      const std::string_view entity =
          end == std::string_view::npos ? run.substr(from, 12) : run.substr(from, end - from + 1);
      constexpr std::array<std::string_view, 5> kKnown{"&amp;", "&apos;", "&gt;", "&lt;", "&quot;"};
      if (among(kKnown, entity)) continue;
      const bool reference = end != std::string_view::npos && entity.size() > 3 && entity[1] == '#';
      if (!reference) fault(kNarrativeEntity, entity);
    }
  }

  void markup() {
    if (starts("<!--")) {
      at_ += 4;
      until("-->");
    } else if (starts("<![CDATA[")) {
      at_ += 9;
      if (!until("]]>").empty()) findings_.has_content = true;
    } else if (starts("<?")) {
      at_ += 2;
      until("?>");
    } else if (starts("<!")) {
      fault(kNarrativeMalformed, "<!");  // a document type declaration
    } else if (starts("</")) {
      close_tag();
    } else {
      open_tag();
    }
  }

  void close_tag() {
    at_ += 2;
    const std::string_view element = name();
    skip_space();
    if (depth_ == 0 || open_[depth_ - 1] != element || at_ == text_.size() || text_[at_] != '>') {
      return fault(kNarrativeMalformed, element);
    }
    ++at_;
    --depth_;
  }

  void open_tag() {
    ++at_;
    const std::string_view element = name();
    if (element.empty()) return fault(kNarrativeMalformed, "<");
    if (depth_ == 0) {
      if (element != "div" || seen_root_) return fault(kNarrativeNotADiv, element);
      seen_root_ = true;
    }
    if (!among(kElements, element)) fault(kNarrativeElement, element);
    if (element == "img") findings_.has_content = true;
    bool in_namespace = depth_ > 0;
    while (!broken_) {
      skip_space();
      if (at_ == text_.size()) return fault(kNarrativeMalformed, element);
      if (text_[at_] == '>' || starts("/>")) break;
      attribute(element, in_namespace);
    }
    if (broken_) return;
    if (!in_namespace) fault(kNarrativeNamespace, "");
    const bool is_empty = text_[at_] == '/';
    at_ += is_empty ? 2 : 1;
    if (is_empty) return;
    if (depth_ == kMaxNarrativeDepth) return fault(kNarrativeMalformed, element);
    open_[depth_++] = element;
  }

  void attribute(std::string_view element, bool& in_namespace) {
    const std::string_view key = name();
    skip_space();
    if (key.empty() || at_ == text_.size() || text_[at_] != '=') return fault(kNarrativeMalformed, element);
    ++at_;
    skip_space();
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return fault(kNarrativeMalformed, element);
    const std::string_view quote = text_.substr(at_++, 1);
    const std::string_view value = until(quote);
    if (broken_) return;
    entities(value);
    if (key == "xmlns" && value == "http://www.w3.org/1999/xhtml") in_namespace = true;
    std::string combined(element);
    combined.append(".").append(key);
    if (!among(kAttributes, key) && !among(kElementAttributes, combined) && !key.starts_with("xmlns:") &&
        key != "xml:space") {
      fault(kNarrativeAttribute, combined);
    }
    if (key == "id" || key == "name") findings_.ids.push_back(value);
    if (key == "href") link(value, findings_.fragments);
    if (key == "src") link(value, findings_.image_links);
  }

  void link(std::string_view target, std::vector<std::string_view>& fragments) {
    if (target.starts_with('#')) {
      if (target.size() > 1) fragments.push_back(target.substr(1));
      return;
    }
    const std::string_view scheme = scheme_of(target);
    if (!scheme.empty() && !is_link_scheme(scheme)) fault(kNarrativeLinkScheme, scheme);
  }

  std::string_view text_;
  NarrativeFindings& findings_;
  std::size_t at_ = 0;
  std::array<std::string_view, kMaxNarrativeDepth> open_;
  std::size_t depth_ = 0;
  bool seen_root_ = false;
  bool broken_ = false;
};

}  // namespace

void NarrativeFindings::clear() {
  faults.clear();
  ids.clear();
  fragments.clear();
  image_links.clear();
  has_content = false;
}

void scan_narrative(std::string_view xhtml, NarrativeFindings& findings) {
  findings.clear();
  Scanner(xhtml, findings).run();
}

bool looks_like_html(std::string_view text) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    std::size_t end = at + 1;
    if (end < text.size() && text[end] == '/') ++end;
    const std::size_t name = end;
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (end == name || !is_letter(text[name])) continue;
    // A tag goes on with a space, its end or `/>`, and ends somewhere.
    if (end < text.size() && (text[end] == '>' || text[end] == '/' || is_space(text[end])) &&
        text.find('>', end) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace meridian::validation::internal
