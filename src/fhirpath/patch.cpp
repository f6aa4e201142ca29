#include "fhirpath/patch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhirpath/expression.hpp"
#include "fhirpath/internal/patch_place.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/patch.hpp"

namespace meridian::fhirpath {

namespace {

using internal::PatchItem;
using internal::PatchPlace;

constexpr Message kNotParameters{"fhirpath-patch-parameters",
                                 "a FHIRPath Patch is a Parameters resource whose parameters are named \"operation\"",
                                 "FHIRPath Patch 应为 Parameters 资源，其参数名为“operation”"};
constexpr Message kTooManyOperations{"fhirpath-patch-too-many", "the patch has more than {0} operations",
                                     "补丁超过 {0} 个操作"};
constexpr Message kPartMissing{"fhirpath-patch-part", "the operation lacks the part \"{0}\"", "操作缺少“{0}”部分"};
constexpr Message kUnknownOperation{"fhirpath-patch-type",
                                    "\"{0}\" is no operation: add, insert, delete, replace or move",
                                    "“{0}”不是合法操作：应为 add、insert、delete、replace 或 move"};
constexpr Message kBadPath{"fhirpath-patch-path", "the path cannot be evaluated: {0}", "路径无法求值：{0}"};
constexpr Message kNothingFound{"fhirpath-patch-nothing", "the path \"{0}\" leads to no element",
                                "路径“{0}”没有指向任何元素"};
constexpr Message kSeveralFound{"fhirpath-patch-several",
                                "the path \"{0}\" leads to several elements where one is wanted",
                                "路径“{0}”指向多个元素，而此处只能有一个"};
constexpr Message kNotAList{"fhirpath-patch-list", "the path \"{0}\" does not lead to the items of one list",
                            "路径“{0}”没有指向同一列表的各项"};
constexpr Message kNotThere{"fhirpath-patch-element", "{0} has no element \"{1}\"", "{0} 没有元素“{1}”"};
constexpr Message kAlreadyThere{"fhirpath-patch-exists", "the element \"{0}\" exists already and does not repeat",
                                "元素“{0}”已存在且不可重复"};
constexpr Message kBadIndex{"fhirpath-patch-index", "the index {0} is outside of the list, which has {1} items",
                            "索引 {0} 超出列表范围（共 {1} 项）"};
constexpr Message kRootNotPatched{"fhirpath-patch-root", "the resource as a whole cannot be replaced or deleted",
                                  "不能替换或删除整个资源"};
constexpr Message kValueMissing{"fhirpath-patch-value", "the part \"value\" has neither a value nor parts of its own",
                                "“value”部分既没有值也没有子部分"};

/// One operation on one document. Gives the JSON Patch that does it, or nothing and an Issue.
class Operation {
 public:
  Operation(const fhir::Document& document, fhir::Node parameter, std::size_t number, Issues& issues)
      : document_(document),
        parameter_(parameter),
        where_("operation[" + std::to_string(number) + "]"),
        issues_(issues) {}

  std::optional<std::string> translate() {
    const std::optional<std::string> type = required_text("type");
    if (!type) return std::nullopt;
    const std::optional<std::string> path = required_text("path");
    if (!path) return std::nullopt;
    path_ = *path;
    if (!find()) return std::nullopt;
    if (*type == "add") return add();
    if (*type == "insert") return insert();
    if (*type == "delete") return remove();
    if (*type == "replace") return replace();
    if (*type == "move") return move();
    return fault(kUnknownOperation, {*type});
  }

 private:
  std::nullopt_t fault(const Message& message, std::vector<std::string> arguments,
                       IssueType type = IssueType::processing) {
    issues_.add({Severity::fatal, type, message, std::move(arguments), where_});
    return std::nullopt;
  }

  // --- the operation's parts

  fhir::Node part(fhir::Node of, std::string_view name) const {
    for (const fhir::Node part : of.children(of.schema().find_name("part"))) {
      const fhir::Node part_name = part.child("name");
      if (part_name && part_name.text() == name) return part;
    }
    return {};
  }
  std::optional<std::string> required_text(std::string_view name) {
    const fhir::Node found = part(parameter_, name);
    const fhir::Node value = found ? found.child("value") : fhir::Node();
    if (!value || !value.has_value()) return fault(kPartMissing, {std::string(name)}, IssueType::required);
    return std::string(value.text());
  }
  std::optional<std::size_t> required_index(std::string_view name, std::size_t limit) {
    const std::optional<std::string> text = required_text(name);
    if (!text) return std::nullopt;
    std::size_t index = 0;
    for (const char c : *text) {
      if (c < '0' || c > '9' || index > limit) return fault(kBadIndex, {*text, std::to_string(list_size_)});
      index = index * 10 + static_cast<std::size_t>(c - '0');
    }
    if (index > limit) return fault(kBadIndex, {*text, std::to_string(list_size_)});
    return index;
  }

  // --- where the path leads

  bool find() {
    const fhir::TypeId type = document_.root().type();
    CompileOptions options;
    options.input_types = {&type, 1};
    Result<Expression> expression = Expression::compile_or_error(path_, options);
    if (!expression) {
      fault(kBadPath, {expression.error().message()});
      return false;
    }
    const Result<Collection> values = expression->evaluate(document_.root(), context_);
    if (!values) {
      fault(kBadPath, {values.error().message()});
      return false;
    }
    for (const Value& value : *values) {
      if (!value.is_node() || value.node().document() != document_.root().document()) {
        fault(kNothingFound, {path_}, IssueType::not_found);
        return false;
      }
      found_.push_back(value.node());
    }
    return true;
  }
  bool found_one() {
    if (found_.size() == 1) return true;
    if (found_.empty()) {
      fault(kNothingFound, {path_}, IssueType::not_found);
    } else {
      fault(kSeveralFound, {path_}, IssueType::multiple_matches);
    }
    return false;
  }
  /// The place of the elements found, all items of one element.
  bool place_of_found(PatchPlace& place) {
    const fhir::Node first = found_.front();
    const fhir::Node parent = first.parent();
    if (!parent) {
      fault(kRootNotPatched, {});
      return false;
    }
    const std::string_view name = first.name() == fhir::NameId::none ? first.key() : first.schema().name(first.name());
    if (!internal::find_place(parent, name, place)) {
      fault(kNotThere, {type_of(parent), std::string(name)});
      return false;
    }
    return true;
  }
  /// For insert and move: the path leads to all items of a list.
  bool list_of_found(PatchPlace& place) {
    if (found_.empty()) {
      fault(kNothingFound, {path_}, IssueType::not_found);
      return false;
    }
    if (!place_of_found(place)) return false;
    list_size_ = place.items.size();
    if (place.is_list && found_.size() == list_size_ && found_.back().parent() == place.parent) return true;
    fault(kNotAList, {path_});
    return false;
  }
  static std::string type_of(fhir::Node node) {
    return node.type() == fhir::TypeId::none ? "an unknown element" : std::string(node.schema().type(node.type()).name);
  }

  // --- values

  /// The item that a part gives: its value[x], or an object of its parts for a type without name.
  bool item_of_part(fhir::Node part, const fhir::ElementInfo& element, PatchItem& item, std::string& key) {
    const fhir::Schema& schema = part.schema();
    const fhir::Node value = part.child("value");
    if (value) {
      item = internal::item_of(value);
      key = std::string(schema.name(element.name));
      for (const fhir::ElementType& possible : element.types) {
        if (element.is_choice && possible.type == value.type()) key = std::string(schema.name(possible.json_key));
      }
      return true;
    }
    if (!part.child("part") || element.types.empty()) {
      fault(kValueMissing, {}, IssueType::required);
      return false;
    }
    key = std::string(schema.name(element.types[0].json_key));
    return object_of_parts(part, element.types[0].type, item.value);
  }

  // Recursion follows the parts within parts of the patch, whose depth its parser bounds.
  bool object_of_parts(fhir::Node part, fhir::TypeId type, std::string& out) {
    const fhir::Schema& schema = part.schema();
    struct Member {
      std::string key;
      bool is_list;
      std::vector<PatchItem> items;
    };
    std::vector<Member> members;
    for (const fhir::Node inner : part.children(schema.find_name("part"))) {
      const fhir::Node name = inner.child("name");
      const fhir::ElementInfo* element = name ? schema.find_element(type, name.text()) : nullptr;
      if (element == nullptr) {
        fault(kNotThere,
              {std::string(schema.type(type).name), name ? std::string(name.text().substr(0, 64)) : std::string()});
        return false;
      }
      PatchItem item;
      std::string key;
      if (!item_of_part(inner, *element, item, key)) return false;
      if (members.empty() || members.back().key != key) members.push_back({key, element->is_list(), {}});
      members.back().items.push_back(std::move(item));
    }
    fhir::JsonWriter json;
    json.begin_object();
    for (const Member& member : members) {
      write_half(json, "", member.key, member.is_list, member.items, &PatchItem::value);
      write_half(json, "_", member.key, member.is_list, member.items, &PatchItem::companion);
    }
    json.end_object();
    out = std::move(json).take();
    return true;
  }
  static void write_half(fhir::JsonWriter& json, std::string_view prefix, const std::string& key, bool is_list,
                         const std::vector<PatchItem>& items, std::string PatchItem::* half) {
    bool wanted = false;
    for (const PatchItem& item : items) wanted = wanted || !(item.*half).empty();
    if (!wanted) return;
    json.key(prefix, key);
    if (is_list) json.begin_array();
    for (const PatchItem& item : items)
      json.raw((item.*half).empty() ? std::string_view("null") : std::string_view(item.*half));
    if (is_list) json.end_array();
  }

  bool value_for(fhir::Node parent, std::string_view name, PatchItem& item, std::string& key) {
    const fhir::ElementInfo* element = parent.schema().find_element(parent.type(), name);
    const fhir::Node value = part(parameter_, "value");
    if (!value) {
      fault(kPartMissing, {"value"}, IssueType::required);
      return false;
    }
    if (element == nullptr) {
      fault(kNotThere, {type_of(parent), std::string(name.substr(0, 64))});
      return false;
    }
    return item_of_part(value, *element, item, key);
  }

  /// Writes the place back. Within a primitive (its id, its extensions) that means writing the primitive's own place.
  std::string written(const PatchPlace& place) {
    const fhir::Node parent = place.parent;
    const bool in_primitive =
        parent.type() != fhir::TypeId::none && parent.schema().type(parent.type()).primitive != fhir::Primitive::none;
    if (!in_primitive) return internal::json_patch(place);
    fhir::JsonWriter json;
    json.begin_object();
    for (const std::string_view name : {"id", "extension"}) {
      PatchPlace half;
      if (name == place.new_key) {
        half = place;
      } else if (!internal::find_place(parent, name, half)) {
        continue;
      }
      write_half(json, "", std::string(name), half.is_list, half.items, &PatchItem::value);
    }
    json.end_object();
    std::string companion = std::move(json).take();
    if (companion == "{}") companion.clear();
    PatchPlace own;
    internal::find_place(parent.parent(), parent.schema().name(parent.name()), own);
    own.items[static_cast<std::size_t>(std::max(parent.index(), 0))].companion = std::move(companion);
    return internal::json_patch(own);
  }

  // --- the five operations, https://hl7.org/fhir/R4/fhirpatch.html#concept

  std::optional<std::string> add() {
    if (!found_one()) return std::nullopt;
    const std::optional<std::string> name = required_text("name");
    if (!name) return std::nullopt;
    PatchPlace place;
    PatchItem item;
    std::string key;
    if (!value_for(found_.front(), *name, item, key)) return std::nullopt;
    internal::find_place(found_.front(), *name, place);
    if (!place.is_list && !place.items.empty()) return fault(kAlreadyThere, {*name}, IssueType::duplicate);
    place.new_key = key;
    if (place.key.empty()) place.key = key;
    place.items.push_back(std::move(item));
    return written(place);
  }

  std::optional<std::string> insert() {
    PatchPlace place;
    if (!list_of_found(place)) return std::nullopt;
    const std::optional<std::size_t> index = required_index("index", list_size_);
    if (!index) return std::nullopt;
    PatchItem item;
    std::string key;
    if (!value_for(place.parent, found_.front().schema().name(found_.front().name()), item, key)) return std::nullopt;
    place.items.insert(place.items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(item));
    return written(place);
  }

  /// An element that is not there needs no deleting.
  std::optional<std::string> remove() {
    if (found_.empty()) return "[]";
    if (!found_one()) return std::nullopt;
    // FHIR has no empty elements: with its last child goes the parent.
    for (fhir::Node parent = found_.front().parent(); parent && parent.parent() && !parent.has_value();
         parent = parent.parent()) {
      const fhir::Children children = parent.children();
      if (++children.begin() != children.end()) break;
      found_.front() = parent;
    }
    PatchPlace place;
    if (!place_of_found(place)) return std::nullopt;
    place.items.erase(place.items.begin() + index_of_found());
    return written(place);
  }

  std::optional<std::string> replace() {
    if (!found_one()) return std::nullopt;
    PatchPlace place;
    if (!place_of_found(place)) return std::nullopt;
    PatchItem item;
    std::string key;
    if (!value_for(place.parent, found_.front().schema().name(found_.front().name()), item, key)) return std::nullopt;
    place.items[static_cast<std::size_t>(index_of_found())] = std::move(item);
    place.new_key = key;
    return written(place);
  }

  /// The destination counts once the item has been taken out.
  std::optional<std::string> move() {
    PatchPlace place;
    if (!list_of_found(place)) return std::nullopt;
    const std::optional<std::size_t> source = required_index("source", list_size_ - 1);
    if (!source) return std::nullopt;
    const std::optional<std::size_t> destination = required_index("destination", list_size_ - 1);
    if (!destination) return std::nullopt;
    PatchItem item = std::move(place.items[*source]);
    place.items.erase(place.items.begin() + static_cast<std::ptrdiff_t>(*source));
    place.items.insert(place.items.begin() + static_cast<std::ptrdiff_t>(*destination), std::move(item));
    return written(place);
  }

  std::ptrdiff_t index_of_found() const { return std::max(found_.front().index(), 0); }

  const fhir::Document& document_;
  fhir::Node parameter_;
  std::string where_;
  Issues& issues_;
  std::string path_;
  EvaluationContext context_;
  std::vector<fhir::Node> found_;
  std::size_t list_size_ = 0;
};

}  // namespace

fhir::Document apply_fhirpath_patch(const fhir::Document& document, fhir::Node patch, fhir::DocumentParser& parser,
                                    Issues& issues, const FhirPatchLimits& limits) {
  auto fault = [&issues](const Message& message, std::vector<std::string> arguments) {
    issues.add({Severity::fatal, IssueType::structure, message, std::move(arguments)});
    return fhir::Document();
  };
  if (!document.has_root() || !patch || patch.type() != patch.schema().find_type("Parameters"))
    return fault(kNotParameters, {});
  fhir::Document current = parser.parse(std::string(document.source()), issues);
  std::size_t number = 0;
  for (const fhir::Node parameter : patch.children(patch.schema().find_name("parameter"))) {
    const fhir::Node name = parameter.child("name");
    if (!name || name.text() != "operation") return fault(kNotParameters, {});
    if (number >= limits.max_operations) return fault(kTooManyOperations, {std::to_string(limits.max_operations)});
    const std::optional<std::string> json_patch = Operation(current, parameter, number, issues).translate();
    if (!json_patch) return {};
    current = fhir::apply_json_patch(current, *json_patch, parser, issues);
    if (!current.has_root()) return {};
    ++number;
  }
  return current;
}

}  // namespace meridian::fhirpath
