#include <algorithm>

#include "validation/internal/primitive_format.hpp"
#include "validation/internal/reference_rules.hpp"
#include "validation/internal/walk.hpp"

namespace meridian::validation::internal {

using fhir::Node;
using fhir::TypeId;

namespace {

bool is_resource_type(const fhir::Schema& schema, std::string_view name) {
  const TypeId type = schema.find_type(name);
  return type != TypeId::none && schema.type(type).kind == fhir::TypeKind::resource;
}

// `…/Type/id` at the end of a path.
bool take_type_and_id(const fhir::Schema& schema, std::string_view path, ReferenceParts& parts) {
  const std::size_t id = path.rfind('/');
  if (id == std::string_view::npos || !is_id(path.substr(id + 1))) return false;
  const std::size_t type = path.substr(0, id).rfind('/');
  const std::string_view name =
      path.substr(type == std::string_view::npos ? 0 : type + 1, id - (type == std::string_view::npos ? 0 : type + 1));
  if (!is_resource_type(schema, name)) return false;
  parts.type = name;
  parts.id = path.substr(id + 1);
  parts.base = type == std::string_view::npos ? std::string_view() : path.substr(0, type);
  return true;
}

}  // namespace

ReferenceParts take_apart(const fhir::Schema& schema, std::string_view reference) {
  using Form = ReferenceParts::Form;
  ReferenceParts parts;
  const std::size_t hash = reference.find('#');
  if (hash != std::string_view::npos) parts.fragment = reference.substr(hash + 1);
  std::string_view path = reference.substr(0, hash);
  if (path.empty()) {
    parts.form = Form::fragment;
    return parts;
  }
  const std::size_t history = path.find("/_history/");
  if (history != std::string_view::npos) {
    parts.version = path.substr(history + 10);
    path = path.substr(0, history);
  }
  parts.whole = path;
  if (is_absolute_uri(path)) {
    parts.form = Form::absolute;
    if (path.starts_with("http")) take_type_and_id(schema, path, parts);
    return parts;
  }
  const std::size_t question = path.find('?');
  if (question != std::string_view::npos) {
    parts.form = is_resource_type(schema, path.substr(0, question)) ? Form::conditional : Form::malformed;
    parts.type = path.substr(0, question);
    return parts;
  }
  if (take_type_and_id(schema, path, parts) && parts.base.empty()) parts.form = Form::relative;
  return parts;
}

ReferenceIndex::ReferenceIndex(const Walk& walk) : walk_(walk) {
  const auto& scopes = walk.scopes();
  for (std::uint32_t index = 0; index < scopes.size(); ++index) {
    const Scope& scope = scopes[index];
    const Node id = scope.resource.child(walk.names().id);
    if (scope.place == Place::contained && id) contained_.push_back({scope.container, id.text(), index});
    if (scope.place != Place::bundle_entry) continue;
    if (!scope.full_url.empty()) entries_.push_back({scope.outer, scope.full_url, index});
    if (id) by_type_and_id_.push_back({scope.outer, scope.resource.type(), id.text(), index});
  }
  std::ranges::sort(entries_);
  std::ranges::sort(contained_);
  std::ranges::sort(by_type_and_id_);
}

std::uint32_t ReferenceIndex::entry_of(std::uint32_t scope) const {
  const auto& scopes = walk_.scopes();
  while (scope != kNoScope && scopes[scope].place != Place::bundle_entry) scope = scopes[scope].outer;
  return scope;
}

std::uint32_t ReferenceIndex::bundle_of(std::uint32_t scope) const {
  const std::uint32_t entry = entry_of(scope);
  return entry == kNoScope ? kNoScope : walk_.scopes()[entry].outer;
}

ReferenceIndex::Target ReferenceIndex::resolve(std::string_view reference, std::uint32_t from) const {
  const auto& scopes = walk_.scopes();
  const ReferenceParts parts = take_apart(walk_.schema(), reference);
  if (parts.form == ReferenceParts::Form::fragment) {
    const std::uint32_t container = scopes[from].container;
    if (parts.fragment.empty()) return {container, 1, false};
    const auto first = std::ranges::lower_bound(contained_, Contained{container, parts.fragment, 0});
    if (first == contained_.end() || first->container != container || first->id != parts.fragment) {
      return {kNoScope, 0, false};
    }
    const auto next = first + 1;
    const bool twice = next != contained_.end() && next->container == container && next->id == parts.fragment;
    return {first->scope, twice ? 2U : 1U, false};
  }
  // Outwards through Bundles within Bundles.
  Target best{kNoScope, 0, false};
  for (std::uint32_t at = entry_of(from); at != kNoScope; at = entry_of(scopes[at].outer)) {
    const Target found = in_bundle(parts, at);
    if (found.scope != kNoScope) return found;
    best.is_similar |= found.is_similar;
    if (scopes[at].outer == kNoScope) break;
  }
  return best;
}

ReferenceIndex::Target ReferenceIndex::by_full_url(std::uint32_t bundle, std::string_view full_url,
                                                   std::string_view version) const {
  const auto [first, last] =
      std::ranges::equal_range(entries_, std::pair(bundle, full_url), {},
                               [](const Entry& entry) { return std::pair(entry.bundle, entry.full_url); });
  if (first == last) return {kNoScope, 0, false};
  if (version.empty()) return {first->scope, static_cast<std::uint32_t>(last - first), false};
  // Versions of one resource are few; where somebody has made them many, the first of them will do.
  constexpr std::ptrdiff_t kMostVersions = 1000;
  Target found{kNoScope, 0, false};
  for (const Entry& entry : std::ranges::subrange(first, first + std::min(last - first, kMostVersions))) {
    const Node meta = walk_.scopes()[entry.scope].resource.child(walk_.names().meta);
    const Node id = meta ? meta.child("versionId") : Node();
    if (id && id.text() == version && found.count++ == 0) found.scope = entry.scope;
  }
  return found;
}

// https://hl7.org/fhir/R4/bundle.html#references
ReferenceIndex::Target ReferenceIndex::in_bundle(const ReferenceParts& parts, std::uint32_t from) const {
  const Scope& entry = walk_.scopes()[from];
  Target found{kNoScope, 0, false};
  if (parts.form == ReferenceParts::Form::absolute) {
    found = by_full_url(entry.outer, parts.whole, parts.version);
  } else if (parts.form == ReferenceParts::Form::relative) {
    // A relative reference is relative to the server that the entry's fullUrl names.
    const ReferenceParts own = take_apart(walk_.schema(), entry.full_url);
    if (!own.type.empty() && !own.base.empty()) {
      std::string full_url(own.base);
      full_url.append("/").append(parts.type).append("/").append(parts.id);
      found = by_full_url(entry.outer, full_url, parts.version);
    } else if (entry.full_url.empty()) {
      found = by_full_url(entry.outer, parts.whole, parts.version);
    } else if (entry.full_url.starts_with("urn:uuid:")) {
      found = by_full_url(entry.outer, "urn:uuid:" + std::string(parts.id), parts.version);
    }
  }
  if (found.scope == kNoScope && !parts.type.empty()) {
    const TypeAndId wanted{entry.outer, walk_.schema().find_type(parts.type), parts.id, 0};
    const auto at = std::ranges::lower_bound(by_type_and_id_, wanted);
    found.is_similar =
        at != by_type_and_id_.end() && at->bundle == wanted.bundle && at->type == wanted.type && at->id == wanted.id;
  }
  return found;
}

}  // namespace meridian::validation::internal
