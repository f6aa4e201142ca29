// The part of the evaluator that knows documents: which elements make what, how paths find values in them, and who and
// what an II says.
#include <algorithm>

#include "base/base64.hpp"
#include "formats/cda/data_type.hpp"
#include "formats/cda/section.hpp"
#include "formats/tree/document.hpp"
#include "mapping/internal/evaluator.hpp"
#include "mapping/internal/template_values.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"
#include "units/unit.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr char kBetween = '\x1f';
constexpr std::string_view kUriSystem = "urn:ietf:rfc:3986";

/// Letters and digits in lower case: names are written in many ways.
std::string simple(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
      out += c;
    }
  }
  return out;
}

/// Among what an id must be one thing's: statements of a kind, organizations, or people and devices in any role.
std::string_view kind_of(tree::Element element) {
  if (cda::entry_kind(element.name())) return element.name();
  return element.name().ends_with("Organization") ? "organization" : "role";
}

/// What tells a person, a device or an organization from another one; empty where it has no name.
std::string name_of_role(tree::Element element) {
  if (const tree::Element device = element.child("playingDevice")) {
    return simple(device.child("code").attribute("code")) + simple(device.child("manufacturerModelName").all_text());
  }
  tree::Element name = element.child("name");
  for (const std::string_view person : {"assignedPerson", "associatedPerson", "playingEntity", "guardianPerson"}) {
    if (!name) name = element.child(person).child("name");
  }
  const tree::Element family = name.child("family");
  return family ? simple(family.text()) + simple(name.child("given").text()) : simple(name.all_text());
}

/// What tells a statement from another one that was given the same id.
std::string fingerprint(tree::Element element) {
  if (!cda::entry_kind(element.name())) return name_of_role(element);
  std::string out(element.name());
  const auto add = [&out](std::string_view text) { out += kBetween + std::string(text); };
  const tree::Element value = element.child("value");
  const tree::Element time = element.child("effectiveTime");
  add(element.child("code").attribute("code"));
  add(value.attribute("code"));
  add(value.attribute("value"));
  add(time.attribute("value"));
  add(time.child("low").attribute("value"));
  add(time.child("high").attribute("value"));
  add(element.child("participant").child("participantRole").child("playingDevice").child("code").attribute("code"));
  const tree::Element product =
      element.child(element.is("supply") ? "product" : "consumable").child("manufacturedProduct");
  add(product.child("manufacturedMaterial").child("code").attribute("code"));
  return out;
}

std::string key_of(const cda::Identifier& id) {
  return std::string(id.root) + kBetween + std::string(id.extension);
}

std::string uri_of_root(std::string_view root) {
  if (cda::is_oid(root)) return "urn:oid:" + std::string(root);
  if (!cda::is_uuid(root)) return {};
  std::string out = "urn:uuid:";
  for (const char c : root) out += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// A TEL's scheme and what follows it.
std::pair<std::string_view, std::string_view> split_url(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon > 8) return {{}, url};  // none, or it comes too late
  const std::string_view scheme = url.substr(0, colon);
  const bool is_scheme = !scheme.empty() && std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return is_scheme ? std::pair(scheme, url.substr(colon + 1)) : std::pair(std::string_view(), url);
}

std::string_view contact_system(std::string_view url) {
  const std::string_view scheme = split_url(url).first;
  if (scheme == "tel" || scheme == "TEL" || scheme == "Tel") return "phone";
  if (scheme == "mailto") return "email";
  if (scheme == "fax" || scheme == "x-text-fax") return "fax";
  if (scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "file" || scheme == "nfs") return "url";
  if (url.find('@') != std::string_view::npos) return "email";
  return url.find_first_of("0123456789") != std::string_view::npos ? "phone" : "other";
}

}  // namespace

void Evaluator::run(const MessageMap& map, const tree::Document& document, Issues& issues) {
  begin(issues);
  document_ = &document;
  narrative_ = cda::NarrativeIndex(document);
  seen_around_.assign(plan_.places.size(), {});
  place_elements();
  find_shared_ids();
  make_from_elements(map);
  fill_from_elements();
}

Origin Evaluator::origin_at(tree::Element element) const {
  return origin_of_element(element.number(), is_record_ ? kOfRecord : kOfDocument);
}

/// Sections and statements stand within each other; the header and all it makes belong to the document.
void Evaluator::place_elements() {
  grouping_.assign_document();
  instance_of_.assign(document_->element_count() + std::size_t{1}, 0);
  for (std::uint32_t i = 1; i <= document_->element_count(); ++i) {
    const tree::Element element = document_->element(i);
    const int outer = instance_of_[element.parent().number()];
    const bool is_section = element.is("section");
    const bool is_statement = cda::entry_kind(element.name()) && !element.parent().is("encompassingEncounter");
    instance_of_[i] = is_section || is_statement ? grouping_.add(outer, is_section) : outer;
  }
}

/// Ids that stand for several things in this document, as happens in what was copied and changed.
void Evaluator::find_shared_ids() {
  identified_.clear();
  for (std::uint32_t i = 1; i <= document_->element_count(); ++i) {
    const tree::Element element = document_->element(i);
    if (!element.child("id") || element.is("ClinicalDocument")) continue;
    const std::string print = fingerprint(element);
    if (print.empty()) continue;
    for (const tree::Element id : tree::all(element, "id")) {
      const auto [found, added] =
          identified_.try_emplace(std::string(kind_of(element)) + kBetween + key_of(cda::read_identifier(id)), print);
      if (!added && found->second != print) found->second.clear();
    }
  }
}

Evaluator::Scope Evaluator::scope_of(tree::Element element) const {
  Scope scope;
  scope.element = element;
  scope.instance = instance_of_[element.number()];
  scope.input = Input(PlaceValue{element});
  scope.origin = origin_at(element);
  return scope;
}

void Evaluator::make_from_elements(const MessageMap& map) {
  std::unordered_map<std::string_view, std::vector<const Action*>> actions;
  for (const Action& action : map.groups[0].actions) actions[action.element].push_back(&action);
  for (std::uint32_t i = 1; i <= document_->element_count(); ++i) {
    const tree::Element element = document_->element(i);
    const auto found = element.name().empty() ? actions.end() : actions.find(element.name());
    bool is_decided = false;
    const Scope scope = scope_of(element);
    if (found != actions.end()) {
      for (const Action* action : found->second) {
        if ((is_decided && !action->is_also) || (action->when != kNone && !holds(action->when, scope))) continue;
        is_decided = is_decided || !action->is_also;
        if (!make_from(*action, scope)) return;
      }
    }
    if (!is_decided && !is_record_ && element.parent().is("entry") && cda::entry_kind(element.name())) {
      complain(Severity::information, kSegmentDropped, {std::string(element.name())}, scope.origin);
    }
  }
}

/// False: there is no room for more.
bool Evaluator::make_from(const Action& action, const Scope& scope) {
  if (action.is_skip) {
    if (action.is_said)
      complain(Severity::information, kSegmentDropped, {std::string(scope.element.name())}, scope.origin);
    return true;
  }
  if (action.make == fhir::TypeId::none) {
    made_.push_back({scope.element.number(), &action, 0, true});
    return true;
  }
  if (!has_room(scope)) return false;
  Uuid id;
  if (!identify(action.identity, action.make, scope, id)) {
    complain(Severity::information, kNoIdentity, {std::string(plan_.schema->type(action.make).name)}, scope.origin);
    return true;
  }
  bool is_new = false;
  const std::uint32_t resource = builder_.resource(action.make, id, is_new);
  grouping_.instances()[static_cast<std::size_t>(scope.instance)].bound.emplace_back(action.name, resource);
  if (is_new) {
    builder_.at(resource).rank = action.rank;
    builder_.at(resource).is_transient = action.is_transient;
  }
  made_.push_back({scope.element.number(), &action, resource, is_new});
  return true;
}

void Evaluator::fill_from_elements() {
  for (const Made& made : made_) {
    if (!made.fills) continue;
    const Scope scope = scope_of(document_->element(static_cast<std::uint32_t>(made.segment)));
    Frame frame;
    frame.is_top = true;
    frame.resource = made.resource;
    if (made.action->make == fhir::TypeId::none) {
      const int resource = grouping_.find_bound(scope.instance, made.action->name);
      if (resource < 0) continue;
      frame.resource = static_cast<std::uint32_t>(resource);
    }
    frame.container = builder_.at(frame.resource).root;
    frame.labels = labels_.size();
    run_rows(made.action->rows, scope, frame);
    labels_.resize(frame.labels);
    for (const int map : made.action->maps) run_map(map, scope, frame);
  }
}

std::vector<PlaceValue> Evaluator::places(const SourcePath& path, const Scope& scope) {
  const auto index = static_cast<std::size_t>(path.place);
  const Place& place = plan_.places[index];
  std::vector<PlaceValue> found;
  if (place.from != Place::From::around) {
    find_places(place, scope.element, limits_.max_nodes, found);
    return found;
  }
  const tree::Element around = scope.element.around(place.anchor);
  if (!around) return found;
  Seen& seen = seen_around_[index];
  if (seen.around != around) {
    seen.around = around;
    seen.found.clear();
    find_places(place, scope.element, limits_.max_nodes, seen.found);
  }
  return seen.found;
}

/// Whether the path held anything. Each thing it finds goes to an item of its own where the target has a list.
bool Evaluator::apply_places(const Row& row, const SourcePath& path, const Scope& scope, const Frame& frame) {
  const bool is_repeated = row.target.last_list != kNone || row.target.steps.empty();
  bool is_found = false;
  std::uint32_t number = 0;
  for (const PlaceValue& value : places(path, scope)) {
    if (!value.exists() || is_full_) continue;
    Source source;
    source.input = Input(value);
    source.origin = origin_at(value.element);
    source.repetition = ++number;
    source.presence = hl7v2::Presence::value;
    is_found = true;
    apply(row, source, scope, frame);
    if (!is_repeated) break;
  }
  return is_found;
}

std::string Evaluator::authority_of_root(std::string_view root) const {
  for (const AuthorityAlias& alias : context_.authorities) {
    if (alias.name == root) return alias.system;
  }
  return uri_of_root(root);
}

bool Evaluator::convert_element(const Row& row, const Source& source, std::string& out) {
  const tree::Element element = source.input.element();
  switch (row.convert) {
    case Convert::ii_system: {
      const cda::Identifier id = cda::read_identifier(element);
      const auto known = plan_.systems.find(id.root);
      // A root that we made of a URI, which stands beside it.
      if (!id.authority.empty() && id.root == root_of_uri(id.authority)) {
        out = clean(id.authority);
        break;
      }
      out = id.extension.empty()           ? std::string(uri_of_root(id.root).empty() ? "" : kUriSystem)
            : known != plan_.systems.end() ? known->second
                                           : authority_of_root(id.root);
      break;
    }
    case Convert::ii_value: {
      const cda::Identifier id = cda::read_identifier(element);
      out = id.extension.empty() ? uri_of_root(id.root) : clean(trimmed(id.extension));
      break;
    }
    case Convert::narrative:
      out = clean(cda::text_of(element, narrative_));
      break;
    case Convert::xhtml:
      out = clean(cda::to_xhtml(element));
      break;
    case Convert::ucum:
    case Convert::ucum_system: {
      std::string buffer;
      const std::string_view unit = source.input.text(buffer);
      if (!units::Unit::parse(unit)) return false;
      out = row.convert == Convert::ucum ? unit : std::string_view("http://unitsofmeasure.org");
      break;
    }
    case Convert::telecom: {
      std::string buffer;
      const std::string_view url = trimmed(source.input.text(buffer));
      out = contact_system(url) == "url" ? std::string(url) : std::string(trimmed(split_url(url).second));
      break;
    }
    case Convert::system_of_contact: {
      std::string buffer;
      out = contact_system(trimmed(source.input.text(buffer)));
      break;
    }
    case Convert::media_type: {
      Issues ignored;
      out = cda::read_attachment(*document_, element, ignored).media_type;
      break;
    }
    case Convert::bytes:
      out = to_base64(cda::read_attachment(*document_, element, *issues_).bytes);
      break;
    default:
      break;
  }
  return !out.empty();
}

/// The first II that is one: not null, and with an extension where its root is whose numbers they are.
bool Evaluator::attempt_ii(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, const std::string& kind,
                           Uuid& id) {
  for (const PlaceValue& found : places(attempt.of, scope)) {
    const cda::Identifier given = cda::read_identifier(found.element);
    const std::string root = uri_of_root(given.root);
    if (root.empty() || (given.extension.empty() && plan_.systems.contains(given.root))) continue;
    const bool is_whole = trimmed(given.extension).empty();
    std::string text = kind + std::string(is_whole ? std::string_view(root) : trimmed(given.extension));
    const std::string key = std::string(kind_of(scope.element)) + kBetween + key_of(given);
    const auto shared = identified_.find(key);
    if (shared != identified_.end() && shared->second.empty()) text += kBetween + fingerprint(scope.element);
    id = make_id(type, is_whole ? std::string(kUriSystem) : authority_of_root(given.root), text);
    return true;
  }
  return false;
}

}  // namespace meridian::mapping::internal
