#include "store/internal/showing.hpp"

#include <algorithm>

#include "formats/fhir/json.hpp"
#include "search/matching.hpp"

namespace meridian::store {

namespace {

/// Writes a node without what is masked. The depth of documents is bounded, so it may recurse.
class MaskingWriter {
 public:
  explicit MaskingWriter(const std::vector<std::string>& paths) : paths_(paths) {}

  std::string write(fhir::Node root, const std::string& type) {
    std::string out = "{\"resourceType\":\"" + type + '"';
    write_members(root, type, out);
    return out += '}';
  }

 private:
  bool is_masked(const std::string& path) const {
    return std::find(paths_.begin(), paths_.end(), path) != paths_.end();
  }
  bool leads_to_masked(const std::string& path) const {
    return std::any_of(paths_.begin(), paths_.end(),
                       [&](const std::string& masked) { return masked.starts_with(path + '.'); });
  }

  void write_members(fhir::Node object, const std::string& path, std::string& out) {
    std::vector<std::string_view> done;
    for (const fhir::Node child : object.children()) {
      const std::string_view key = child.key();
      if (std::find(done.begin(), done.end(), key) != done.end()) continue;
      done.push_back(key);
      const std::string below = path + '.' + name_of(child);
      if (is_masked(below)) continue;
      write_member(object, child, key, below, out);
    }
  }
  static std::string name_of(fhir::Node child) {
    return child.name() == fhir::NameId::none ? std::string(child.key())
                                              : std::string(child.schema().name(child.name()));
  }
  void write_member(fhir::Node object, fhir::Node first, std::string_view key, const std::string& path,
                    std::string& out) {
    std::string items;
    std::string companions;
    bool has_value = false;
    bool has_companion = false;
    for (const fhir::Node item : object.children()) {
      if (item.key() != key) continue;
      if (!items.empty()) items += ',';
      if (!companions.empty()) companions += ',';
      const bool is_primitive = item.has_value() || (item.type() != fhir::TypeId::none &&
                                                     item.schema().type(item.type()).kind == fhir::TypeKind::primitive);
      if (is_primitive && !item.has_value()) {
        items += "null";
      } else {
        items += !is_primitive && leads_to_masked(path) ? object_of(item, path) : fhir::write_json(item);
        has_value = true;
      }
      // A primitive's id and extensions stand in `_key`.
      const bool is_companion = is_primitive && item.has_children();
      companions += is_companion ? object_of(item, path) : "null";
      has_companion = has_companion || is_companion;
    }
    const bool is_list = first.is_in_json_array();
    const auto put = [&](const std::string& name, const std::string& value) {
      out += ",\"" + name + "\":" + (is_list ? '[' + value + ']' : value);
    };
    if (has_value) put(std::string(key), items);
    if (has_companion) put('_' + std::string(key), companions);
  }
  std::string object_of(fhir::Node node, const std::string& path) {
    std::string members;
    write_members(node, path, members);
    return '{' + members.substr(members.empty() ? 0 : 1) + '}';
  }

  const std::vector<std::string>& paths_;
};

}  // namespace

Result<std::string> without_elements(const std::string& json, const std::vector<std::string>& paths) {
  fhir::DocumentParser parser;
  Issues issues;
  const fhir::Document document = parser.parse_borrowed(json, issues);
  if (!document.has_root()) return fail(ErrorCode::io_failure, "a stored value is damaged: run verify");
  const fhir::Node root = document.root();
  return MaskingWriter(paths).write(root, std::string(document.schema().type(root.type()).name));
}

Result<const Permission*> Showing::permission(fhir::TypeId type) const {
  if (policy_ == nullptr) return nullptr;
  auto found = permissions_.find(type);
  if (found == permissions_.end()) {
    found = permissions_.emplace(type, TRY(policy_->permission(context_, type))).first;
  }
  return &found->second;
}

Result<bool> Showing::show(Version& version) const {
  if (policy_ == nullptr) return true;
  const Permission& permission = *TRY(this->permission(fhir::Schema::r4().find_type(version.key.type)));
  if (permission.is_denied) return false;
  if (version.change == Change::deleted) return true;
  if (!permission.rows.empty()) {
    fhir::DocumentParser parser;
    Issues issues;
    const fhir::Document document = parser.parse_borrowed(version.json, issues);
    if (!document.has_root()) return fail(ErrorCode::io_failure, "a stored value is damaged: run verify");
    search::Matcher matcher(*parameters_, code_sets_, nullptr);
    search::Version facts;
    facts.id = version.key.id;
    facts.last_updated = version.last_updated;
    if (!TRY(matcher.matches(document.root(), permission.rows, facts))) return false;
  }
  if (!permission.masked.empty()) version.json = TRY(without_elements(version.json, permission.masked));
  return true;
}

}  // namespace meridian::store
