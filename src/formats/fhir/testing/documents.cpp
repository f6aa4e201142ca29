#include "formats/fhir/testing/documents.hpp"

namespace meridian::fhir::testing {

std::string outline(Node node) {
  std::string out;
  if (!node) return "nothing";
  if (node.element() != ElementId::none) {
    out += node.key();
  } else if (!node.key().empty()) {
    out += "?" + std::string(node.key());
  }
  if (node.type() != TypeId::none && node.schema().type(node.type()).kind != TypeKind::primitive) {
    out += (out.empty() ? "" : " ") + std::string(node.schema().type(node.type()).name);
  }
  if (node.has_value()) {
    const bool is_string = node.value_kind() == ValueKind::string;
    out += is_string ? " \"" + std::string(node.text()) + "\"" : " " + std::string(node.text());
  }
  if (node.has_children()) {
    std::string inside;
    for (const Node child : node.children()) inside += (inside.empty() ? "" : ", ") + outline(child);
    out += '(' + inside + ')';
  }
  return out;
}

}  // namespace meridian::fhir::testing
