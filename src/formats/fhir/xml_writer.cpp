#include "formats/fhir/xml_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "formats/fhir/internal/xml_messages.hpp"
#include "formats/fhir/internal/xml_tree.hpp"
#include "formats/fhir/internal/xml_value.hpp"

namespace meridian::fhir {
namespace {

using namespace internal;

constexpr std::string_view kSpace = " \t\r\n";

/// Writes one document. Recursion is as deep as the document, which its parser bounds.
class Writer {
 public:
  Writer(const Schema& schema, XmlLayout layout, std::string& out, Issues& issues)
      : schema_(schema), layout_(layout), out_(out), issues_(issues) {}

  void root(Node resource);
  void report_form_faults(const Document& document);

 private:
  void report(Severity severity, IssueType type, const Message& message, std::vector<std::string> arguments, Node at);
  void line(std::size_t depth);
  bool attribute(std::string_view name, Node value);
  void element(Node node, std::string_view name, std::size_t depth, bool is_root);
  void member(Node node, std::size_t depth);
  void narrative(Node node, std::size_t depth);
  bool is_sound_div(std::string_view text);
  std::size_t collect(Node parent);
  bool is_resource(Node node) const {
    return node.type() != TypeId::none && schema_.type(node.type()).kind == TypeKind::resource;
  }

  const Schema& schema_;
  XmlLayout layout_;
  std::string& out_;
  Issues& issues_;
  std::vector<Node> members_;  // of all open elements, the innermost last
  XmlTree tree_;
};

void Writer::report(Severity severity, IssueType type, const Message& message, std::vector<std::string> arguments,
                    Node at) {
  issues_.add({severity, type, message, std::move(arguments), at.path(), at.position()});
}

/// Breaches of FHIR's JSON format have no form in XML.
void Writer::report_form_faults(const Document& document) {
  for (const FormFault& fault : document.form_faults()) {
    switch (fault.kind) {
      case FormFault::Kind::array_expected:
      case FormFault::Kind::array_not_expected:
      case FormFault::Kind::object_empty:
        break;  // XML says the same
      case FormFault::Kind::resource_type_unknown:
        break;  // reported where it is met
      case FormFault::Kind::companion_not_matching:
        report(Severity::warning, IssueType::structure, kXmlCompanion, {}, fault.node);
        break;
      default:
        report(Severity::error, IssueType::structure, kXmlNoForm, {}, fault.node);
    }
  }
}

void Writer::line(std::size_t depth) {
  if (layout_ == XmlLayout::compact) return;
  out_ += '\n';
  out_.append(2 * depth, ' ');
}

void Writer::root(Node resource) {
  if (!is_resource(resource)) return;
  out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  element(resource, schema_.type(resource.type()).name, 0, true);
  if (layout_ == XmlLayout::pretty) out_ += '\n';
}

/// ` name="value"`; false when the value has a character that XML does not allow.
bool Writer::attribute(std::string_view name, Node value) {
  enum : std::uint8_t { plain, escape, forbidden, special };
  constexpr auto kKinds = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 0x20; ++c) table[c] = forbidden;
    for (const unsigned char c : {'\t', '\n', '\r', '&', '<', '>', '"'}) table[c] = escape;
    table[0xEF] = special;
    return table;
  }();
  const std::string_view text = value.text();
  const std::size_t before = out_.size();
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint8_t kind = kKinds[static_cast<unsigned char>(text[at])];
    if (kind == plain) continue;
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
    const std::string_view next = text.substr(at + 1, 2);
    if (kind == forbidden || (kind == special && (next == "\xBF\xBE" || next == "\xBF\xBF"))) {
      out_.resize(before);
      report(Severity::error, IssueType::value, kXmlCannotHold, {std::string(value.key())}, value);
      return false;
    }
    if (kind == special) continue;
    out_.append(text, from, at - from);
    from = at + 1;
    switch (text[at]) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\t':
        out_ += "&#9;";
        break;
      case '\n':
        out_ += "&#10;";
        break;
      default:
        out_ += "&#13;";
        break;
    }
  }
  out_.append(text, from);
  out_ += '"';
  return true;
}

/// Puts the known children of a node on members_, in the order of the schema, and says from where.
std::size_t Writer::collect(Node parent) {
  const std::size_t base = members_.size();
  bool is_sorted = true;
  for (const Node child : parent.children()) {
    if (child.type() == TypeId::none || child.element() == ElementId::none) {
      report(Severity::error, IssueType::structure, kXmlUnknownMember,
             {std::string(child.key()), std::string(schema_.type(parent.type()).name)}, child);
      continue;
    }
    if (members_.size() > base && child.element() < members_.back().element()) is_sorted = false;
    members_.push_back(child);
  }
  if (!is_sorted) {
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(base), members_.end(),
              [](Node a, Node b) { return std::pair(a.element(), a.order()) < std::pair(b.element(), b.order()); });
  }
  return base;
}

/// A resource, a data type or a primitive, under the name given.
void Writer::element(Node node, std::string_view name, std::size_t depth, bool is_root) {
  line(depth);
  out_ += '<';
  out_ += name;
  if (is_root) {
    out_ += " xmlns=\"";
    out_ += kFhirNamespace;
    out_ += '"';
  }
  const std::size_t base = collect(node);
  const std::size_t end = members_.size();
  bool has_elements = false;
  for (std::size_t at = base; at < end; ++at) {
    const Node child = members_[at];
    if (schema_.element(child.element()).is_xml_attribute) {
      attribute(child.key(), child);
    } else {
      has_elements = true;
    }
  }
  if (node.has_value()) {
    const TypeInfo& type = schema_.type(node.type());
    const bool is_bare = !bare_form(node.text(), type.primitive).empty();
    if (type.kind == TypeKind::primitive && attribute("value", node) &&
        is_bare != (node.value_kind() != ValueKind::string)) {
      constexpr std::string_view kKinds[] = {"object", "string", "number", "boolean"};
      report(Severity::warning, IssueType::value, kXmlValueKind,
             {std::string(node.key()), std::string(kKinds[static_cast<std::size_t>(node.value_kind())])}, node);
    }
  }
  if (!has_elements) {
    out_ += "/>";
  } else {
    out_ += '>';
    for (std::size_t at = base; at < end; ++at) {
      const Node child = members_[at];
      if (!schema_.element(child.element()).is_xml_attribute) member(child, depth + 1);
    }
    line(depth);
    out_ += "</";
    out_ += name;
    out_ += '>';
  }
  members_.resize(base);
}

void Writer::member(Node node, std::size_t depth) {
  const TypeInfo& type = schema_.type(node.type());
  if (type.primitive == Primitive::xhtml) {
    narrative(node, depth);
  } else if (type.kind == TypeKind::resource) {
    if (type.is_abstract) {  // no resourceType, or an unknown one
      report(Severity::error, IssueType::structure, kXmlUnknownMember,
             {std::string(node.key()), std::string(type.name)}, node);
      return;
    }
    line(depth);
    out_ += '<';
    out_ += node.key();
    out_ += '>';
    element(node, type.name, depth + 1, false);
    line(depth);
    out_ += "</";
    out_ += node.key();
    out_ += '>';
  } else {
    element(node, node.key(), depth, false);
  }
}

/// narrative.html: "The content of the div element is an XHTML fragment": one div, in its namespace, well-formed.
void Writer::narrative(Node node, std::size_t depth) {
  std::string_view text = node.text();
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  if (node.value_kind() == ValueKind::string && is_sound_div(text)) {
    line(depth);
    out_ += text;
    return;
  }
  // Often only the namespace was forgotten. In XML it cannot be, or the div would become FHIR's.
  constexpr std::string_view kTag = "<div";
  if (text.starts_with(kTag)) {
    std::string whole(kTag);
    whole += " xmlns=\"" + std::string(kXhtmlNamespace) + '"';
    whole += text.substr(kTag.size());
    if (is_sound_div(whole)) {
      report(Severity::warning, IssueType::structure, kXmlDivNamespace, {std::string(kXhtmlNamespace)}, node);
      line(depth);
      out_ += whole;
      return;
    }
  }
  report(Severity::error, IssueType::structure, kXmlBadDiv, {}, node);
}

bool Writer::is_sound_div(std::string_view text) {
  constexpr std::uint32_t kMaxDepth = 256;
  XmlFault fault;
  std::string path;
  if (!build_tree(text, {text.size(), kMaxDepth, 1}, tree_, fault, path)) return false;
  const XmlElement& div = tree_.elements.front();
  return div.name == "div" && div.space == XmlNamespace::xhtml && div.begin == 0 && div.end == text.size() &&
         tree_.inherited.empty();  // else names without a namespace would take FHIR's
}

}  // namespace

void write_xml(const Document& document, XmlLayout layout, std::string& out, Issues& issues) {
  if (!document.has_root()) return;
  Writer writer(document.schema(), layout, out, issues);
  writer.report_form_faults(document);
  writer.root(document.root());
}

}  // namespace meridian::fhir
