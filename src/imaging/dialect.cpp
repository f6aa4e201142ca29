#include "imaging/dialect.hpp"

#include <algorithm>

#include "connect/declaration.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/query.hpp"

namespace meridian::imaging {
namespace {

using connect::DeclarationReader;
using dicom::DataSet;
using dicom::Element;
using dicom::Tag;

/// "(0029,xx08)": the tag without its block.
std::optional<Tag> private_tag(const std::string& text) {
  if (text.size() != 11 || text.compare(6, 2, "xx") != 0) return std::nullopt;
  std::string whole = text;
  whole.replace(6, 2, "00");
  const std::optional<Tag> tag = dicom::parse_tag(whole);
  return tag && tag->is_private() ? tag : std::nullopt;
}

std::optional<Tag> public_tag(DeclarationReader& reader, const YAML::Node& node) {
  const auto text = node.as<std::string>(std::string());
  const std::optional<Tag> tag = dicom::parse_tag(text);
  if (!tag || dicom::vr_of(*tag) == dicom::Vr::sq) {
    reader.fault(node, "\"" + text + "\" is no element with a value; one is PatientID, or (0010,0020)");
    return std::nullopt;
  }
  return tag;
}

std::vector<Attribute> read_attributes(DeclarationReader& reader, const YAML::Node& map) {
  std::vector<Attribute> out;
  for (const auto& entry : map) {
    const std::optional<Tag> tag = public_tag(reader, entry.first);
    if (!entry.second.IsScalar()) reader.fault(entry.second, "this must be a text");
    if (tag) out.push_back({*tag, dicom::vr_of(*tag), entry.second.as<std::string>(std::string())});
  }
  return out;
}

void read_dialect(DeclarationReader& reader, const YAML::Node& root, Dialect& dialect) {
  reader.keys(root, {"dialect", "about", "when", "character_set", "set", "take"});
  dialect.name = reader.text(root, "dialect", true);
  reader.text(root, "about");
  dialect.when = read_attributes(reader, reader.map_in(root, "when", true));
  if (dialect.when.empty()) reader.fault(root, "\"when\" must say by what these machines are known");
  if (const std::string terms = reader.text(root, "character_set"); !terms.empty()) {
    dialect.character_set = dicom::CharacterSet::of(terms);
    if (dialect.character_set->has_unknown()) {
      reader.fault(root["character_set"], "\"" + terms + "\" is no character set of DICOM; one is GB18030");
    }
  }
  dialect.set = read_attributes(reader, reader.map_in(root, "set"));
  for (const auto& entry : reader.map_in(root, "take")) {
    const std::optional<Tag> tag = public_tag(reader, entry.first);
    if (!entry.second.IsMap()) {
      reader.fault(entry.second, "where it is taken from is a map: from, creator");
      continue;
    }
    reader.keys(entry.second, {"from", "creator"});
    const std::optional<Tag> from = private_tag(reader.text(entry.second, "from", true));
    if (!from) reader.fault(entry.second, "\"from\" is a private element with its block left open: (0029,xx08)");
    PrivateElement element{from.value_or(Tag()), reader.text(entry.second, "creator", true)};
    if (tag && from) dialect.take.emplace_back(*tag, std::move(element));
  }
}

bool fits(const Dialect& dialect, const DataSet& set) {
  return std::ranges::all_of(dialect.when, [&](const Attribute& key) {
    const std::string value = dicom::text(set, key.tag);
    return key.value.empty() ? value.empty() : matches(key, value);
  });
}

/// PS3.5, 7.8.1: (gggg,00bb) names whose the elements (gggg,bbxx) are.
const Element* find(const DataSet& set, const PrivateElement& wanted) {
  for (std::uint16_t block = 0x10; block <= 0xFF; ++block) {
    const Tag creator(wanted.tag.group, block);
    if (dicom::text(set, creator) != wanted.creator) continue;
    return set.find(Tag(wanted.tag.group, static_cast<std::uint16_t>(block << 8 | wanted.tag.element)));
  }
  return nullptr;
}

bool says_nothing_of(const DataSet& set, Tag tag) {
  const Element* const element = set.find(tag);
  return element == nullptr || (element->value.empty() && element->items.empty());
}

void put(DataSet& set, Element element) {
  const auto same = std::ranges::find(set.elements, element.tag, &Element::tag);
  if (same != set.elements.end()) {
    *same = std::move(element);
    return;
  }
  const auto at = std::ranges::find_if(set.elements, [&](const Element& one) { return one.tag > element.tag; });
  set.elements.insert(at, std::move(element));
}

void speak(DataSet& set, const dicom::CharacterSet& character_set) {
  set.character_set = character_set;
  for (Element& element : set.elements) {
    for (DataSet& item : element.items) speak(item, character_set);
  }
}

}  // namespace

std::optional<Dialect> parse_dialect(const std::string& yaml, const std::string& origin,
                                     std::vector<std::string>& faults) {
  return connect::declared<Dialect>(yaml, origin, faults, read_dialect);
}

Result<Dialects> Dialects::read(const std::string& folder) {
  std::vector<Dialect> all;
  const auto take = [&](const std::string& yaml, const std::string& name, std::vector<std::string>& faults) {
    if (std::optional<Dialect> dialect = parse_dialect(yaml, name, faults)) all.push_back(*std::move(dialect));
  };
  TRY(connect::read_declarations(folder, "the dialects of DICOM", take, [](std::vector<std::string>&) {}));
  return Dialects(std::move(all));
}

DataSet Dialects::corrected(const DataSet& set) const {
  DataSet out = set;
  for (const Dialect& dialect : all_) {
    if (!fits(dialect, out)) continue;
    if (dialect.character_set) speak(out, *dialect.character_set);
    for (const auto& [tag, wanted] : dialect.take) {
      const Element* const from = says_nothing_of(out, tag) ? find(out, wanted) : nullptr;
      if (from == nullptr || !from->items.empty()) continue;
      Element element = *from;
      element.tag = tag;
      if (element.vr == dicom::Vr::un) element.vr = dicom::vr_of(tag);
      put(out, std::move(element));
    }
    for (const Attribute& said : dialect.set) {
      if (!says_nothing_of(out, said.tag)) continue;
      Element element;
      element.tag = said.tag;
      element.vr = said.vr;
      element.value = said.value;
      put(out, std::move(element));
    }
  }
  return out;
}

}  // namespace meridian::imaging
