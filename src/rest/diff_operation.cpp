#include "rest/diff_operation.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "formats/fhir/json.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/members.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {
namespace {

using fhir::JsonWriter;
using fhir::NameId;
using fhir::Node;

/// The key of value[x] in Parameters for a type: "valueHumanName"; empty when it has none (a backbone element).
std::string_view value_key(Node node) {
  const fhir::Schema& schema = node.schema();
  const fhir::ElementInfo* value = schema.find_element(schema.find_type("Parameters.parameter"), "value");
  for (const fhir::ElementType& allowed : value->types) {
    if (allowed.type == node.type()) return schema.name(allowed.json_key);
  }
  return {};
}

/// Names of the children, each once, in the order of the text.
std::vector<NameId> names_of(Node node) {
  std::vector<NameId> names;
  for (const Node child : node.children()) {
    const bool is_new = std::find(names.begin(), names.end(), child.name()) == names.end();
    if (child.name() != NameId::none && is_new) names.push_back(child.name());
  }
  return names;
}

std::vector<Node> items_of(Node node, NameId name) {
  std::vector<Node> items;
  for (const Node child : node.children(name)) items.push_back(child);
  return items;
}

bool is_equal(Node a, Node b) {
  if (a.type() != b.type() || a.has_value() != b.has_value() || a.text() != b.text()) return false;
  if (a.has_value() && !a.has_children() && !b.has_children()) return true;
  const std::vector<NameId> names = names_of(a);
  if (names.size() != names_of(b).size()) return false;
  return std::all_of(names.begin(), names.end(), [&](NameId name) {
    const std::vector<Node> x = items_of(a, name);
    const std::vector<Node> y = items_of(b, name);
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), is_equal);
  });
}

class Differ {
 public:
  Differ() {
    json_.begin_object();
    json_.key("resourceType").string("Parameters");
  }

  void compare(Node from, Node to, const std::string& path) {
    const fhir::Schema& schema = from.schema();
    std::vector<NameId> names = names_of(from);
    for (const NameId name : names_of(to)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    for (const NameId name : names) {
      const fhir::ElementInfo* element = schema.find_element(from.type(), name);
      if (element == nullptr || is_of_server(path, schema.name(name))) continue;
      element->is_list() ? compare_lists(from, to, name, path) : compare_single(from, to, name, path);
    }
  }

  std::string take() && {
    if (has_begun_) json_.end_array();
    json_.end_object();
    return std::move(json_).take();
  }

 private:
  static bool is_of_server(const std::string& path, std::string_view name) {
    if (path.find('.') == std::string::npos) return name == "id";
    return path.ends_with(".meta") && path.find('.') == path.size() - 5 &&
           (name == "versionId" || name == "lastUpdated");
  }

  /// Whether a difference within is better told there than by the whole anew.
  static bool can_descend(Node from, Node to) {
    return from.type() == to.type() && !from.has_value() && !to.has_value() && from.has_children() &&
           resource_type(type_name(from)) == fhir::TypeId::none && from.type() != fhir::TypeId::none;
  }

  void compare_single(Node from, Node to, NameId name, const std::string& path) {
    const Node old_item = from.child(name);
    const Node new_item = to.child(name);
    const std::string_view text = from.schema().name(name);
    const std::string place = path + "." + std::string(text);
    if (!old_item) {
      operation("add", path, text, new_item);
    } else if (!new_item) {
      operation("delete", place, {}, Node());
    } else if (!is_equal(old_item, new_item)) {
      can_descend(old_item, new_item) ? compare(old_item, new_item, place) : operation("replace", place, {}, new_item);
    }
  }

  /// Items by their place: what differs is changed, what is more is added at the end, what is less is taken from there.
  void compare_lists(Node from, Node to, NameId name, const std::string& path) {
    const std::vector<Node> old_items = items_of(from, name);
    const std::vector<Node> new_items = items_of(to, name);
    const std::string_view text = from.schema().name(name);
    const std::string list = path + "." + std::string(text);
    const std::size_t both = std::min(old_items.size(), new_items.size());
    for (std::size_t i = 0; i < both; ++i) {
      if (is_equal(old_items[i], new_items[i])) continue;
      const std::string place = list + "[" + std::to_string(i) + "]";
      can_descend(old_items[i], new_items[i]) ? compare(old_items[i], new_items[i], place)
                                              : operation("replace", place, {}, new_items[i]);
    }
    for (std::size_t i = both; i < new_items.size(); ++i) operation("add", path, text, new_items[i]);
    for (std::size_t i = old_items.size(); i > both; --i) {
      operation("delete", list + "[" + std::to_string(i - 1) + "]", {}, Node());
    }
  }

  void operation(std::string_view type, const std::string& path, std::string_view name, Node value) {
    if (!std::exchange(has_begun_, true)) json_.key("parameter").begin_array();
    json_.begin_object();
    json_.key("name").string("operation");
    json_.key("part").begin_array();
    const auto part = [&](std::string_view part_name, std::string_view key, std::string_view text) {
      json_.begin_object().key("name").string(part_name).key(key).string(text).end_object();
    };
    part("type", "valueCode", type);
    part("path", "valueString", path);
    if (!name.empty()) part("name", "valueString", name);
    if (value) write_value("value", value);
    json_.end_array();
    json_.end_object();
  }

  /// As value[x] where the type has one; else its elements as parts.
  void write_value(std::string_view name, Node value) {
    json_.begin_object();
    json_.key("name").string(name);
    const bool is_resource = resource_type(type_name(value)) != fhir::TypeId::none;
    const std::string_view key = is_resource ? "resource" : value_key(value);
    if (!key.empty()) {
      if (value.has_value() || value.json_kind() == fhir::JsonKind::object) json_.key(key).raw(fhir::write_json(value));
      if (value.has_value() && value.has_children()) write_companion(key, value);
    } else {
      json_.key("part").begin_array();
      for (const Node child : value.children()) {
        if (child.name() != NameId::none) write_value(value.schema().name(child.name()), child);
      }
      json_.end_array();
    }
    json_.end_object();
  }

  /// The id and extensions of a primitive.
  void write_companion(std::string_view key, Node value) {
    json_.key("_", key).begin_object();
    if (const Node id = value.child("id")) json_.key("id").raw(fhir::write_json(id));
    const std::vector<Node> extensions = items_of(value, value.schema().find_name("extension"));
    if (!extensions.empty()) {
      json_.key("extension").begin_array();
      for (const Node extension : extensions) json_.raw(fhir::write_json(extension));
      json_.end_array();
    }
    json_.end_object();
  }

  JsonWriter json_;
  bool has_begun_ = false;
};

/// A version by number, or `present` where nothing is said.
Result<store::Version> version_asked(const Exchange& exchange, const char* name, const store::Version& present,
                                     std::uint64_t otherwise) {
  std::uint64_t number = otherwise;
  if (const auto text = exchange.request.query(name)) {
    const auto asked = whole_number(*text);
    if (!asked) return fail(ErrorCode::invalid_argument, std::string(name) + " is the number of a version");
    number = *asked;
  }
  if (number == present.number) return present;
  return exchange.server->store().read_version(exchange.context.reader, exchange.key(), number);
}

}  // namespace

std::string patch_between(const fhir::Document& from, const fhir::Document& to) {
  Differ differ;
  differ.compare(from.root(), to.root(), std::string(from.schema().type(from.root().type()).name));
  return std::move(differ).take();
}

http::Response diff_versions(const Exchange& exchange) {
  const Representation& representation = exchange.representation;
  const Result<store::Version> present = exchange.server->store().read(exchange.context.reader, exchange.key());
  if (!present) return refuse(present.error(), representation);
  Result<store::Version> to = version_asked(exchange, "toVersion", *present, present->number);
  if (!to) return refuse(to.error(), representation);
  Result<store::Version> from =
      version_asked(exchange, "fromVersion", *present, std::max<std::uint64_t>(1, to->number - 1));
  if (!from) return refuse(from.error(), representation);

  Issues issues;
  fhir::DocumentParser parser;
  const fhir::Document before = parser.parse(std::move(from->json), issues);
  const fhir::Document after = parser.parse(std::move(to->json), issues);
  if (!before.has_root() || !after.has_root()) {
    return refuse(Error(ErrorCode::gone, "one of the versions is a deletion"), representation);
  }
  return answer(patch_between(before, after), representation);
}

}  // namespace meridian::rest
