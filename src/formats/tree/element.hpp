// Element: one element of a Document, a view into it.
//
// Names are as the reader of the Document was told to have them (document.hpp), of attributes too (`xsi:type`). Asking
// for what is not there gives an absent element or an empty text, never a fault.
// Elements are numbered in document order from 1, texts among them; a number stands for its place in the same bytes
// for ever, and Document::element() finds it again.
// Lifetime: until the Document goes away. Threads: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meridian::tree {

namespace internal {
struct Tree;
}

class Element {
 public:
  Element() = default;
  Element(const internal::Tree* tree, std::uint32_t number) : tree_(tree), number_(number) {}

  explicit operator bool() const { return number_ != 0; }
  bool operator==(const Element&) const = default;
  std::uint32_t number() const { return number_; }

  /// Empty: a run of text.
  std::string_view name() const;
  bool is(std::string_view name) const { return number_ != 0 && this->name() == name; }
  std::string_view attribute(std::string_view name) const;
  bool has_attributes() const;
  /// Names and values, in the order in which they stand.
  std::vector<std::pair<std::string_view, std::string_view>> attributes() const;
  /// The first run of text directly in it, or of a text itself, without blanks around it.
  std::string_view text() const;
  /// All text in it, at any depth, as it stands.
  std::string all_text() const;

  Element parent() const;
  Element first_child() const;  ///< texts too
  Element next() const;         ///< the next sibling, texts too
  Element child(std::string_view name) const;
  /// The next sibling of the same name.
  Element next_same() const;
  /// The nearest element around it of that name.
  Element around(std::string_view name) const;
  std::size_t child_count(std::string_view name) const;

  /// `ClinicalDocument/component/structuredBody/component[3]/section`: a position where siblings share the name.
  std::string path() const;
  /// In the document's text, behind the `<`.
  std::size_t offset() const;

 private:
  const internal::Tree* tree_ = nullptr;
  std::uint32_t number_ = 0;
};

/// `for (Element id : all(act, "id"))`
class NamedChildren {
 public:
  NamedChildren(Element parent, std::string_view name) : first_(parent.child(name)) {}
  class Iterator {
   public:
    explicit Iterator(Element at) : at_(at) {}
    Element operator*() const { return at_; }
    Iterator& operator++() {
      at_ = at_.next_same();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_.number() != other.at_.number(); }

   private:
    Element at_;
  };
  Iterator begin() const { return Iterator(first_); }
  static Iterator end() { return Iterator(Element()); }

 private:
  Element first_;
};
inline NamedChildren all(Element parent, std::string_view name) {
  return {parent, name};
}

}  // namespace meridian::tree
