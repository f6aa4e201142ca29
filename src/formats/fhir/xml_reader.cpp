#include "formats/fhir/xml_reader.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "formats/fhir/internal/xml_messages.hpp"
#include "formats/fhir/internal/xml_tree.hpp"
#include "formats/fhir/internal/xml_value.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::fhir {
namespace {

using namespace internal;

/// Line numbers of offsets that mostly grow.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}
  Position at(std::size_t offset) {
    if (offset < offset_) {
      offset_ = line_start_ = 0;
      line_ = 1;
    }
    for (; offset_ < offset; ++offset_) {
      if (text_[offset_] == '\n') {
        ++line_;
        line_start_ = offset_ + 1;
      }
    }
    return {offset, line_, static_cast<std::uint32_t>(offset - line_start_ + 1)};
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

/// Writes the JSON of a tree of XML elements. Recursion is as deep as the tree, which the scanner bounds.
class Converter {
 public:
  Converter(const Schema& schema, const XmlTree& tree, std::string_view text, std::size_t skipped, std::string& json,
            Issues& issues, XmlPlaces* places)
      : schema_(schema),
        tree_(tree),
        text_(text),
        skipped_(skipped),
        json_(json),
        issues_(issues),
        places_(places),
        lines_(text) {}

  bool root();

 private:
  /// A child element and what the schema says of it.
  struct Member {
    std::uint32_t element;
    std::uint32_t resource;  // the element of the resource that it holds, or 0
    KeyMatch match;
  };
  struct Step {
    std::string_view name;
    std::int32_t index;  // -1: does not repeat
  };

  const XmlElement& element(std::uint32_t index) const { return tree_.elements[index]; }
  void report(Severity severity, IssueType type, const Message& message, std::vector<std::string> arguments,
              std::size_t offset);
  void note_place(const XmlElement& from) {
    if (places_ != nullptr) places_->add(json_.size(), skipped_ + from.begin);
  }
  void key(std::string_view name, bool is_shadow);

  TypeId find_resource(const XmlElement& from) const;
  bool resolve(std::uint32_t index, TypeId type, Member& member);
  std::uint32_t only_resource(const XmlElement& holder);
  std::size_t collect(const XmlElement& from, TypeId type);
  void check_text(const XmlElement& from);

  void resource(std::uint32_t index, TypeId type);
  void object(const XmlElement& from, TypeId type, std::string_view resource_type);
  void attributes(const XmlElement& from, TypeId type);
  void run(std::size_t first, std::size_t last);
  void complex(Member member);
  void primitives(std::size_t first, std::size_t last, const TypeInfo& type, bool is_list);
  void scalar(const XmlAttribute& attribute, Primitive primitive);
  const XmlAttribute* value_of(const XmlElement& from) const;
  bool has_more(const XmlElement& from) const;
  void narrative(std::uint32_t index);
  std::string_view type_name(TypeId type) const { return schema_.type(type).name; }

  const Schema& schema_;
  const XmlTree& tree_;
  std::string_view text_;
  std::size_t skipped_;  // bytes of a byte order mark before the text
  std::string& json_;
  Issues& issues_;
  XmlPlaces* places_;
  LineCounter lines_;
  std::vector<Step> path_;
  std::vector<Member> members_;  // of all open objects, the innermost last
  std::string value_;
};

void Converter::report(Severity severity, IssueType type, const Message& message, std::vector<std::string> arguments,
                       std::size_t offset) {
  std::string path;
  for (const Step& step : path_) {
    if (!path.empty()) path += '.';
    path += step.name;
    if (step.index >= 0) path += '[' + std::to_string(step.index) + ']';
  }
  Position position = lines_.at(offset);
  position.offset += skipped_;
  issues_.add({severity, type, message, std::move(arguments), std::move(path), position});
}

TypeId Converter::find_resource(const XmlElement& from) const {
  const TypeId type = schema_.find_type(from.name);
  if (type == TypeId::none) return type;
  const TypeInfo& info = schema_.type(type);
  return info.kind == TypeKind::resource && !info.is_abstract ? type : TypeId::none;
}

/// "The root element of a resource is the name of the resource, in the namespace http://hl7.org/fhir."
bool Converter::root() {
  const XmlElement& from = element(0);
  const TypeId type = find_resource(from);
  if (type == TypeId::none) {
    report(Severity::fatal, IssueType::structure, kXmlRootUnknown, {std::string(from.name)}, from.begin);
    return false;
  }
  if (from.space != XmlNamespace::fhir) {
    report(Severity::fatal, IssueType::structure, kXmlNamespace, {std::string(from.name), std::string(kFhirNamespace)},
           from.begin);
    return false;
  }
  path_.push_back({from.name, -1});
  resource(0, type);
  return true;
}

void Converter::key(std::string_view name, bool is_shadow) {
  if (json_.back() != '{') json_ += ',';
  json_ += is_shadow ? "\"_" : "\"";
  json_ += name;  // a name of the schema: nothing to escape
  json_ += "\":";
}

void Converter::resource(std::uint32_t index, TypeId type) {
  const XmlElement& from = element(index);
  note_place(from);
  object(from, type, from.name);
}

/// "The contained resource is inside the element, under its own name."
std::uint32_t Converter::only_resource(const XmlElement& holder) {
  std::uint32_t found = 0;
  for (std::uint32_t child = holder.first_child; child != XmlElement::kNone; child = element(child).next) {
    const XmlElement& candidate = element(child);
    if (candidate.space != XmlNamespace::fhir || find_resource(candidate) == TypeId::none) {
      report(Severity::error, IssueType::structure, kXmlResourceUnknown, {std::string(candidate.name)},
             candidate.begin);
    } else if (found != 0) {
      report(Severity::error, IssueType::structure, kXmlResourceExpected, {std::string(holder.name)}, candidate.begin);
    } else {
      found = child;
    }
  }
  if (holder.first_child == XmlElement::kNone || holder.attribute_count > 0) {
    report(Severity::error, IssueType::structure, kXmlResourceExpected, {std::string(holder.name)}, holder.begin);
  }
  check_text(holder);
  return found;
}

/// What a child element is, or false when it has to be left out, which is then reported.
bool Converter::resolve(std::uint32_t index, TypeId type, Member& member) {
  const XmlElement& from = element(index);
  const KeyMatch match = schema_.find_key(type, from.name);
  const bool is_narrative = match && schema_.type(match.type).primitive == Primitive::xhtml;
  if (is_narrative && from.space != XmlNamespace::xhtml) {
    report(Severity::error, IssueType::structure, kXmlDivExpected, {std::string(kXhtmlNamespace)}, from.begin);
    return false;
  }
  if (!is_narrative && from.space != XmlNamespace::fhir) {
    report(Severity::error, IssueType::structure, kXmlNamespace, {std::string(from.name), std::string(kFhirNamespace)},
           from.begin);
    return false;
  }
  if (!match) {
    report(Severity::error, IssueType::structure, kXmlUnknownElement,
           {std::string(from.name), std::string(type_name(type))}, from.begin);
    return false;
  }
  if (schema_.element(match.element).is_xml_attribute) {
    report(Severity::error, IssueType::structure, kXmlNotAnElement,
           {std::string(from.name), std::string(type_name(type))}, from.begin);
    return false;
  }
  member = {index, 0, match};
  if (schema_.type(match.type).kind == TypeKind::resource) {
    path_.push_back({from.name, -1});
    member.resource = only_resource(from);
    path_.pop_back();
    if (member.resource == 0) return false;
  }
  return true;
}

/// Puts the children of an element on members_, in the order of the schema, and says from where.
std::size_t Converter::collect(const XmlElement& from, TypeId type) {
  const std::size_t base = members_.size();
  bool is_sorted = true;
  bool is_reported = false;
  for (std::uint32_t child = from.first_child; child != XmlElement::kNone; child = element(child).next) {
    Member member{};
    if (!resolve(child, type, member)) continue;
    if (members_.size() > base) {
      const Member& before = members_.back();
      if (member.match.slot != before.match.slot && member.match.element <= before.match.element) is_sorted = false;
      // xml.html: "the order in which the elements appear is fixed".
      if (member.match.element < before.match.element && !is_reported) {
        is_reported = true;
        report(Severity::error, IssueType::structure, kXmlOrder,
               {std::string(element(child).name), std::string(element(before.element).name)}, element(child).begin);
      }
    }
    members_.push_back(member);
  }
  if (!is_sorted) {
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(base), members_.end(),
              [](const Member& a, const Member& b) {
                return std::tuple(a.match.element, a.match.slot, a.element) <
                       std::tuple(b.match.element, b.match.slot, b.element);
              });
  }
  return base;
}

void Converter::check_text(const XmlElement& from) {
  if (from.text != 0) {
    report(Severity::error, IssueType::structure, kXmlText, {std::string(from.name)}, from.text);
  }
}

/// The attributes that the schema gives to a type: the id of elements, the url of extensions.
void Converter::attributes(const XmlElement& from, TypeId type) {
  const bool is_primitive = schema_.type(type).kind == TypeKind::primitive;
  for (const XmlAttribute& attribute : tree_.attributes_of(from)) {
    if (is_primitive && attribute.name == "value") continue;
    const KeyMatch match = schema_.find_key(type, attribute.name);
    if (!match || !schema_.element(match.element).is_xml_attribute) {
      report(Severity::error, IssueType::structure, match ? kXmlNotAnAttribute : kXmlUnknownAttribute,
             {std::string(attribute.name), std::string(type_name(type))}, from.begin);
      continue;
    }
    key(attribute.name, false);
    scalar(attribute, Primitive::string);
  }
}

void Converter::object(const XmlElement& from, TypeId type, std::string_view resource_type) {
  json_ += '{';
  if (!resource_type.empty()) {
    json_ += "\"resourceType\":\"";
    json_ += resource_type;
    json_ += '"';
  }
  check_text(from);
  attributes(from, type);
  const std::size_t base = collect(from, type);
  const std::size_t end = members_.size();
  for (std::size_t at = base; at < end;) {
    std::size_t next = at + 1;
    while (next < end && members_[next].match.slot == members_[at].match.slot) ++next;
    run(at, next);
    at = next;
  }
  members_.resize(base);
  json_ += '}';
}

/// All elements of one name: members_ from `first` on. Theirs are pushed and popped above, which may move them.
void Converter::run(std::size_t first, std::size_t last) {
  const Member member = members_[first];
  const bool is_list = schema_.element(member.match.element).is_list() || last - first > 1;
  const std::string_view name = element(member.element).name;
  const TypeInfo& type = schema_.type(member.match.type);
  path_.push_back({name, is_list ? 0 : -1});
  if (type.kind == TypeKind::primitive && type.primitive != Primitive::xhtml) {
    primitives(first, last, type, is_list);
  } else {
    key(name, false);
    if (is_list) json_ += '[';
    for (std::size_t at = first; at < last; ++at) {
      if (at > first) json_ += ',';
      complex(members_[at]);
      if (is_list) ++path_.back().index;
    }
    if (is_list) json_ += ']';
  }
  path_.pop_back();
}

void Converter::complex(Member member) {
  const XmlElement& from = element(member.element);
  if (member.resource != 0) {
    resource(member.resource, find_resource(element(member.resource)));
  } else if (from.space == XmlNamespace::xhtml) {
    narrative(member.element);
  } else {
    note_place(from);
    object(from, member.match.type, {});
  }
}

/// json.html, "JSON representation of primitive elements": values under the name, ids and extensions under `_name`,
/// both as arrays with nulls where the element repeats.
void Converter::primitives(std::size_t first, std::size_t last, const TypeInfo& type, bool is_list) {
  bool any_value = false;
  bool any_more = false;
  for (std::size_t at = first; at < last; ++at) {
    const XmlElement& from = element(members_[at].element);
    const bool value = value_of(from) != nullptr;
    const bool more = has_more(from);
    any_value |= value;
    any_more |= more;
    if (!value && !more) {
      report(Severity::error, IssueType::structure, kXmlEmptyElement, {std::string(from.name)}, from.begin);
    }
    if (!more) check_text(from);  // else object() does
    if (is_list) ++path_.back().index;
  }
  if (is_list) path_.back().index = 0;

  const std::string_view name = element(members_[first].element).name;
  // A null stands where there is nothing to write; when that is so everywhere, nothing stands.
  const auto each = [&](bool is_shadow, const auto& write) {
    const std::size_t before = json_.size();
    bool any = false;
    key(name, is_shadow);
    if (is_list) json_ += '[';
    for (std::size_t at = first; at < last; ++at) {
      if (at > first) json_ += ',';
      const XmlElement& from = element(members_[at].element);
      note_place(from);
      const bool is_written = write(from);
      if (!is_written) json_ += "null";
      any |= is_written;
      if (is_list) ++path_.back().index;
    }
    if (is_list) json_ += ']';
    if (is_list) path_.back().index = 0;
    if (!any) json_.resize(before);
  };
  if (any_value) {
    each(false, [&](const XmlElement& from) {
      const XmlAttribute* value = value_of(from);
      if (value != nullptr) scalar(*value, type.primitive);
      return value != nullptr;
    });
  }
  if (any_more) {
    each(true, [&](const XmlElement& from) {
      if (!has_more(from)) return false;
      const std::size_t before = json_.size();
      object(from, type.id, {});
      const bool is_empty = json_.size() == before + 2;  // all that was there is unknown, and was reported
      if (is_empty) json_.resize(before);
      return !is_empty;
    });
  }
}

const XmlAttribute* Converter::value_of(const XmlElement& from) const {
  for (const XmlAttribute& attribute : tree_.attributes_of(from)) {
    if (attribute.name == "value") return &attribute;
  }
  return nullptr;
}

/// Whether a primitive has an id or extensions, or what stands in their place.
bool Converter::has_more(const XmlElement& from) const {
  return from.first_child != XmlElement::kNone || from.attribute_count > (value_of(from) != nullptr ? 1U : 0U);
}

/// A value in the JSON form of its type.
void Converter::scalar(const XmlAttribute& attribute, Primitive primitive) {
  std::string_view value = attribute.value;
  if (!attribute.is_plain) {
    value_.clear();
    append_value(attribute.value, value_);
    value = value_;
  }
  const std::string_view bare = bare_form(value, primitive);
  if (bare.empty()) {
    append_json_string(json_, value);
  } else {
    json_ += bare;
  }
}

/// The div as it stands in the text, made to stand alone.
void Converter::narrative(std::uint32_t index) {
  const XmlElement& from = element(index);
  note_place(from);
  const std::string_view raw = text_.substr(from.begin, from.end - from.begin);
  const auto outer = std::lower_bound(tree_.inherited.begin(), tree_.inherited.end(), index,
                                      [](const XmlTree::Inherited& a, std::uint32_t b) { return a.element < b; });
  if (outer == tree_.inherited.end() || outer->element != index) {
    append_json_string(json_, raw);
    return;
  }
  std::string whole(raw.substr(0, from.tag_length));
  whole += outer->declarations;
  whole += raw.substr(from.tag_length);
  append_json_string(json_, whole);
}

}  // namespace

std::size_t XmlPlaces::to_xml(std::size_t json_offset) const {
  const auto after = std::upper_bound(places_.begin(), places_.end(), json_offset,
                                      [](std::size_t offset, const Place& place) { return offset < place.json; });
  return after == places_.begin() ? 0 : std::prev(after)->xml;
}

struct XmlReader::Scratch {
  Scratch(const Schema& s, DocumentLimits l) : schema(s), limits(l), parser(s, l) {}
  const Schema& schema;
  DocumentLimits limits;
  DocumentParser parser;
  XmlTree tree;
};

XmlReader::XmlReader(const Schema& schema, DocumentLimits limits)
    : scratch_(std::make_unique<Scratch>(schema, limits)) {}
XmlReader::~XmlReader() = default;
XmlReader::XmlReader(XmlReader&&) noexcept = default;

bool XmlReader::to_json(std::string_view xml, std::string& json, Issues& issues, XmlPlaces* places) {
  json.clear();
  if (places != nullptr) places->clear();
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::size_t skipped = xml.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view text = xml.substr(skipped);
  const DocumentLimits& limits = scratch_->limits;
  XmlFault fault;
  std::string path;
  if (!build_tree(text, {limits.max_bytes, limits.max_depth, limits.max_nodes}, scratch_->tree, fault, path)) {
    Position position = position_at(text, fault.offset);
    position.offset += skipped;
    issues.add(
        {Severity::fatal, IssueType::structure, *fault.message, std::move(fault.arguments), std::move(path), position});
    return false;
  }
  json.reserve(text.size());
  return Converter(scratch_->schema, scratch_->tree, text, skipped, json, issues, places).root();
}

Document XmlReader::read(std::string_view xml, Issues& issues, XmlPlaces* places) {
  XmlPlaces own_places;
  if (places == nullptr) places = &own_places;
  std::string json;
  if (!to_json(xml, json, issues, places)) return {};
  Issues of_json;
  Document document = scratch_->parser.parse(std::move(json), of_json);
  of_json.move_positions([&](Position position) { return position_at(xml, places->to_xml(position.offset)); });
  issues.add_all(std::move(of_json));
  return document;
}

void XmlReader::recycle(Document&& document) {
  scratch_->parser.recycle(std::move(document));
}

}  // namespace meridian::fhir
