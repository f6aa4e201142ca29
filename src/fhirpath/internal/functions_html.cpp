// The rules for a narrative: https://hl7.org/fhir/R4/narrative.html#Narrative, invariants txt-1 and txt-2.
//
//   1. well-formed: elements closed in order, one root, which is a div
//   2. only elements and attributes of HTML 4.0 chapters 7 to 11 (without section 4 of chapter 9) and 15, <a>, images
//   and style
//   3. no scripts, forms, event handlers, frames, external references by <base>, <link>, <object>
//   4. some content: text that is not white space, or an image
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

constexpr std::array<std::string_view, 59> kElements{
    "a",     "abbr", "acronym", "address",  "b",    "bdo",   "big",    "blockquote", "br",    "caption",
    "cite",  "code", "col",     "colgroup", "dd",   "del",   "dfn",    "div",        "dl",    "dt",
    "em",    "h1",   "h2",      "h3",       "h4",   "h5",    "h6",     "hr",         "i",     "img",
    "ins",   "kbd",  "li",      "map",      "area", "ol",    "p",      "pre",        "q",     "samp",
    "small", "span", "strong",  "sub",      "sup",  "table", "tbody",  "td",         "tfoot", "th",
    "thead", "tr",   "tt",      "ul",       "u",    "var",   "center", "font",       "s"};

constexpr std::array<std::string_view, 45> kAttributes{
    "abbr",        "accesskey",  "align", "alt",     "axis",    "bgcolor", "border",   "cellhalign", "cellpadding",
    "cellspacing", "cellvalign", "char",  "charoff", "charset", "cite",    "class",    "colspan",    "compact",
    "coords",      "dir",        "frame", "headers", "height",  "href",    "hreflang", "hspace",     "id",
    "lang",        "longdesc",   "name",  "nowrap",  "rel",     "rev",     "rowspan",  "rules",      "scope",
    "shape",       "span",       "src",   "start",   "style",   "summary", "tabindex", "title",      "type"};
constexpr std::array<std::string_view, 7> kMoreAttributes{"valign",   "value",     "vspace", "width",
                                                          "xml:lang", "xml:space", "color"};

constexpr std::uint32_t kMaxDepth = 200;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
         c == '_' || c == '.';
}

template <typename Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_allowed_attribute(std::string_view name) {
  return name.starts_with("xmlns") || is_among(kAttributes, name) || is_among(kMoreAttributes, name);
}

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  bool check() {
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        if (!character_data()) return false;
      } else if (starts("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (starts("<![CDATA[")) {
        if (open_.empty() || !skip_past("]]>")) return false;
        has_content_ = true;
      } else if (starts("<?")) {
        if (!skip_past("?>")) return false;
      } else if (starts("<!")) {
        return false;  // a document type could define entities
      } else if (!tag()) {
        return false;
      }
    }
    return open_.empty() && has_root_ && has_content_;
  }

 private:
  bool starts(std::string_view mark) const { return text_.substr(at_, mark.size()) == mark; }
  bool skip_past(std::string_view mark) {
    const std::size_t end = text_.find(mark, at_);
    if (end == std::string_view::npos) return false;
    at_ = end + mark.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool character_data() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    for (; at_ < end; ++at_) {
      if (is_space(text_[at_])) continue;
      if (open_.empty()) return false;
      has_content_ = true;
      if (text_[at_] != '&') continue;
      const std::size_t semicolon = text_.substr(at_, 16).find(';');
      if (semicolon == std::string_view::npos || semicolon < 2) return false;
    }
    return true;
  }

  bool tag() {
    ++at_;
    const bool closing = at_ < text_.size() && text_[at_] == '/';
    if (closing) ++at_;
    const std::string_view element = name();
    if (closing) {
      skip_space();
      if (!starts(">") || open_.empty() || open_.back() != element) return false;
      ++at_;
      open_.pop_back();
      return true;
    }
    if (!is_among(kElements, element)) return false;
    if (open_.empty() && (has_root_ || element != "div")) return false;
    has_root_ = true;
    if (element == "img") has_content_ = true;
    for (;;) {
      const std::size_t before = at_;
      skip_space();
      if (starts(">")) {
        ++at_;
        open_.push_back(element);
        return open_.size() <= kMaxDepth;
      }
      if (starts("/>")) {
        at_ += 2;
        return true;
      }
      if (at_ == before || !attribute()) return false;
    }
  }

  bool attribute() {
    const std::string_view attribute = name();
    if (attribute.empty() || !is_allowed_attribute(attribute)) return false;
    skip_space();
    if (!starts("=")) return false;
    ++at_;
    skip_space();
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return false;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value.find('<') == std::string_view::npos;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string_view> open_;
  bool has_root_ = false;
  bool has_content_ = false;
};

}  // namespace

bool is_valid_narrative(std::string_view xhtml) {
  return Checker(xhtml).check();
}

}  // namespace meridian::fhirpath::internal
