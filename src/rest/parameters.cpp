#include "rest/parameters.hpp"

namespace meridian::rest {

using fhir::Node;

bool Parameters::is(Node node) {
  return node && node.schema().type(node.type()).name == "Parameters";
}

std::string_view Parameters::name_of(Node parameter) {
  const Node name = parameter.child("name");
  return name ? name.text() : std::string_view{};
}

Node Parameters::value_of(Node parameter) {
  return parameter.child("value");
}

Node Parameters::find(std::string_view name) const {
  for (const Node parameter : node_.children(node_.schema().find_name("parameter"))) {
    if (name_of(parameter) == name) return parameter;
  }
  return {};
}

Node Parameters::value(std::string_view name) const {
  const Node parameter = find(name);
  return parameter ? value_of(parameter) : Node{};
}

Node Parameters::resource(std::string_view name) const {
  const Node parameter = find(name);
  return parameter ? parameter.child("resource") : Node{};
}

std::vector<Node> Parameters::parts(std::string_view name) const {
  std::vector<Node> parts;
  if (const Node parameter = find(name)) {
    for (const Node part : parameter.children(node_.schema().find_name("part"))) parts.push_back(part);
  }
  return parts;
}

std::string_view Parameters::text(std::string_view name) const {
  const Node found = value(name);
  return found ? found.text() : std::string_view{};
}

std::vector<std::string> Parameters::texts(std::string_view name) const {
  std::vector<std::string> texts;
  for (const Node parameter : node_.children(node_.schema().find_name("parameter"))) {
    if (name_of(parameter) != name) continue;
    if (const Node found = value_of(parameter)) texts.emplace_back(found.text());
  }
  return texts;
}

}  // namespace meridian::rest
