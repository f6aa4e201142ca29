// Tree: the nodes of a document in one array, in document order; what Element looks into.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::tree::internal {

struct Attribute {
  std::string_view name;
  std::string_view value;
};

struct Node {
  std::string_view value;  ///< an element's name, or a text
  std::uint32_t parent = 0;
  std::uint32_t first_child = 0;
  std::uint32_t next = 0;
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;
  std::uint32_t offset = 0;
  bool is_text = false;
};

struct Tree {
  std::string text;         ///< names and values lie in it
  std::vector<Node> nodes;  ///< the first stands for nothing; the root is number 1
  std::vector<Attribute> attributes;
  std::vector<std::uint32_t> lines;  ///< where each line but the first begins
  std::deque<std::string> names;     ///< those whose prefix was written otherwise
};

/// Of an offset, by where the lines begin.
Position place(const std::vector<std::uint32_t>& lines, std::size_t offset);

}  // namespace meridian::tree::internal
