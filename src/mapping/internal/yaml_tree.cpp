#include "mapping/internal/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr std::size_t kLargestFile = std::size_t{4} << 20;
constexpr int kMostNodes = 200'000;  // aliases can make many of few
constexpr int kDeepest = 24;

YamlTree convert(const YAML::Node& node, int depth, int& left) {
  YamlTree tree;
  tree.line = static_cast<std::uint32_t>(node.Mark().line + 1);
  tree.column = static_cast<std::uint32_t>(node.Mark().column + 1);
  if (--left < 0 || depth > kDeepest) return tree;
  if (node.IsScalar()) {
    tree.kind = YamlTree::Kind::text;
    tree.text = node.Scalar();
  } else if (node.IsSequence()) {
    tree.kind = YamlTree::Kind::list;
    for (const YAML::Node& item : node) tree.items.push_back(convert(item, depth + 1, left));
  } else if (node.IsMap()) {
    tree.kind = YamlTree::Kind::map;
    for (const auto& member : node) {
      tree.members.push_back(
          {member.first.IsScalar() ? member.first.Scalar() : std::string(), convert(member.second, depth + 1, left)});
      tree.members.back().value.line = static_cast<std::uint32_t>(member.first.Mark().line + 1);
    }
  }
  return tree;
}

void complain(const std::string& path, std::uint32_t line, std::string why, Issues& issues) {
  issues.add({Severity::error, IssueType::structure, kNotYaml, {std::move(why)}, path, Position{0, line, 1}});
}

}  // namespace

const YamlTree* YamlTree::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> YamlTree::texts() const {
  std::vector<std::string> out;
  if (is_text()) out.push_back(text);
  for (const YamlTree& item : items) {
    if (item.is_text()) out.push_back(item.text);
  }
  return out;
}

std::optional<YamlTree> read_yaml(const std::string& path, const std::string& text, Issues& issues) {
  if (text.size() > kLargestFile) {
    complain(path, 1, "it has more than 4 MB", issues);
    return std::nullopt;
  }
  try {
    int left = kMostNodes;
    YamlTree tree = convert(YAML::Load(text), 0, left);
    if (left >= 0) return tree;
    complain(path, 1, "it has too many values", issues);
  } catch (const YAML::Exception& fault) {
    complain(path, static_cast<std::uint32_t>(fault.mark.line + 1), fault.msg, issues);
  }
  return std::nullopt;
}

}  // namespace meridian::mapping::internal
