#include "rest/bundle_references.hpp"

#include <algorithm>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "rest/exchange.hpp"
#include "rest/internal/members.hpp"
#include "rest/internal/text.hpp"

namespace meridian::rest {
namespace {

using fhir::Node;
using fhir::Primitive;

/// "http://example.org/fhir/" of "http://example.org/fhir/Patient/7"; "" when the URL does not end so.
std::string_view root_of(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return {};
  const std::size_t id = url.rfind('/');
  if (id == url.npos || id == 0 || !is_id(url.substr(id + 1))) return {};
  const std::size_t type = url.rfind('/', id - 1);
  if (type == url.npos || resource_type(url.substr(type + 1, id - type - 1)) == fhir::TypeId::none) return {};
  return url.substr(0, type + 1);
}

bool is_conditional(std::string_view reference) {
  const std::size_t mark = reference.find('?');
  return mark != reference.npos && resource_type(reference.substr(0, mark)) != fhir::TypeId::none;
}

}  // namespace

void BundleReferences::add(std::string full_url, std::string path) {
  if (!full_url.empty() && full_url != path) paths_.insert_or_assign(std::move(full_url), std::move(path));
}

const std::string* BundleReferences::path_of(std::string_view link) const {
  const auto found = paths_.find(std::string(link));
  return found == paths_.end() ? nullptr : &found->second;
}

void BundleReferences::change(Node node, std::string_view text) {
  Change change{node.offset(), {}};
  fhir::append_json_string(change.text, text);
  changes_.push_back(std::move(change));
}

Result<> BundleReferences::look_at_reference(Node node) {
  const std::string_view link = node.text();
  if (link.starts_with('#')) return {};
  if (const std::string* path = path_of(link)) {
    change(node, *path);
    return {};
  }
  if (link.starts_with("urn:uuid:") || link.starts_with("urn:oid:")) {
    return fail(ErrorCode::unprocessable, "a reference names a urn: that is the fullUrl of no entry");
  }
  if (is_conditional(link) && find_) {
    auto found = found_.find(std::string(link));
    if (found == found_.end()) found = found_.emplace(std::string(link), TRY(find_(link))).first;
    change(node, found->second);
    return {};
  }
  if (!root_.empty() && link.find(':') == link.npos) {
    if (const std::string* path = path_of(root_ + std::string(link))) change(node, *path);
  }
  return {};
}

void BundleReferences::look_at_narrative(Node node) {
  const std::string_view text = node.text();
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find('='); at != text.npos; at = text.find('=', at + 1)) {
    const std::string_view before = text.substr(0, at);
    if (!before.ends_with("href") && !before.ends_with("src")) continue;
    if (at + 1 >= text.size() || (text[at + 1] != '"' && text[at + 1] != '\'')) continue;
    const std::size_t begin = at + 2;
    const std::size_t end = text.find(text[at + 1], begin);
    if (end == text.npos) break;
    if (const std::string* path = path_of(text.substr(begin, end - begin))) {
      out += text.substr(copied, begin - copied);
      out += *path;
      copied = end;
    }
    at = end;
  }
  if (copied == 0) return;
  out += text.substr(copied);
  change(node, out);
}

Result<> BundleReferences::walk(Node node, std::size_t depth) {
  const fhir::Schema& schema = node.schema();
  for (const Node child : node.children()) {
    if (child.value_kind() == fhir::ValueKind::string && child.type() != fhir::TypeId::none) {
      const fhir::TypeInfo& type = schema.type(child.type());
      switch (type.primitive) {
        case Primitive::string:
          if (child.key() == "reference" && type_name(node) == "Reference") TRY(look_at_reference(child));
          break;
        case Primitive::uri:
        case Primitive::url:
        case Primitive::oid:
        case Primitive::uuid:
          if (const std::string* path = path_of(child.text())) change(child, *path);
          break;
        case Primitive::xhtml:
          look_at_narrative(child);
          break;
        default:
          break;
      }
    }
    if (child.has_children() && depth < fhir::DocumentLimits::kDeepest) TRY(walk(child, depth + 1));
  }
  return {};
}

Result<std::string> BundleReferences::resolved(std::string_view bundle_text, Node resource, std::string_view full_url) {
  changes_.clear();
  root_ = root_of(full_url);
  TRY(walk(resource, 0));
  std::sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) { return a.offset < b.offset; });
  const std::size_t begin = resource.offset();
  const std::size_t end = value_end(bundle_text, begin);
  std::string text;
  text.reserve(end - begin + 64);
  std::size_t copied = begin;
  for (const Change& change : changes_) {
    text += bundle_text.substr(copied, change.offset - copied);
    text += change.text;
    copied = value_end(bundle_text, change.offset);
  }
  text += bundle_text.substr(copied, end - copied);
  return text;
}

}  // namespace meridian::rest
