#include "formats/fhir/internal/xml_tree.hpp"

#include <algorithm>
#include <utility>

#include "formats/fhir/internal/xml_messages.hpp"

namespace meridian::fhir::internal {
namespace {

constexpr std::string_view kXmlSpaceUri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsUri = "http://www.w3.org/2000/xmlns/";
constexpr std::string_view kSchemaInstanceUri = "http://www.w3.org/2001/XMLSchema-instance";
/// Looked through for every prefixed name; FHIR needs two.
constexpr std::size_t kMaxDeclarations = 64;

struct Declaration {
  std::string_view prefix;  // empty: the default namespace
  std::string_view uri;     // as it stands; references in it are not resolved, so such a URI is `other`
  std::size_t depth;
};

XmlNamespace namespace_of(std::string_view uri) {
  if (uri == kFhirNamespace) return XmlNamespace::fhir;
  if (uri == kXhtmlNamespace) return XmlNamespace::xhtml;
  return uri.empty() ? XmlNamespace::none : XmlNamespace::other;
}

struct QualifiedName {
  std::string_view prefix;
  std::string_view local;
};

/// Namespaces in XML, production [7]. A name with a colon too many has no local part.
QualifiedName split(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  const std::string_view local = name.substr(colon + 1);
  const bool sound = colon > 0 && !local.empty() && local.find(':') == std::string_view::npos &&
                     (local[0] < '0' || local[0] > '9') && local[0] != '-' && local[0] != '.';
  return {name.substr(0, colon), sound ? local : std::string_view()};
}

bool is_declaration(std::string_view name) {
  return name.starts_with("xmlns") && (name.size() == 5 || name[5] == ':');
}

class Builder {
 public:
  Builder(std::string_view text, XmlTreeLimits limits, XmlTree& tree, XmlFault& fault)
      : text_(text), limits_(limits), tree_(tree), fault_(fault), scanner_(text, limits.max_depth) {}

  bool build();
  std::span<const std::string_view> open_names() const { return scanner_.open_names(); }

 private:
  bool refuse(const Message& message, std::size_t offset, std::string argument = {}) {
    fault_ = {&message, {std::move(argument)}, offset};
    return false;
  }
  bool check_whole();
  bool start();
  void end();
  bool declare(const XmlAttribute& attribute);
  bool resolve_attributes();
  const Declaration* find(std::string_view prefix) const;
  void note_use(const Declaration* declaration);
  void note_inherited(std::uint32_t element);

  std::string_view text_;
  XmlTreeLimits limits_;
  XmlTree& tree_;
  XmlFault& fault_;
  XmlScanner scanner_;
  std::vector<Declaration> declarations_;
  struct Open {
    std::uint32_t element;
    std::uint32_t last_child;
  };
  std::vector<Open> open_;
  std::size_t xhtml_depth_ = 0;       // how many XHTML elements are open
  std::uint64_t xhtml_uses_ = 0;      // which declarations from outside the names in it need, a bit each
  bool xhtml_uses_none_ = false;      // whether names in it are in no namespace, for want of a declaration
  std::uint32_t xhtml_declared_ = 0;  // how many declarations came from outside it
};

/// What is looked at before the first tag: size, encoding, characters.
bool Builder::check_whole() {
  const std::size_t most = std::min<std::size_t>(limits_.max_bytes, UINT32_MAX - 1);
  if (text_.size() > most) return refuse(kXmlTooLarge, 0, std::to_string(most));
  // XML 1.0, appendix F: other encodings are known by their first bytes.
  const std::string_view head = text_.substr(0, 2);
  if (head == "\xFE\xFF" || head == "\xFF\xFE" || head == std::string_view("<\0", 2) ||
      head == std::string_view("\0<", 2)) {
    return refuse(kXmlEncoding, 0, "UTF-16");
  }
  if (text_.substr(0, 4) == std::string_view("\0\0\xFE\xFF", 4) ||
      text_.substr(0, 4) == std::string_view("\0\0\0<", 4)) {
    return refuse(kXmlEncoding, 0, "UTF-32");
  }
  if (const auto bad = find_bad_character(text_)) return refuse(kXmlNotUtf8, *bad);
  return true;
}

bool Builder::build() {
  tree_.elements.clear();
  tree_.attributes.clear();
  tree_.inherited.clear();
  if (!check_whole()) return false;
  declarations_.push_back({"xml", kXmlSpaceUri, 0});
  for (;;) {
    switch (scanner_.next()) {
      case XmlToken::start:
        if (!start()) return false;
        break;
      case XmlToken::end:
        end();
        break;
      case XmlToken::text:
        if (xhtml_depth_ == 0 && !scanner_.is_blank()) {
          std::uint32_t& noted = tree_.elements[open_.back().element].text;
          if (noted == 0) noted = static_cast<std::uint32_t>(scanner_.token_begin());
        }
        break;
      case XmlToken::done:
        return true;
      case XmlToken::fault:
        fault_ = scanner_.fault();
        return false;
    }
  }
}

const Declaration* Builder::find(std::string_view prefix) const {
  for (auto at = declarations_.rbegin(); at != declarations_.rend(); ++at) {
    if (at->prefix == prefix) return &*at;
  }
  return nullptr;
}

/// xmlns="…" or xmlns:prefix="…".
bool Builder::declare(const XmlAttribute& attribute) {
  const std::size_t at = scanner_.token_begin();
  const std::string_view prefix = attribute.name == "xmlns" ? std::string_view() : split(attribute.name).local;
  if (attribute.name != "xmlns") {
    // "xmlns" may not be declared, "xml" only as what it is, and a prefix not be undeclared.
    const bool may_stand = !prefix.empty() && prefix != "xmlns" && !attribute.value.empty() &&
                           (prefix == "xml") == (attribute.value == kXmlSpaceUri) && attribute.value != kXmlnsUri;
    if (!may_stand) return refuse(kXmlPrefix, at, std::string(prefix));
  }
  if (declarations_.size() >= kMaxDeclarations) {
    return refuse(kXmlTooManyNamespaces, at, std::to_string(kMaxDeclarations));
  }
  declarations_.push_back({prefix, attribute.value, scanner_.open_names().size()});
  return true;
}

/// Prefixes must be declared, and no two names mean the same.
bool Builder::resolve_attributes() {
  std::vector<std::pair<std::string_view, std::string_view>> expanded;
  for (const XmlAttribute& attribute : scanner_.attributes()) {
    if (attribute.name.find(':') == std::string_view::npos || is_declaration(attribute.name)) continue;
    const QualifiedName name = split(attribute.name);
    const Declaration* declaration = name.local.empty() ? nullptr : find(name.prefix);
    if (declaration == nullptr) return refuse(kXmlPrefix, scanner_.token_begin(), std::string(name.prefix));
    const std::pair meaning(declaration->uri, name.local);
    if (std::find(expanded.begin(), expanded.end(), meaning) != expanded.end()) {
      return refuse(kXmlDuplicateAttribute, scanner_.token_begin(), std::string(name.local));
    }
    expanded.push_back(meaning);
    note_use(declaration);
  }
  return true;
}

bool Builder::start() {
  const auto declared_before = static_cast<std::uint32_t>(declarations_.size());
  bool has_prefixed = false;
  for (const XmlAttribute& attribute : scanner_.attributes()) {
    if (is_declaration(attribute.name)) {
      if (!declare(attribute)) return false;
    } else {
      has_prefixed |= attribute.name.find(':') != std::string_view::npos;
    }
  }
  const QualifiedName name = split(scanner_.name());
  const Declaration* declaration = name.local.empty() ? nullptr : find(name.prefix);
  if (name.local.empty() || (declaration == nullptr && !name.prefix.empty())) {
    return refuse(kXmlPrefix, scanner_.token_begin(), std::string(name.prefix));
  }
  const XmlNamespace space = namespace_of(declaration == nullptr ? std::string_view() : declaration->uri);

  if (xhtml_depth_ == 0) {
    xhtml_uses_ = 0;
    xhtml_uses_none_ = false;
    xhtml_declared_ = declared_before;
  }
  note_use(declaration);
  if (has_prefixed && !resolve_attributes()) return false;
  if (xhtml_depth_ > 0) {
    ++xhtml_depth_;
    return true;
  }

  const auto index = static_cast<std::uint32_t>(tree_.elements.size());
  if (index >= limits_.max_elements) {
    return refuse(kXmlTooManyNodes, scanner_.token_begin(), std::to_string(limits_.max_elements));
  }
  XmlElement& element = tree_.elements.emplace_back();
  element.name = name.local;
  element.begin = static_cast<std::uint32_t>(scanner_.token_begin());
  element.space = space;
  element.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
  if (space == XmlNamespace::xhtml) {
    element.tag_length = static_cast<std::uint16_t>(std::min<std::size_t>(scanner_.name().size() + 1, UINT16_MAX));
    xhtml_depth_ = 1;
  } else {
    for (const XmlAttribute& attribute : scanner_.attributes()) {
      if (is_declaration(attribute.name)) continue;
      const Declaration* meaning = has_prefixed ? find(split(attribute.name).prefix) : nullptr;
      // Where a schema lies is for schema validators.
      if (meaning != nullptr && !meaning->prefix.empty() && meaning->uri == kSchemaInstanceUri) continue;
      tree_.attributes.push_back(attribute);
    }
    element.attribute_count = static_cast<std::uint32_t>(tree_.attributes.size()) - element.first_attribute;
  }
  if (!open_.empty()) {
    Open& parent = open_.back();
    (parent.last_child == XmlElement::kNone ? tree_.elements[parent.element].first_child
                                            : tree_.elements[parent.last_child].next) = index;
    parent.last_child = index;
  }
  open_.push_back({index, XmlElement::kNone});
  return true;
}

/// A name of an XHTML element means this declaration.
void Builder::note_use(const Declaration* declaration) {
  if (declaration == nullptr) {
    xhtml_uses_none_ = true;
    return;
  }
  static_assert(kMaxDeclarations <= 64);
  const auto index = static_cast<std::size_t>(declaration - declarations_.data());
  if (index < xhtml_declared_) xhtml_uses_ |= std::uint64_t{1} << index;
}

/// What the XHTML element would lose if it were taken out of the text, or gain in another: declarations further out.
void Builder::note_inherited(std::uint32_t element) {
  std::string declarations = xhtml_uses_none_ ? " xmlns=\"\"" : "";
  for (std::size_t i = 1; i < xhtml_declared_; ++i) {  // 0 is the prefix xml
    if ((xhtml_uses_ >> i & 1U) == 0) continue;
    const Declaration& outer = declarations_[i];
    const char quote = outer.uri.find('"') == std::string_view::npos ? '"' : '\'';
    declarations += outer.prefix.empty() ? " xmlns=" : " xmlns:" + std::string(outer.prefix) + "=";
    declarations += quote;
    declarations += outer.uri;
    declarations += quote;
  }
  if (!declarations.empty()) tree_.inherited.push_back({element, std::move(declarations)});
}

void Builder::end() {
  if (xhtml_depth_ > 0 && --xhtml_depth_ > 0) {
    // Within XHTML; its declarations end below.
  } else {
    const std::uint32_t element = open_.back().element;
    open_.pop_back();
    tree_.elements[element].end = static_cast<std::uint32_t>(scanner_.token_end());
    if (tree_.elements[element].space == XmlNamespace::xhtml) note_inherited(element);
  }
  const std::size_t depth = scanner_.open_names().size();
  while (declarations_.size() > 1 && declarations_.back().depth > depth) declarations_.pop_back();
}

}  // namespace

bool build_tree(std::string_view text, XmlTreeLimits limits, XmlTree& tree, XmlFault& fault, std::string& path) {
  Builder builder(text, limits, tree, fault);
  if (builder.build()) return true;
  path.clear();
  constexpr std::size_t kMostNames = 32;
  for (const std::string_view name : builder.open_names().first(std::min(builder.open_names().size(), kMostNames))) {
    if (!path.empty()) path += '.';
    path += name;
  }
  return false;
}

}  // namespace meridian::fhir::internal
