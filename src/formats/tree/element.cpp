#include "formats/tree/element.hpp"

#include <utility>
#include <vector>

#include "base/trim.hpp"
#include "formats/tree/internal/tree.hpp"

namespace meridian::tree {

std::string_view Element::name() const {
  if (number_ == 0) return {};
  const internal::Node& node = tree_->nodes[number_];
  return node.is_text ? std::string_view() : node.value;
}

std::string_view Element::attribute(std::string_view name) const {
  if (number_ == 0) return {};
  const internal::Node& node = tree_->nodes[number_];
  for (std::uint32_t i = 0; i < node.attribute_count; ++i) {
    const internal::Attribute& attribute = tree_->attributes[node.first_attribute + i];
    if (attribute.name == name) return attribute.value;
  }
  return {};
}

bool Element::has_attributes() const {
  return number_ != 0 && tree_->nodes[number_].attribute_count > 0;
}

std::vector<std::pair<std::string_view, std::string_view>> Element::attributes() const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  if (number_ == 0) return out;
  const internal::Node& node = tree_->nodes[number_];
  for (std::uint32_t i = 0; i < node.attribute_count; ++i) {
    const internal::Attribute& attribute = tree_->attributes[node.first_attribute + i];
    out.emplace_back(attribute.name, attribute.value);
  }
  return out;
}

std::string_view Element::text() const {
  if (number_ == 0) return {};
  const internal::Node& node = tree_->nodes[number_];
  if (node.is_text) return trimmed(node.value);
  for (std::uint32_t i = node.first_child; i != 0; i = tree_->nodes[i].next) {
    if (!tree_->nodes[i].is_text) continue;
    const std::string_view text = trimmed(tree_->nodes[i].value);
    if (!text.empty()) return text;
  }
  return {};
}

std::string Element::all_text() const {
  std::string out;
  if (number_ == 0) return out;
  // What is in an element follows it in the array, up to the next node that is not below it.
  std::uint32_t end = 0;
  for (std::uint32_t i = number_; i != 0 && end == 0; i = tree_->nodes[i].parent) end = tree_->nodes[i].next;
  if (end == 0) end = static_cast<std::uint32_t>(tree_->nodes.size());
  for (std::uint32_t i = number_; i < end; ++i) {
    if (tree_->nodes[i].is_text) out += tree_->nodes[i].value;
  }
  return out;
}

Element Element::parent() const {
  return number_ == 0 ? Element() : Element(tree_, tree_->nodes[number_].parent);
}
Element Element::first_child() const {
  return number_ == 0 ? Element() : Element(tree_, tree_->nodes[number_].first_child);
}
Element Element::next() const {
  return number_ == 0 ? Element() : Element(tree_, tree_->nodes[number_].next);
}

Element Element::child(std::string_view name) const {
  if (number_ == 0) return {};
  for (std::uint32_t i = tree_->nodes[number_].first_child; i != 0; i = tree_->nodes[i].next) {
    if (!tree_->nodes[i].is_text && tree_->nodes[i].value == name) return {tree_, i};
  }
  return {};
}

Element Element::next_same() const {
  if (number_ == 0) return {};
  const std::string_view name = tree_->nodes[number_].value;
  for (std::uint32_t i = tree_->nodes[number_].next; i != 0; i = tree_->nodes[i].next) {
    if (!tree_->nodes[i].is_text && tree_->nodes[i].value == name) return {tree_, i};
  }
  return {};
}

Element Element::around(std::string_view name) const {
  Element at = parent();
  while (at && at.name() != name) at = at.parent();
  return at;
}

std::size_t Element::child_count(std::string_view name) const {
  std::size_t count = 0;
  for (Element at = child(name); at; at = at.next_same()) ++count;
  return count;
}

std::string Element::path() const {
  std::vector<std::string> steps;
  for (Element at = name().empty() ? parent() : *this; at; at = at.parent()) {
    std::string step(at.name());
    std::size_t position = 1;
    Element same = at.parent().child(at.name());
    while (same && same.number() < at.number()) {
      ++position;
      same = same.next_same();
    }
    if (position > 1 || at.next_same()) step += '[' + std::to_string(position) + ']';
    steps.push_back(std::move(step));
  }
  std::string out;
  while (!steps.empty()) {
    if (!out.empty()) out += '/';
    out += steps.back();
    steps.pop_back();
  }
  return out;
}

std::size_t Element::offset() const {
  return number_ == 0 ? 0 : tree_->nodes[number_].offset;
}

}  // namespace meridian::tree
