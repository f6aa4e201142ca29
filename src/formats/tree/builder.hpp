// Builder: a Document made of something that is not XML: the values of a row, the members of an object.
//
//   Builder builder;
//   builder.open("row");
//   builder.attribute("id", "1");
//   builder.element("patient", "4711");
//   builder.close();
//   Document document = builder.finish();
//
// Bounds are its caller's business, who knows what to say when they are passed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tree/document.hpp"

namespace meridian::tree {

class Builder {
 public:
  Builder();
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void open(std::string_view name);
  /// Of the element opened last, before anything is put into it.
  void attribute(std::string_view name, std::string_view value);
  void text(std::string_view text);
  void close();
  /// An element that holds a text, or nothing.
  void element(std::string_view name, std::string_view text);
  /// Elements that are open.
  std::size_t depth() const { return open_.size(); }
  /// What was made, all of it closed; the builder is as new.
  Document finish();

 private:
  struct Open {
    std::uint32_t number;
    std::uint32_t last;  // its last child
  };
  struct Place {
    std::size_t begin;
    std::size_t size;
  };
  Place keep(std::string_view text);
  std::uint32_t add(std::string_view value, bool is_text);

  std::unique_ptr<internal::Tree> tree_;
  std::vector<Place> places_;  // of each node's value: the text may move while it grows
  std::vector<std::pair<Place, Place>> attribute_places_;
  std::vector<Open> open_;
};

}  // namespace meridian::tree
