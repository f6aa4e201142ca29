#include "formats/fhir/testing/content.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace meridian::fhir::testing {
namespace {

std::vector<Node> by_key(Node node) {
  std::vector<Node> out;
  for (const Node child : node.children()) out.push_back(child);
  std::sort(out.begin(), out.end(),
            [](Node x, Node y) { return std::pair(x.key(), x.order()) < std::pair(y.key(), y.order()); });
  return out;
}

}  // namespace

std::string difference(Node a, Node b) {
  if (!a || !b) return a || b ? "(root): one is missing" : "";
  if (a.type() != b.type()) return a.path() + ": types differ";
  if (a.key() != b.key()) return a.path() + ": keys differ, " + std::string(b.key());
  if (a.value_kind() != b.value_kind()) return a.path() + ": kinds of value differ";
  if (a.text() != b.text()) {
    return a.path() + ": values differ, \"" + std::string(a.text()) + "\" and \"" + std::string(b.text()) + "\"";
  }
  const std::vector<Node> of_a = by_key(a);
  const std::vector<Node> of_b = by_key(b);
  for (std::size_t i = 0; i < std::min(of_a.size(), of_b.size()); ++i) {
    if (std::string found = difference(of_a[i], of_b[i]); !found.empty()) return found;
  }
  if (of_a.size() == of_b.size()) return "";
  const Node extra = of_a.size() > of_b.size() ? of_a[of_b.size()] : of_b[of_a.size()];
  return extra.path() + ": stands in one only";
}

}  // namespace meridian::fhir::testing
