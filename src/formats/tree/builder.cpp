#include "formats/tree/builder.hpp"

#include <utility>

#include "formats/tree/internal/tree.hpp"

namespace meridian::tree {

Builder::Builder() : tree_(std::make_unique<internal::Tree>()), places_(1) {
  tree_->nodes.emplace_back();
}
Builder::~Builder() = default;

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
  places_.push_back({tree_->text.size(), value.size()});
  tree_->text += value;
  return number;
}

void Builder::open(std::string_view name) {
  const std::uint32_t number = add(name, false);
  open_.push_back({number, 0});
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
  for (std::size_t i = 1; i < made->nodes.size(); ++i)
    made->nodes[i].value = all.substr(places_[i].begin, places_[i].size);
  tree_->nodes.emplace_back();
  places_.assign(1, {});
  return Document(std::move(made));
}

}  // namespace meridian::tree
