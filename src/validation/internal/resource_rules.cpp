// Rules of single resource types that the specification states in words: questionnaires whose conditions can be
// met, code systems that count right, search parameters and profiles that fit what they derive from.
#include <map>
#include <string>
#include <string_view>

#include "validation/internal/primitive_format.hpp"
#include "validation/internal/profile.hpp"
#include "validation/internal/walk.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {
namespace {

using fhir::Node;

constexpr int kMaxItemDepth = 256;  // the document's own bound

std::string_view text_of(Node parent, fhir::NameId name) {
  const Node child = parent ? parent.child(name) : Node();
  return child && child.has_value() ? child.text() : std::string_view();
}

// https://hl7.org/fhir/R4/questionnaire.html: enableWhen depends on another question, not on one of its own parts.
class QuestionnaireRules {
 public:
  explicit QuestionnaireRules(Walk& walk) : walk_(walk), names_(walk.names()) {}

  void run(Node questionnaire) {
    collect(questionnaire, 0);
    conditions(questionnaire, 0);
  }

 private:
  struct Item {
    Node node;
    std::uint32_t last;  // order of the last item within it
  };

  std::uint32_t collect(Node parent, int depth) {
    std::uint32_t last = parent.order();
    if (depth > kMaxItemDepth) return last;
    for (const Node item : parent.children(names_.item)) {
      last = collect(item, depth + 1);
      if (const std::string_view id = text_of(item, names_.linkId); !id.empty()) items_.emplace(id, Item{item, last});
    }
    return last;
  }

  void conditions(Node parent, int depth) {
    if (depth > kMaxItemDepth) return;
    for (const Node item : parent.children(names_.item)) {
      for (const Node when : item.children(names_.enableWhen)) {
        const Node question = when.child(names_.question);
        if (!question || !question.has_value()) continue;
        const auto target = items_.find(question.text());
        if (target == items_.end()) {
          walk_.report().error(IssueType::not_found, kEnableWhenUnknown, question, {excerpt(question.text())});
        } else if (const auto own = items_.find(text_of(item, names_.linkId));
                   own != items_.end() && own->second.node == item && target->second.node.order() >= item.order() &&
                   target->second.node.order() <= own->second.last) {
          walk_.report().error(IssueType::business_rule, kEnableWhenInner, item, {excerpt(question.text())});
        } else if (target->second.node.order() > item.order()) {
          walk_.report().warning(IssueType::business_rule, kEnableWhenLater, question, {excerpt(question.text())});
        }
      }
      conditions(item, depth + 1);
    }
  }

  Walk& walk_;
  const Names& names_;
  std::map<std::string_view, Item> items_;
};

// https://hl7.org/fhir/R4/codesystem.html
class CodeSystemRules {
 public:
  explicit CodeSystemRules(Walk& walk) : walk_(walk), names_(walk.names()) {}

  void run(Node system) {
    properties(system);
    std::size_t concepts = 0;
    count(system, concepts, 0);
    const std::string_view content = text_of(system, names_.content);
    const Node stated = system.child(names_.count);
    if (content == "complete" && concepts > 0 && stated && stated.text() != std::to_string(concepts)) {
      walk_.report().error(IssueType::business_rule, kCodeSystemCount, stated,
                           {std::to_string(concepts), std::string(stated.text())});
    }
    if (content == "not-present" && concepts > 0) {
      walk_.report().error(IssueType::business_rule, kCodeSystemNotPresent, system.child(names_.concept_));
    }
    if (system.child(names_.supplements) && content != "supplement") {
      const Node at = system.child(names_.content);
      walk_.report().error(IssueType::business_rule, kCodeSystemSupplement, at ? at : system);
    }
  }

 private:
  // Properties that FHIR itself names: http://hl7.org/fhir/concept-properties
  static std::string_view standard_type(std::string_view uri) {
    constexpr std::string_view kBase = "http://hl7.org/fhir/concept-properties#";
    if (!uri.starts_with(kBase)) return {};
    uri.remove_prefix(kBase.size());
    if (uri == "inactive" || uri == "notSelectable") return "boolean";
    if (uri == "deprecated" || uri == "deprecationDate" || uri == "retirementDate") return "dateTime";
    if (uri == "parent" || uri == "child" || uri == "status") return "code";
    return {};
  }

  void properties(Node system) {
    for (const Node property : system.children(names_.property)) {
      const std::string_view code = text_of(property, names_.code);
      const std::string_view type = text_of(property, names_.type);
      const std::string_view uri = text_of(property, names_.uri);
      if (!types_.emplace(code, type).second) {
        walk_.report().error(IssueType::duplicate, kPropertyRepeated, property, {excerpt(code)});
      }
      const std::string_view standard = standard_type(uri);
      if (!standard.empty() && standard != type && !type.empty()) {
        walk_.report().error(IssueType::value, kPropertyStandard, property,
                             {excerpt(uri), std::string(standard), excerpt(type)});
      }
    }
  }

  void count(Node parent, std::size_t& concepts, int depth) {
    if (depth > kMaxItemDepth) return;
    for (const Node concept_node : parent.children(names_.concept_)) {
      ++concepts;
      for (const Node property : concept_node.children(names_.property)) {
        const Node value = property.child(names_.value);
        const auto defined = types_.find(text_of(property, names_.code));
        if (!value || defined == types_.end() || value.type() == fhir::TypeId::none) continue;
        const std::string_view type = walk_.schema().type(value.type()).name;
        if (type != defined->second) {
          walk_.report().error(IssueType::value, kPropertyType, property,
                               {excerpt(defined->first), std::string(type), excerpt(defined->second)});
        }
      }
      count(concept_node, concepts, depth + 1);
    }
  }

  Walk& walk_;
  const Names& names_;
  std::map<std::string_view, std::string_view> types_;
};

// https://hl7.org/fhir/R4/valueset.html: systems are named by absolute URIs.
void value_set(Walk& walk, Node set) {
  const Names& names = walk.names();
  const Node compose = set.child(names.compose);
  if (!compose) return;
  for (const Node part : compose.children()) {
    const Node system = part.child(names.system);
    if (system && system.has_value() && !is_absolute_uri(system.text())) {
      walk.report().error(IssueType::value, kSystemNotAbsolute, system, {excerpt(system.text())});
    }
  }
}

const fhir::SearchParameterInfo* find_parameter(const fhir::Schema& schema, std::string_view canonical) {
  const std::string_view url = canonical.substr(0, canonical.find('|'));
  for (const fhir::SearchParameterInfo& parameter : schema.search_parameters()) {
    if (parameter.url == url) return &parameter;
  }
  return nullptr;
}

std::string_view name_of(fhir::SearchType type) {
  using fhir::SearchType;
  switch (type) {
    case SearchType::number:
      return "number";
    case SearchType::date:
      return "date";
    case SearchType::string:
      return "string";
    case SearchType::token:
      return "token";
    case SearchType::reference:
      return "reference";
    case SearchType::composite:
      return "composite";
    case SearchType::quantity:
      return "quantity";
    case SearchType::uri:
      return "uri";
    case SearchType::special:
      return "special";
  }
  return "";
}

void same_type(Walk& walk, Node type, std::string_view canonical, const fhir::SearchParameterInfo& defined) {
  if (!type || !type.has_value() || type.text() == name_of(defined.type)) return;
  walk.report().error(IssueType::value, kSearchParameterType, type,
                      {excerpt(type.text()), excerpt(canonical), std::string(name_of(defined.type))});
}

// https://hl7.org/fhir/R4/searchparameter.html
void search_parameter(Walk& walk, Node parameter) {
  const Names& names = walk.names();
  if (text_of(parameter, names.type) == "composite") {
    std::size_t components = 0;
    for ([[maybe_unused]] const Node component : parameter.children(names.component)) ++components;
    if (components < 2) walk.report().error(IssueType::business_rule, kCompositeComponents, parameter);
  }
  const std::string_view derived_from = text_of(parameter, names.derivedFrom);
  const fhir::SearchParameterInfo* origin = find_parameter(walk.schema(), derived_from);
  if (origin == nullptr) return;
  same_type(walk, parameter.child(names.type), derived_from, *origin);
  for (const Node base : parameter.children(names.base)) {
    const fhir::TypeId type = walk.schema().find_type(base.text());
    bool among = false;
    for (const fhir::TypeId allowed : origin->bases) {
      among |= type != fhir::TypeId::none && walk.schema().is_a(type, allowed);
    }
    if (!among) {
      walk.report().error(IssueType::business_rule, kSearchParameterBase, base,
                          {excerpt(base.text()), excerpt(derived_from)});
    }
  }
}

// https://hl7.org/fhir/R4/capabilitystatement.html
void capability_statement(Walk& walk, Node statement) {
  const Names& names = walk.names();
  for (const Node rest : statement.children(names.rest)) {
    for (const Node resource : rest.children(names.resource)) {
      for (const Node parameter : resource.children(names.searchParam)) {
        const std::string_view definition = text_of(parameter, names.definition);
        if (definition.empty()) continue;
        if (const fhir::SearchParameterInfo* defined = find_parameter(walk.schema(), definition)) {
          same_type(walk, parameter.child(names.type), definition, *defined);
        }
      }
    }
  }
}

// https://hl7.org/fhir/R4/structuredefinition.html: a profile that can be used.
void structure_definition(Walk& walk, Node definition) {
  const Names& names = walk.names();
  if (text_of(definition, names.kind) == "logical") return;
  const Node differential = definition.child(names.differential);
  if (differential) {
    for (const Node element : differential.children(names.element)) {
      for (const Node type : element.children(names.type)) {
        const fhir::TypeId code = walk.schema().find_type(text_of(type, names.code));
        for (const Node profile : type.children(names.profile)) {
          const fhir::TypeId named = walk.schema().find_type_by_url(profile.text());
          if (code == fhir::TypeId::none || named == fhir::TypeId::none || named == code) continue;
          if (walk.schema().type(named).kind == fhir::TypeKind::resource) continue;  // where any resource may stand
          walk.report().error(IssueType::business_rule, kProfileOfOtherType, profile,
                              {excerpt(profile.text()), std::string(walk.schema().type(named).name),
                               std::string(walk.schema().type(code).name)});
        }
      }
    }
  }
  // Its tree is made as if it were to be used. That its base is not loaded is no fault of its own.
  const bool derives_from_known =
      walk.schema().find_type_by_url(text_of(definition, names.baseDefinition)) != fhir::TypeId::none;
  if (text_of(definition, names.derivation) != "constraint" || !differential || !derives_from_known) return;
  const auto compiled = compile_profile(walk.schema(), *walk.shared().profiles, definition);
  if (!compiled->fault.empty()) {
    walk.report().error(IssueType::business_rule, kProfileUnusable, definition,
                        {excerpt(compiled->url), compiled->fault});
  }
}

}  // namespace

void check_resource_rules(Walk& walk, Node resource) {
  const std::string_view type = walk.schema().type(resource.type()).name;
  switch (type.front()) {  // most resources have no such rules: one comparison
    case 'Q':
      if (type == "Questionnaire") QuestionnaireRules(walk).run(resource);
      break;
    case 'C':
      if (type == "CodeSystem") CodeSystemRules(walk).run(resource);
      if (type == "CapabilityStatement") capability_statement(walk, resource);
      break;
    case 'V':
      if (type == "ValueSet") value_set(walk, resource);
      break;
    case 'S':
      if (type == "SearchParameter") search_parameter(walk, resource);
      if (type == "StructureDefinition") structure_definition(walk, resource);
      break;
    default:
      break;
  }
}

}  // namespace meridian::validation::internal
