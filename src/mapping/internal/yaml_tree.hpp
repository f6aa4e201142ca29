// YamlTree: a YAML file as maps, lists and texts that know their places. The only place that sees yaml-cpp.
//
// Texts are never taken for numbers or booleans. Bounds on size, depth and number of nodes; what passes them, and what
// is no YAML, is an issue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::mapping::internal {

struct YamlTree {
  struct Member;
  enum class Kind : std::uint8_t { nothing, text, list, map };
  Kind kind = Kind::nothing;
  std::string text;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::vector<YamlTree> items;  // list
  std::vector<Member> members;  // map, in order

  bool is_text() const { return kind == Kind::text; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  /// The member of that name, or nullptr.
  const YamlTree* find(std::string_view name) const;
  /// A text alone, or a list of texts.
  std::vector<std::string> texts() const;
};
struct YamlTree::Member {
  std::string name;
  YamlTree value;
};

std::optional<YamlTree> read_yaml(const std::string& path, const std::string& text, Issues& issues);

}  // namespace meridian::mapping::internal
