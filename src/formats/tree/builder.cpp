#include "formats/tree/builder.hpp"

#include <utility>

#include "formats/tree/internal/tree.hpp"

namespace meridian::tree {

Builder::Builder() : tree_(std::make_unique<internal::Tree>()), places_(1) {
  tree_->nodes.emplace_back();
}
Builder::~Builder() = default;

Builder::Place Builder::keep(std::string_view text) {
  const Place place{tree_->text.size(), text.size()};
  tree_->text += text;
  return place;
}

std::uint32_t Builder::add(std::string_view value, bool is_text) {
  const auto number = static_cast<std::uint32_t>(tree_->nodes.size());
  internal::Node node;
  node.is_text = is_text;
  if (!open_.empty()) {
    Open& around = open_.back();
    node.parent = around.number;
    (around.last == 0 ? tree_->nodes[around.number].first_child : tree_->nodes[around.last].next) = number;
    around.last = number;
  }
  tree_->nodes.push_back(node);
  places_.push_back(keep(value));
  return number;
}

void Builder::open(std::string_view name) {
  const std::uint32_t number = add(name, false);
  open_.push_back({number, 0});
}
void Builder::attribute(std::string_view name, std::string_view value) {
  internal::Node& node = tree_->nodes[open_.back().number];
  if (node.attribute_count == 0) node.first_attribute = static_cast<std::uint32_t>(attribute_places_.size());
  ++node.attribute_count;
  const Place name_place = keep(name);
  attribute_places_.emplace_back(name_place, keep(value));
}
void Builder::text(std::string_view text) {
  if (!text.empty()) add(text, true);
}
void Builder::close() {
  open_.pop_back();
}
void Builder::element(std::string_view name, std::string_view text) {
  open(name);
  this->text(text);
  close();
}

Document Builder::finish() {
  open_.clear();
  std::unique_ptr<internal::Tree> made = std::exchange(tree_, std::make_unique<internal::Tree>());
  const std::string_view all = made->text;
  const auto text_at = [all](const Place& place) { return all.substr(place.begin, place.size); };
  for (std::size_t i = 1; i < made->nodes.size(); ++i) made->nodes[i].value = text_at(places_[i]);
  for (const auto& [name, value] : attribute_places_) made->attributes.push_back({text_at(name), text_at(value)});
  tree_->nodes.emplace_back();
  places_.assign(1, {});
  attribute_places_.clear();
  return Document(std::move(made));
}

}  // namespace meridian::tree
