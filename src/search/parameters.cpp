#include "search/parameters.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "fhirpath/expression.hpp"
#include "search/internal/parameter_messages.hpp"

namespace meridian::search {
namespace {

using fhir::Schema;
using fhir::SearchType;
using fhir::TypeId;
using CompiledExpression = std::shared_ptr<const fhirpath::Expression>;

/// Compiled for one type: parts that speak of other types give nothing and are dropped.
CompiledExpression compile(const Schema& schema, std::string_view text, std::span<const TypeId> types, Issues& issues) {
  fhirpath::CompileOptions options;
  options.schema = &schema;
  options.input_types = types;
  options.strictness = fhirpath::Strictness::lenient;
  options.as = fhirpath::AsOperator::filter;
  std::optional<fhirpath::Expression> compiled = fhirpath::Expression::compile(text, options, issues);
  return compiled ? std::make_shared<const fhirpath::Expression>(*std::move(compiled)) : nullptr;
}

CompiledExpression compile(const Schema& schema, std::string_view text, TypeId type, Issues& issues) {
  return compile(schema, text, {&type, 1}, issues);
}

bool is_resource(const Schema& schema, TypeId type) {
  return type != TypeId::none && schema.type(type).kind == fhir::TypeKind::resource;
}

std::optional<SearchType> kind_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, SearchType>, 8> kKinds{{{"number", SearchType::number},
                                                                           {"date", SearchType::date},
                                                                           {"string", SearchType::string},
                                                                           {"token", SearchType::token},
                                                                           {"reference", SearchType::reference},
                                                                           {"composite", SearchType::composite},
                                                                           {"quantity", SearchType::quantity},
                                                                           {"uri", SearchType::uri}}};
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

bool is_usable_code(std::string_view code) {
  return !code.empty() && code.front() != '_' && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// What a SearchParameter resource or the schema says, before it is compiled for a type.
struct Draft {
  std::string code;
  std::string url;
  std::string expression;
  SearchType kind = SearchType::string;
  std::vector<TypeId> bases;
  std::vector<TypeId> targets;
  struct Component {
    std::string definition;
    std::string expression;
  };
  std::vector<Component> components;
};

}  // namespace

struct Parameters::State {
  const Schema* schema = nullptr;
  std::shared_ptr<const Parameters> base;  // whose parameters, still used here, it keeps alive
  std::vector<std::shared_ptr<Parameter>> owned;
  std::vector<std::vector<const Parameter*>> by_type;  // sorted by code
  std::map<std::string, std::vector<std::vector<const Parameter*>>, std::less<>> compartments;

  explicit State(const Schema& of) : schema(&of), by_type(of.types().size()) {}

  std::vector<const Parameter*>& of(TypeId type) { return by_type[static_cast<std::size_t>(type)]; }
  void put(const Parameter* parameter);
  const Parameter* find_by_url(TypeId type, std::string_view url);
  std::vector<TypeId> concrete(std::span<const TypeId> named) const;
  void add(const Draft& draft, Issues& issues);
  void add_composite(const Draft& draft, Issues& issues);
  void fill_compartments();
};

namespace {

bool comes_before(const Parameter* a, std::string_view code) {
  return a->code < code;
}

}  // namespace

void Parameters::State::put(const Parameter* parameter) {
  std::vector<const Parameter*>& list = of(parameter->type);
  const auto at = std::ranges::lower_bound(list, parameter->code, {}, [](const Parameter* p) { return p->code; });
  if (at != list.end() && (*at)->code == parameter->code) {
    *at = parameter;
  } else {
    list.insert(at, parameter);
  }
}

const Parameter* Parameters::State::find_by_url(TypeId type, std::string_view url) {
  for (const Parameter* parameter : of(type)) {
    if (parameter->url == url) return parameter;
  }
  return nullptr;
}

/// Resource and DomainResource stand for all types that derive from them.
std::vector<TypeId> Parameters::State::concrete(std::span<const TypeId> named) const {
  std::vector<TypeId> types;
  for (const TypeId one : named) {
    if (!schema->type(one).is_abstract) {
      types.push_back(one);
      continue;
    }
    for (const fhir::TypeInfo& type : schema->types()) {
      const bool fits = type.kind == fhir::TypeKind::resource && !type.is_abstract && !type.is_profile;
      if (fits && schema->is_a(type.id, one)) types.push_back(type.id);
    }
  }
  std::ranges::sort(types);
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

void Parameters::State::add(const Draft& draft, Issues& issues) {
  if (draft.kind == SearchType::composite) {
    add_composite(draft, issues);
    return;
  }
  for (const TypeId type : concrete(draft.bases)) {
    auto parameter = std::make_shared<Parameter>();
    parameter->code = draft.code;
    parameter->url = draft.url;
    parameter->kind = draft.kind;
    parameter->type = type;
    parameter->expression = draft.expression;
    parameter->targets = draft.targets;
    if (!draft.expression.empty()) {
      parameter->compiled = compile(*schema, draft.expression, type, issues);
      if (!parameter->compiled) return;
    }
    put(parameter.get());
    owned.push_back(std::move(parameter));
  }
}

// https://hl7.org/fhir/R4/search.html#composite: the components' expressions are asked of each item of the composite's.
void Parameters::State::add_composite(const Draft& draft, Issues& issues) {
  for (const TypeId type : concrete(draft.bases)) {
    auto parameter = std::make_shared<Parameter>();
    parameter->code = draft.code;
    parameter->url = draft.url;
    parameter->kind = draft.kind;
    parameter->type = type;
    parameter->expression = draft.expression;
    parameter->compiled = compile(*schema, draft.expression, type, issues);
    if (!parameter->compiled) return;
    for (const Draft::Component& component : draft.components) {
      const Parameter* definition = find_by_url(type, component.definition);
      if (definition == nullptr || definition->kind == SearchType::composite) {
        issues.add({Severity::error,
                    IssueType::not_found,
                    internal::kComponentUnknown,
                    {component.definition, std::string(schema->type(type).name)},
                    "SearchParameter.component.definition"});
        return;
      }
      // What the composite's items are is not told, so the component is compiled for anything.
      CompiledExpression compiled = compile(*schema, component.expression, std::span<const TypeId>(), issues);
      if (!compiled) return;
      parameter->components.push_back({definition, std::move(compiled)});
    }
    put(parameter.get());
    owned.push_back(std::move(parameter));
  }
}

// https://hl7.org/fhir/R4/compartmentdefinition.html
void Parameters::State::fill_compartments() {
  for (const fhir::CompartmentInfo& compartment : schema->compartments()) {
    auto& members = compartments[std::string(schema->type(compartment.type).name)];
    members.assign(by_type.size(), {});
    for (const fhir::CompartmentMember& member : compartment.members) {
      for (const Parameter* parameter : of(member.type)) {
        if (parameter->code == member.parameter) members[static_cast<std::size_t>(member.type)].push_back(parameter);
      }
    }
  }
}

namespace {

std::unique_ptr<Parameters::State> make_r4() {
  const Schema& schema = Schema::r4();
  auto state = std::make_unique<Parameters::State>(schema);
  Issues issues;  // of the definitions, which parameters_test.cpp holds to be free of errors
  const auto add = [&](bool composites) {
    for (const fhir::SearchParameterInfo& info : schema.search_parameters()) {
      if ((info.type == SearchType::composite) != composites) continue;
      if (info.code == "_query") continue;  // names an operation, finds nothing
      Draft draft;
      draft.code = info.code;
      draft.url = info.url;
      draft.expression = info.expression;
      draft.kind = info.type;
      draft.bases.assign(info.bases.begin(), info.bases.end());
      draft.targets.assign(info.targets.begin(), info.targets.end());
      for (const fhir::SearchComponent& component : info.components) {
        draft.components.push_back({std::string(component.definition), std::string(component.expression)});
      }
      state->add(draft, issues);
    }
  };
  add(false);
  add(true);
  state->fill_compartments();
  return state;
}

std::string_view child_text(fhir::Node node, std::string_view name) {
  const fhir::Node child = node.child(name);
  return child ? child.text() : std::string_view();
}

/// The resource types that the children of that name give.
std::vector<TypeId> resource_types(fhir::Node definition, std::string_view name, const Message& unknown,
                                   Issues& issues) {
  std::vector<TypeId> types;
  const Schema& schema = definition.schema();
  for (const fhir::Node node : definition.children(schema.find_name(name))) {
    const TypeId type = schema.find_type(node.text());
    if (is_resource(schema, type)) {
      types.push_back(type);
    } else {
      issues.add({Severity::error, IssueType::value, unknown, {std::string(node.text())}, node.path()});
    }
  }
  return types;
}

/// What an expression of the resource says wrong, as one issue with its place in the resource.
void check_expression(const Schema& schema, std::string_view text, std::span<const TypeId> types,
                      const std::string& path, Issues& issues) {
  Issues faults;
  const CompiledExpression compiled = compile(schema, text, types, faults);
  if (!compiled && !faults.empty()) {
    issues.add({Severity::error,
                IssueType::invalid,
                internal::kExpressionFaulty,
                {meridian::text(faults.all().front(), Language::english)},
                path});
  }
}

Draft read_draft(fhir::Node definition, Issues& issues) {
  const Schema& schema = definition.schema();
  Draft draft;
  const auto require = [&](std::string_view name) {
    const std::string_view text = child_text(definition, name);
    if (text.empty()) {
      issues.add({Severity::error,
                  IssueType::required,
                  internal::kElementMissing,
                  {std::string(name)},
                  "SearchParameter." + std::string(name)});
    }
    return text;
  };
  draft.code = require("code");
  draft.url = require("url");
  draft.expression = require("expression");
  const std::string_view kind = require("type");
  if (!draft.code.empty() && !is_usable_code(draft.code)) {
    issues.add({Severity::error, IssueType::value, internal::kCodeNotUsable, {}, "SearchParameter.code"});
  }
  if (const std::optional<SearchType> known = kind_of(kind)) {
    draft.kind = *known;
  } else if (!kind.empty()) {
    issues.add(
        {Severity::error, IssueType::value, internal::kKindUnknown, {std::string(kind)}, "SearchParameter.type"});
  }
  draft.bases = resource_types(definition, "base", internal::kBaseUnknown, issues);
  draft.targets = resource_types(definition, "target", internal::kTargetUnknown, issues);
  if (!definition.child("base")) require("base");
  for (const fhir::Node component : definition.children(schema.find_name("component"))) {
    draft.components.push_back({std::string(child_text(component, "definition")),  //
                                std::string(child_text(component, "expression"))});
    check_expression(schema, draft.components.back().expression, {}, "SearchParameter.component.expression", issues);
  }
  if (draft.kind == SearchType::composite && draft.components.empty()) require("component");
  return draft;
}

}  // namespace

Parameters::Parameters(std::unique_ptr<State> state) : state_(std::move(state)) {}
Parameters::~Parameters() = default;

const std::shared_ptr<const Parameters>& Parameters::r4() {
  static const std::shared_ptr<const Parameters> parameters = std::make_shared<const Parameters>(make_r4());
  return parameters;
}

std::shared_ptr<const Parameters> Parameters::with(const std::shared_ptr<const Parameters>& base, fhir::Node definition,
                                                   Issues& issues) {
  const Schema& schema = base->schema();
  Issues found;
  if (definition.type() != schema.find_type("SearchParameter")) {
    found.add({Severity::error,
               IssueType::invalid,
               internal::kNotASearchParameter,
               {std::string(schema.type(definition.type()).name)}});
    issues.add_all(std::move(found));
    return base;
  }
  const Draft draft = read_draft(definition, found);
  auto state = std::make_unique<State>(schema);
  state->base = base;
  state->by_type = base->state_->by_type;
  if (!found.has_errors()) {
    for (const TypeId type : state->concrete(draft.bases)) {
      check_expression(schema, draft.expression, {&type, 1}, "SearchParameter.expression", found);
      if (found.has_errors()) break;
    }
  }
  if (!found.has_errors()) {
    Issues compiling;
    state->add(draft, compiling);
    // A member that a type lacks is only a warning, once, when no type gives anything.
    for (const Issue& issue : compiling.all()) {
      if (issue.severity == Severity::error) found.add(issue);
    }
    if (!compiling.has_errors() && compiling.warnings() > 0) {
      found.add({Severity::warning,
                 IssueType::value,
                 internal::kGivesNothing,
                 {meridian::text(compiling.all().front(), Language::english)},
                 "SearchParameter.expression"});
    }
  }
  const bool failed = found.has_errors();
  issues.add_all(std::move(found));
  if (failed) return base;
  state->fill_compartments();
  return std::make_shared<const Parameters>(std::move(state));
}

const Schema& Parameters::schema() const {
  return *state_->schema;
}

const Parameter* Parameters::find(TypeId type, std::string_view code) const {
  const std::span<const Parameter* const> list = of(type);
  const auto at = std::lower_bound(list.begin(), list.end(), code, comes_before);
  return at != list.end() && (*at)->code == code ? *at : nullptr;
}

std::span<const Parameter* const> Parameters::of(TypeId type) const {
  const auto index = static_cast<std::size_t>(type);
  if (index >= state_->by_type.size()) return {};
  return state_->by_type[index];
}

std::span<const Parameter* const> Parameters::compartment(std::string_view compartment, TypeId type) const {
  const auto found = state_->compartments.find(compartment);
  const auto index = static_cast<std::size_t>(type);
  if (found == state_->compartments.end() || index >= found->second.size()) return {};
  return found->second[index];
}

}  // namespace meridian::search
