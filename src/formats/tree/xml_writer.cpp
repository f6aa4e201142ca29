#include "formats/tree/xml_writer.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace meridian::tree {
namespace {

constexpr std::string_view kFfe = "\xEF\xBF\xBE";
constexpr std::string_view kFff = "\xEF\xBF\xBF";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
}

/// Names as far as ASCII goes; what is beyond it is nearly all allowed, and no element of ours.
bool is_name(std::string_view name) {
  const auto is_start = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  const auto is_part = [&](char c) {
    return is_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  };
  return !name.empty() && is_start(name.front()) && std::all_of(name.begin(), name.end(), is_part) && is_xml_text(name);
}

class Writer {
 public:
  explicit Writer(const XmlOutput& output) : output_(output) {}

  Result<std::string> run(Element root) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    // No recursion: what a tree made elsewhere is as deep as it likes.
    for (Element at = root; at;) {
      if (!begin(at)) return fail(ErrorCode::unprocessable, "XML cannot hold what is in " + at.path());
      if (at.first_child()) {
        at = at.first_child();
        continue;
      }
      while (at != root && !at.next()) {
        at = at.parent();
        end(at);
      }
      if (at == root) break;
      at = at.next();
    }
    return std::move(out_);
  }

 private:
  bool begin(Element element) {
    if (element.name().empty()) return escaped(raw(element), false);
    if (!is_name(element.name())) return false;
    if (inline_depth_ == 0 && depth_ > 0) out_.append(2 * depth_, ' ');
    out_ += '<';
    out_ += element.name();
    for (const auto& [name, value] : element.attributes()) {
      if (!is_name(name)) return false;
      out_ += ' ';
      out_ += name;
      out_ += "=\"";
      if (!escaped(value, true)) return false;
      out_ += '"';
    }
    const bool is_empty = !element.first_child();
    out_ += is_empty ? "/>" : ">";
    if (is_empty) {
      if (inline_depth_ == 0) out_ += '\n';
      return true;
    }
    ++depth_;
    if (inline_depth_ > 0 || element.is(output_.mixed) || holds_text(element)) ++inline_depth_;
    if (inline_depth_ == 0) out_ += '\n';
    return true;
  }

  void end(Element element) {
    --depth_;
    if (inline_depth_ == 0) out_.append(2 * depth_, ' ');
    if (inline_depth_ > 0) --inline_depth_;
    out_ += "</";
    out_ += element.name();
    out_ += inline_depth_ == 0 ? ">\n" : ">";
  }

  static bool holds_text(Element element) {
    for (Element child = element.first_child(); child; child = child.next()) {
      if (child.name().empty()) return true;
    }
    return false;
  }
  static std::string raw(Element text) { return text.all_text(); }

  bool escaped(std::string_view text, bool is_attribute) {
    if (!is_xml_text(text)) return false;
    for (const char c : text) {
      switch (c) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':  // of `]]>`
          out_ += "&gt;";
          break;
        case '"':
          out_ += is_attribute ? "&quot;" : "\"";
          break;
        case '\r':  // a reader would make a line feed of it …
          out_ += "&#13;";
          break;
        case '\n':  // … and a blank of these in an attribute
          out_ += is_attribute ? "&#10;" : "\n";
          break;
        case '\t':
          out_ += is_attribute ? "&#9;" : "\t";
          break;
        default:
          out_ += c;
      }
    }
    return true;
  }

  const XmlOutput& output_;
  std::string out_;
  std::size_t depth_ = 0;
  std::size_t inline_depth_ = 0;  // elements around, from the first that holds text on
};

}  // namespace

bool is_xml_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control) && is_valid_utf8(text) &&
         text.find(kFfe) == std::string_view::npos && text.find(kFff) == std::string_view::npos;
}

std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view good = text.substr(0, valid_utf8_prefix(text));
    text.remove_prefix(good.size());
    while (!good.empty()) {
      if (good.starts_with(kFfe) || good.starts_with(kFff)) {
        good.remove_prefix(kFfe.size());
        continue;
      }
      if (!is_control(good.front())) out += good.front();
      good.remove_prefix(1);
    }
    if (text.empty()) break;
    append_utf8(out, 0xFFFD);
    text.remove_prefix(1);
  }
  return out;
}

Result<std::string> write_xml(const Document& document, const XmlOutput& output) {
  if (!document.root()) return fail(ErrorCode::unprocessable, "the document has no root");
  return Writer(output).run(document.root());
}

}  // namespace meridian::tree
