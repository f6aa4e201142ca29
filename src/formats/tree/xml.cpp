#include "formats/tree/xml.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <utility>
#include <vector>

#include "formats/tree/faults.hpp"
#include "formats/tree/internal/encoding.hpp"
#include "formats/tree/internal/tree.hpp"

namespace meridian::tree {
namespace {

using internal::Node;
using internal::Tree;

/// From pugixml's tree to ours: one array, namespaces resolved, comments and instructions gone.
class Flattener {
 public:
  Flattener(Tree& tree, const XmlOptions& options, Issues& issues) : tree_(tree), options_(options), issues_(issues) {}

  bool run(const pugi::xml_node& root) {
    tree_.nodes.emplace_back();
    pugi::xml_node at = root;
    std::uint32_t above = 0;
    std::vector<Open> open;
    // Without recursion: documents may be deep.
    while (true) {
      const bool keeps_blanks = !open.empty() && open.back().is_mixed;
      const std::uint32_t number =
          !keeps_blanks && is_blank(at) ? kNone : add(at, above, open.empty() ? kNone : open.back().last);
      if (number != 0 && !open.empty()) open.back().last = number;
      if (number != 0 && at.type() == pugi::node_element && at.first_child()) {
        if (open.size() + 1 >= options_.limits.max_depth) return fail(at, "levels", options_.limits.max_depth);
        const bool is_mixed = (!open.empty() && open.back().is_mixed) || tree_.nodes[number].value == options_.mixed;
        open.push_back({number, kNone, bindings_.size(), is_mixed});
        above = number;
        at = at.first_child();
        continue;
      }
      if (number != 0 && at.type() == pugi::node_element) bindings_.resize(bound_);
      while (!open.empty() && !at.next_sibling()) {
        at = at.parent();
        open.pop_back();
        bindings_.resize(open.empty() ? 0 : open.back().bindings);
        above = open.empty() ? 0 : open.back().number;
      }
      if (open.empty()) return true;
      at = at.next_sibling();
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0;
  struct Open {
    std::uint32_t number;
    std::uint32_t last;
    std::size_t bindings;
    bool is_mixed;  // blanks between its elements count
  };
  struct Binding {
    std::string_view prefix;
    std::string_view uri;
  };

  static bool is_blank(const pugi::xml_node& node) {
    return node.type() == pugi::node_pcdata &&
           std::string_view(node.value()).find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  bool fail(const pugi::xml_node& at, const char* what, std::uint64_t limit) {
    const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at.offset_debug(), 0));
    issues_.add({Severity::fatal,
                 IssueType::too_long,
                 faults::kTooLarge,
                 {std::to_string(limit), what},
                 {},
                 internal::place(tree_.lines, offset)});
    return false;
  }

  /// 0: a comment and the like.
  std::uint32_t add(const pugi::xml_node& from, std::uint32_t parent, std::uint32_t before) {
    const bool is_text = from.type() == pugi::node_pcdata || from.type() == pugi::node_cdata;
    bound_ = bindings_.size();
    if (!is_text && from.type() != pugi::node_element) return 0;
    const auto number = static_cast<std::uint32_t>(tree_.nodes.size());
    Node node;
    node.parent = parent;
    node.is_text = is_text;
    node.offset = static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(from.offset_debug(), 0));
    if (is_text) {
      node.value = from.value();
    } else {
      for (const pugi::xml_attribute& attribute : from.attributes()) {
        const std::string_view name = attribute.name();
        if (name == "xmlns") bindings_.push_back({{}, attribute.value()});
        if (name.starts_with("xmlns:")) bindings_.push_back({name.substr(6), attribute.value()});
      }
      node.value = resolved(from.name(), true, node.offset);
      node.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
      for (const pugi::xml_attribute& attribute : from.attributes()) {
        const std::string_view name = attribute.name();
        if (name == "xmlns" || name.starts_with("xmlns:")) continue;
        tree_.attributes.push_back({resolved(name, false, node.offset), attribute.value()});
      }
      node.attribute_count = static_cast<std::uint32_t>(tree_.attributes.size()) - node.first_attribute;
    }
    tree_.nodes.push_back(node);
    if (before != 0) {
      tree_.nodes[before].next = number;
    } else if (parent != 0) {
      tree_.nodes[parent].first_child = number;
    }
    return number;
  }

  std::string_view resolved(std::string_view name, bool is_element, std::size_t offset) {
    const std::size_t colon = name.find(':');
    const std::string_view prefix = colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
    if (prefix.empty() && !is_element) return name;
    const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
    if (options_.namespaces.empty()) return local;
    std::string_view uri;
    bool is_known = prefix.empty() || prefix == "xml";
    const auto bound = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [prefix](const Binding& binding) { return binding.prefix == prefix; });
    if (bound != bindings_.rend()) {
      uri = bound->uri;
      is_known = true;
    }
    if (!is_known) {
      // Parts that were cut out of a document lack its declarations; what some prefixes mean nobody doubts.
      for (const Namespace& known : options_.namespaces) {
        if (known.undeclared == prefix) uri = known.uri;
      }
      if (std::find(undeclared_.begin(), undeclared_.end(), prefix) == undeclared_.end()) {
        undeclared_.push_back(prefix);
        issues_.add({Severity::warning,
                     IssueType::structure,
                     faults::kPrefix,
                     {std::string(prefix.substr(0, 40))},
                     {},
                     internal::place(tree_.lines, offset)});
      }
    }
    if (prefix.empty() && uri.empty()) return local;
    for (const Namespace& known : options_.namespaces) {
      if (uri == known.uri) return known.prefix.empty() ? local : named(known.prefix, prefix, name, local);
    }
    if (prefix.empty()) return named("other", prefix, name, local);
    return name;
  }

  /// With the prefix under which this program knows it.
  std::string_view named(std::string_view wanted, std::string_view prefix, std::string_view name,
                         std::string_view local) {
    if (prefix == wanted) return name;
    const std::string whole = std::string(wanted) + ':' + std::string(local);
    const auto found = std::find(tree_.names.begin(), tree_.names.end(), whole);
    if (found != tree_.names.end()) return *found;
    // Bounded: a text of names that are all different is kept as written beyond some.
    if (tree_.names.size() >= 1000) return name;
    tree_.names.push_back(whole);
    return tree_.names.back();
  }

  Tree& tree_;
  const XmlOptions& options_;
  Issues& issues_;
  std::vector<Binding> bindings_;
  std::size_t bound_ = 0;
  std::vector<std::string_view> undeclared_;
};

void find_lines(Tree& tree) {
  for (std::size_t i = 0; i < tree.text.size(); ++i) {
    if (tree.text[i] == '\n') tree.lines.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

/// A tag or an attribute takes far more memory parsed than written: they are counted first.
bool is_within(const std::string& text, const XmlLimits& limits, Issues& issues) {
  const auto count = [&text](char c) { return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), c)); };
  if (count('<') > limits.max_tags) {
    issues.add({Severity::fatal, IssueType::too_long, faults::kTooLarge, {std::to_string(limits.max_tags), "tags"}});
    return false;
  }
  if (count('=') > limits.max_attributes) {
    issues.add({Severity::fatal,
                IssueType::too_long,
                faults::kTooLarge,
                {std::to_string(limits.max_attributes), "attributes"}});
    return false;
  }
  return true;
}

}  // namespace

Document read_xml(std::string_view bytes, const XmlOptions& options, Issues& issues) {
  const XmlLimits& limits = options.limits;
  if (bytes.size() > limits.max_bytes) {
    issues.add({Severity::fatal, IssueType::too_long, faults::kTooLarge, {std::to_string(limits.max_bytes), "bytes"}});
    return {};
  }
  std::optional<std::string> text = internal::to_utf8(bytes, issues);
  if (!text) return {};
  if (text->size() > limits.max_bytes * 2) {
    issues.add({Severity::fatal, IssueType::too_long, faults::kTooLarge, {std::to_string(limits.max_bytes), "bytes"}});
    return {};
  }
  if (!is_within(*text, limits, issues)) return {};
  auto tree = std::make_unique<Tree>();
  tree->text = std::move(*text);
  find_lines(*tree);
  pugi::xml_document parsed;
  constexpr unsigned kFlags = pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_doctype;
  const pugi::xml_parse_result result =
      parsed.load_buffer_inplace(tree->text.data(), tree->text.size(), kFlags, pugi::encoding_utf8);
  for (const pugi::xml_node& node : parsed.children()) {
    if (node.type() != pugi::node_doctype) continue;
    issues.add(
        {Severity::fatal,
         IssueType::security,
         faults::kDoctype,
         {},
         {},
         internal::place(tree->lines, static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)))});
    return {};
  }
  if (!result) {
    issues.add({Severity::fatal,
                IssueType::structure,
                faults::kNotXml,
                {result.description()},
                {},
                internal::place(tree->lines, static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)))});
    return {};
  }
  const pugi::xml_node root = parsed.document_element();
  if (!Flattener(*tree, options, issues).run(root)) return {};
  return Document(std::move(tree));
}

}  // namespace meridian::tree
