// Document: a tree of named elements in one array: what XML (xml.hpp), JSON (json.hpp) or a Builder (builder.hpp) gave.
//
//   for (Element row : all(document.root(), "row")) …                             // element.hpp
//
// Lifetime: owns its text. Threads: immutable once made.
#pragma once

#include <cstdint>
#include <memory>

#include "base/issue.hpp"
#include "formats/tree/element.hpp"

namespace meridian::tree {

class Document {
 public:
  Document();
  explicit Document(std::unique_ptr<const internal::Tree> tree);
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  explicit operator bool() const { return tree_ != nullptr; }
  Element root() const;
  /// The element of that number; absent when there is none.
  Element element(std::uint32_t number) const;
  std::uint32_t element_count() const;
  /// Line and column in the text, as UTF-8; the beginning where it was not read from one.
  Position position(Element element) const;

 private:
  std::unique_ptr<const internal::Tree> tree_;
};

}  // namespace meridian::tree
