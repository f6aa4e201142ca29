#include "formats/hl7v2/internal/profile_tree.hpp"

#include <pugixml.hpp>

#include <charconv>
#include <string_view>
#include <utility>

#include "formats/hl7v2/profile.hpp"

namespace meridian::hl7v2::internal {

namespace {

constexpr int kDeepestGroup = 30;

class Reading {
 public:
  explicit Reading(ProfileTree& tree) : tree_(tree) {}

  Result<> run(const pugi::xml_node& root) {
    const pugi::xml_node definition = root.child("HL7v2xStaticDef");
    if (!definition) return fail(ErrorCode::malformed_input, "the profile has no HL7v2xStaticDef");
    tree_.name = definition.child("MetaData").attribute("Name").value();
    tree_.version = root.attribute("HL7Version").value();
    tree_.type = definition.attribute("MsgType").value();
    tree_.event = definition.attribute("EventType").value();
    tree_.structure = definition.attribute("MsgStructID").value();
    tree_.message.name = tree_.structure;
    tree_.message.nodes = TRY(read_places(definition, 0));
    return {};
  }

 private:
  Result<std::span<const NodeDefinition>> read_places(const pugi::xml_node& parent, int depth) {
    if (depth > kDeepestGroup) return fail(ErrorCode::too_large, "the profile nests groups deeper than 30");
    std::vector<pugi::xml_node> elements;
    for (const pugi::xml_node child : parent.children()) {
      const std::string_view name = child.name();
      if (name == "Segment" || name == "SegGroup") elements.push_back(child);
    }
    std::vector<NodeDefinition>& places = tree_.places.emplace_back(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
      TRY(count());
      const pugi::xml_node& element = elements[i];
      NodeDefinition& place = places[i];
      place.name = tree_.names.emplace_back(element.attribute("Name").value());
      const Usage usage = usage_of(element);
      place.min = usage == Usage::required ? std::max(1U, number(element, "Min", 1)) : number(element, "Min", 0);
      place.max = number(element, "Max", 1);
      tree_.usages[&place] = usage;
      if (std::string_view(element.name()) == "SegGroup") {
        const auto children = TRY(read_places(element, depth + 1));
        place.kind = NodeKind::group;
        place.first_child = children.data();
        place.child_count = static_cast<std::uint32_t>(children.size());
      } else {
        place.kind = NodeKind::segment;
        tree_.fields[&place] = TRY(read_parts(element, "Field"));
      }
    }
    return std::span<const NodeDefinition>(places);
  }

  Result<std::vector<ProfileElement>> read_parts(const pugi::xml_node& parent, const char* name) {
    std::vector<ProfileElement> out;
    for (const pugi::xml_node child : parent.children(name)) {
      TRY(count());
      ProfileElement& element = out.emplace_back();
      element.name = child.attribute("Name").value();
      element.data_type = child.attribute("Datatype").value();
      element.constant = child.attribute("ConstantValue").value();
      element.usage = usage_of(child);
      element.min = number(child, "Min", element.usage == Usage::required ? 1 : 0);
      element.max = number(child, "Max", std::string_view(name) == "Field" ? 1 : 0);
      element.length = number(child, "Length", 0);
      if (std::string_view(name) == "Field") element.parts = TRY(read_parts(child, "Component"));
      if (std::string_view(name) == "Component") element.parts = TRY(read_parts(child, "SubComponent"));
    }
    return out;
  }

  Result<> count() {
    if (++count_ > Profile::kMaxElements)
      return fail(ErrorCode::too_large, "the profile has more than 200000 elements");
    return {};
  }

  static Usage usage_of(const pugi::xml_node& element) {
    const std::string_view usage = element.attribute("Usage").value();
    if (usage == "R") return Usage::required;
    return usage == "X" || usage == "W" ? Usage::not_supported : Usage::used;
  }

  /// `*` is any number, and so 0.
  static std::uint32_t number(const pugi::xml_node& element, const char* name, std::uint32_t otherwise) {
    const std::string_view text = element.attribute(name).value();
    if (text == "*") return 0;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end != text.data() ? value : otherwise;
  }

  ProfileTree& tree_;
  std::size_t count_ = 0;
};

}  // namespace

Result<> read_profile(std::string_view xml, ProfileTree& tree) {
  if (xml.size() > Profile::kMaxBytes) return fail(ErrorCode::too_large, "a profile of more than 32 MB");
  pugi::xml_document document;
  // No document type and no entities of its own are read.
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default);
  if (!parsed) {
    return fail(ErrorCode::malformed_input,
                "not XML at byte " + std::to_string(parsed.offset) + ": " + parsed.description());
  }
  const pugi::xml_node root = document.child("HL7v2xConformanceProfile");
  if (!root) return fail(ErrorCode::malformed_input, "not an HL7v2xConformanceProfile");
  return Reading(tree).run(root);
}

}  // namespace meridian::hl7v2::internal
