#include "formats/fhir/patch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/fhir/internal/json_pointer.hpp"
#include "formats/fhir/internal/json_value.hpp"
#include "formats/fhir/internal/patch_messages.hpp"

namespace meridian::fhir {

namespace {

using internal::JsonMember;
using internal::JsonPointer;
using internal::JsonValue;

constexpr std::size_t kShownLength = 200;

DocumentLimits no_deeper_than_allowed(DocumentLimits limits) {
  if (limits.max_depth > DocumentLimits::kDeepest) limits.max_depth = DocumentLimits::kDeepest;
  return limits;
}

/// Applies the operations of one JSON Patch to one tree. Every function returns false when it has reported a fault.
class JsonPatch {
 public:
  JsonPatch(JsonValue& root, const PatchLimits& limits, Issues& issues)
      : root_(root), limits_(limits), issues_(issues), max_depth_(no_deeper_than_allowed(limits.document).max_depth) {}

  bool apply(const JsonValue& patch) {
    if (patch.kind != JsonKind::array) return fail(IssueType::structure, internal::kPatchNotArray);
    if (patch.items.size() > limits_.max_operations) {
      return fail(IssueType::too_costly, internal::kTooManyOperations,
                  {std::to_string(patch.items.size()), std::to_string(limits_.max_operations)});
    }
    for (const JsonValue& operation : patch.items) {
      place_ = "patch[" + std::to_string(index_++) + "]";
      if (!apply_one(operation)) return false;
    }
    return true;
  }

 private:
  /// RFC 6902, section 4.
  bool apply_one(const JsonValue& operation) {
    if (operation.kind != JsonKind::object) return fail(IssueType::structure, internal::kOperationNotObject);
    const std::string* op = text_of(operation, "op");
    const std::string* path = op == nullptr ? nullptr : text_of(operation, "path");
    if (path == nullptr) return false;
    path_ = *path;
    JsonPointer to;
    if (!pointer(*path, to)) return false;
    const JsonMember* value = operation.find("value");
    if (*op == "add" || *op == "replace" || *op == "test") {
      if (value == nullptr) return fail(IssueType::structure, internal::kOperationLacksValue);
      if (!spend(internal::weight(value->value))) return false;
      if (*op == "add") return add(to, value->value);
      return *op == "replace" ? replace(to, value->value) : test(to, value->value);
    }
    if (*op == "remove") {
      JsonValue removed;
      return remove(to, removed);
    }
    if (*op == "move" || *op == "copy") {
      const std::string* from = text_of(operation, "from");
      JsonPointer source;
      if (from == nullptr || !pointer(*from, source)) return false;
      return *op == "move" ? move(source, *from, to) : copy(source, *from, to);
    }
    return fail(IssueType::structure, internal::kUnknownOperation, {shown(*op)});
  }

  /// Section 4.1.
  bool add(const JsonPointer& to, JsonValue value) {
    if (to.size() + internal::depth(value) > max_depth_) {
      return fail(IssueType::too_costly, internal::kPatchTooDeep, {std::to_string(max_depth_)});
    }
    if (to.empty()) {
      root_ = std::move(value);
      return true;
    }
    JsonValue* parent = follow(to, to.size() - 1);
    if (parent == nullptr) return false;
    const std::string& last = to.back();
    if (parent->kind == JsonKind::object) {
      if (!spend(parent->members.size())) return false;
      if (JsonMember* member = parent->find(last); member != nullptr) {
        member->value = std::move(value);
      } else {
        parent->members.push_back({last, std::move(value)});
      }
      return true;
    }
    if (parent->kind != JsonKind::array) return nowhere();
    std::vector<JsonValue>& items = parent->items;
    const auto index = last == "-" ? std::optional(items.size()) : internal::array_index(last, items.size() + 1);
    if (!index) return nowhere();
    if (!spend(items.size() - *index)) return false;
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return true;
  }

  /// Section 4.2.
  bool remove(const JsonPointer& from, JsonValue& removed) {
    if (from.empty()) return fail(IssueType::structure, internal::kRemovesRoot);
    JsonValue* parent = follow(from, from.size() - 1);
    if (parent == nullptr) return false;
    if (parent->kind == JsonKind::object) {
      if (!spend(parent->members.size())) return false;
      JsonMember* member = parent->find(from.back());
      if (member == nullptr) return nowhere();
      removed = std::move(member->value);
      parent->members.erase(parent->members.begin() + (member - parent->members.data()));
      return true;
    }
    if (parent->kind != JsonKind::array) return nowhere();
    std::vector<JsonValue>& items = parent->items;
    const auto index = internal::array_index(from.back(), items.size());
    if (!index) return nowhere();
    if (!spend(items.size() - *index)) return false;
    removed = std::move(items[*index]);
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*index));
    return true;
  }

  /// Section 4.3: the target keeps its place.
  bool replace(const JsonPointer& to, const JsonValue& value) {
    if (to.size() + internal::depth(value) > max_depth_) {
      return fail(IssueType::too_costly, internal::kPatchTooDeep, {std::to_string(max_depth_)});
    }
    JsonValue* target = follow(to, to.size());
    if (target == nullptr) return false;
    *target = value;
    return true;
  }

  /// Section 4.4.
  bool move(const JsonPointer& from, const std::string& from_text, const JsonPointer& to) {
    if (from == to) return follow(from, from.size()) != nullptr;
    if (from.size() < to.size() && std::equal(from.begin(), from.end(), to.begin())) {
      return fail(IssueType::structure, internal::kMovesIntoItself, {shown(from_text)});
    }
    JsonValue value;
    const std::string target = std::exchange(path_, from_text);
    if (!remove(from, value)) return false;
    path_ = target;
    return spend(internal::weight(value)) && add(to, std::move(value));
  }

  /// Section 4.5.
  bool copy(const JsonPointer& from, const std::string& from_text, const JsonPointer& to) {
    const std::string target = std::exchange(path_, from_text);
    const JsonValue* source = follow(from, from.size());
    if (source == nullptr || !spend(internal::weight(*source))) return false;
    path_ = target;
    return add(to, *source);
  }

  /// Section 4.6.
  bool test(const JsonPointer& at, const JsonValue& expected) {
    const JsonValue* target = follow(at, at.size());
    if (target == nullptr) return false;
    if (internal::equal(*target, expected)) return true;
    return fail(IssueType::processing, internal::kTestFailed, {shown(path_)});
  }

  JsonValue* follow(const JsonPointer& pointer, std::size_t steps) {
    std::size_t work = steps;
    JsonValue* found = internal::follow(root_, pointer, steps, work);
    if (!spend(work)) return nullptr;
    if (found == nullptr) nowhere();
    return found;
  }

  const std::string* text_of(const JsonValue& operation, std::string_view key) {
    const JsonMember* member = operation.find(key);
    if (member != nullptr && member->value.kind == JsonKind::string) return &member->value.text;
    fail(IssueType::structure, internal::kOperationLacks, {std::string(key)});
    return nullptr;
  }

  bool pointer(const std::string& text, JsonPointer& tokens) {
    auto parsed = internal::parse_pointer(text);
    if (!parsed) return fail(IssueType::structure, internal::kBadPointer, {shown(text)});
    tokens = *std::move(parsed);
    return true;
  }

  bool spend(std::size_t work) {
    work_ += work;
    if (work_ <= limits_.max_work) return true;
    return fail(IssueType::too_costly, internal::kPatchTooCostly, {std::to_string(limits_.max_work)});
  }

  bool nowhere() { return fail(IssueType::not_found, internal::kPointsNowhere, {shown(path_)}); }

  bool fail(IssueType type, const Message& message, std::vector<std::string> arguments = {}) {
    issues_.add({Severity::fatal, type, message, std::move(arguments), place_});
    return false;
  }

  static std::string shown(const std::string& text) { return text.substr(0, kShownLength); }

  JsonValue& root_;
  const PatchLimits& limits_;
  Issues& issues_;
  std::size_t max_depth_;
  std::size_t work_ = 0;
  std::size_t index_ = 0;
  std::string place_ = "patch";
  std::string path_;  // of the operation, as its text
};

/// RFC 7386, section 2. Objects of both sides are stepped through together, so `work` bounds large ones.
bool merge(JsonValue& target, const JsonValue& patch, std::size_t& work, std::size_t max_work) {
  if (patch.kind != JsonKind::object) {
    target = patch;
    return true;
  }
  if (target.kind != JsonKind::object) {
    target = {};
    target.kind = JsonKind::object;
  }
  for (const JsonMember& member : patch.members) {
    work += target.members.size() + 1;
    if (work > max_work) return false;
    JsonMember* found = target.find(member.key);
    if (member.value.kind == JsonKind::null) {
      if (found != nullptr) target.members.erase(target.members.begin() + (found - target.members.data()));
      continue;
    }
    if (found == nullptr) {
      target.members.push_back({member.key, {}});
      found = &target.members.back();
    }
    if (!merge(found->value, member.value, work, max_work)) return false;
  }
  return true;
}

bool read_both(const Document& document, std::string_view patch_text, const PatchLimits& limits, JsonValue& root,
               JsonValue& patch, Issues& issues) {
  if (!document.has_root()) {
    issues.add({Severity::fatal, IssueType::processing, internal::kNothingToPatch});
    return false;
  }
  return internal::read_json(patch_text, limits.document, patch, issues) &&
         internal::read_json(document.source(), limits.document, root, issues);
}

Document parse_result(const JsonValue& root, DocumentParser& parser, Issues& issues) {
  JsonWriter json;
  internal::write_json(root, json);
  return parser.parse(std::move(json).take(), issues);
}

}  // namespace

Document apply_json_patch(const Document& document, std::string_view patch_text, DocumentParser& parser, Issues& issues,
                          const PatchLimits& limits) {
  JsonValue root;
  JsonValue patch;
  if (!read_both(document, patch_text, limits, root, patch, issues)) return {};
  if (!JsonPatch(root, limits, issues).apply(patch)) return {};
  return parse_result(root, parser, issues);
}

Document apply_merge_patch(const Document& document, std::string_view patch_text, DocumentParser& parser,
                           Issues& issues, const PatchLimits& limits) {
  JsonValue root;
  JsonValue patch;
  if (!read_both(document, patch_text, limits, root, patch, issues)) return {};
  std::size_t work = 0;
  if (!merge(root, patch, work, limits.max_work)) {
    issues.add({Severity::fatal, IssueType::too_costly, internal::kPatchTooCostly, {std::to_string(limits.max_work)}});
    return {};
  }
  return parse_result(root, parser, issues);
}

}  // namespace meridian::fhir
