#include "formats/cda/section.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meridian::cda {
namespace {

constexpr std::array<std::pair<std::string_view, EntryKind>, 9> kKinds = {{
    {"act", EntryKind::act},
    {"encounter", EntryKind::encounter},
    {"observation", EntryKind::observation},
    {"observationMedia", EntryKind::observation_media},
    {"organizer", EntryKind::organizer},
    {"procedure", EntryKind::procedure},
    {"regionOfInterest", EntryKind::region_of_interest},
    {"substanceAdministration", EntryKind::substance_administration},
    {"supply", EntryKind::supply},
}};

std::vector<Identifier> identifiers(Element element, std::string_view name) {
  std::vector<Identifier> out;
  for (const Element each : all(element, name)) out.push_back(read_identifier(each));
  return out;
}

bool has_root(Element element, std::string_view root) {
  for (const Element each : all(element, "templateId")) {
    if (each.attribute("root") == root) return true;
  }
  return false;
}

void add_statements(Element parent, std::vector<Entry>& out) {
  for (Element each = parent.first_child(); each; each = each.next()) {
    if (const std::optional<EntryKind> kind = entry_kind(each.name())) out.emplace_back(each, *kind);
  }
}

std::vector<Section> sections_in(Element parent) {
  std::vector<Section> out;
  for (const Element component : all(parent, "component")) {
    if (const Element section = component.child("section")) out.emplace_back(section);
  }
  return out;
}

}  // namespace

std::string_view name(EntryKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].first;
}

std::optional<EntryKind> entry_kind(std::string_view element_name) {
  for (const auto& [name, kind] : kKinds) {
    if (name == element_name) return kind;
  }
  return std::nullopt;
}

bool Entry::has_template(std::string_view root) const {
  return has_root(element_, root);
}
std::vector<Identifier> Entry::templates() const {
  return identifiers(element_, "templateId");
}
std::vector<Identifier> Entry::ids() const {
  return identifiers(element_, "id");
}

std::vector<Element> Entry::times() const {
  std::vector<Element> out;
  for (const Element each : all(element_, "effectiveTime")) out.push_back(each);
  return out;
}
std::vector<Element> Entry::values() const {
  std::vector<Element> out;
  for (const Element each : all(element_, "value")) out.push_back(each);
  return out;
}

std::vector<Entry::Related> Entry::related() const {
  std::vector<Related> out;
  for (Element each = element_.first_child(); each; each = each.next()) {
    if (each.name() != "component" && each.name() != "entryRelationship") continue;
    std::vector<Entry> within;
    add_statements(each, within);
    for (const Entry& entry : within) {
      const std::string_view type = each.attribute("typeCode");
      out.push_back({type.empty() ? "COMP" : type, each.attribute("inversionInd") == "true", entry});
    }
  }
  return out;
}

bool Section::has_template(std::string_view root) const {
  return has_root(element_, root);
}
std::vector<Identifier> Section::templates() const {
  return identifiers(element_, "templateId");
}
std::vector<Entry> Section::entries() const {
  std::vector<Entry> out;
  for (const Element entry : all(element_, "entry")) add_statements(entry, out);
  return out;
}
std::vector<Section> Section::sections() const {
  return sections_in(element_);
}

std::vector<Section> sections_of(const Document& document) {
  const Element root = document.root();
  if (root.is("section")) return {Section(root)};
  if (root.is("structuredBody")) return sections_in(root);
  if (!root.is("ClinicalDocument")) return sections_in(root.is("component") ? Element() : root);
  std::vector<Section> out;
  for (const Element component : all(root, "component")) {
    for (const Section& section : sections_in(component.child("structuredBody"))) out.push_back(section);
  }
  return out;
}

std::vector<Entry> entries_of(const Document& document) {
  std::vector<Entry> out;
  const Element root = document.root();
  if (const std::optional<EntryKind> kind = entry_kind(root.name())) {
    out.emplace_back(root, *kind);
  } else if (!root.is("ClinicalDocument") && !root.is("section")) {
    add_statements(root, out);
  }
  return out;
}

}  // namespace meridian::cda
