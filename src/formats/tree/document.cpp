#include "formats/tree/document.hpp"

#include <algorithm>
#include <utility>

#include "formats/tree/internal/tree.hpp"

namespace meridian::tree {
namespace internal {

Position place(const std::vector<std::uint32_t>& lines, std::size_t offset) {
  const auto line = std::upper_bound(lines.begin(), lines.end(), offset);
  const std::size_t begin = line == lines.begin() ? 0 : *std::prev(line);
  return {offset, static_cast<std::uint32_t>(line - lines.begin() + 1), static_cast<std::uint32_t>(offset - begin + 1)};
}

}  // namespace internal

Document::Document() = default;
Document::Document(std::unique_ptr<const internal::Tree> tree) : tree_(std::move(tree)) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

Element Document::root() const {
  return element(1);
}
Element Document::element(std::uint32_t number) const {
  return tree_ != nullptr && number < tree_->nodes.size() ? Element(tree_.get(), number) : Element();
}
std::uint32_t Document::element_count() const {
  return tree_ == nullptr ? 0 : static_cast<std::uint32_t>(tree_->nodes.size() - 1);
}
Position Document::position(Element element) const {
  return tree_ == nullptr || !element ? Position() : internal::place(tree_->lines, element.offset());
}

}  // namespace meridian::tree
