// The part of Builder that knows paths: members, types at the start of a path, what to say of unknown names.
#include "fhirpath/internal/builder.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/messages.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

SystemMember system_member_named(std::string_view name) {
  if (name == "namespace") return SystemMember::space;
  if (name == "name") return SystemMember::name;
  if (name == "value") return SystemMember::value;
  if (name == "unit") return SystemMember::unit;
  return SystemMember::none;
}

}  // namespace

// https://hl7.org/fhirpath/N1/#path-selection: "the expression may begin with the type of the context".
std::optional<std::uint32_t> Builder::type_at_start(const std::string& name, std::size_t offset, const Scope& scope) {
  const fhir::Schema& schema = *plan_.schema;
  const bool is_capital = !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
  const fhir::TypeId named = is_capital ? schema.find_type(name) : fhir::TypeId::none;
  if (named == fhir::TypeId::none) return std::nullopt;
  // 1. Certain: the type as it stands. 2. Possible: a filter. 3. Impossible: a fault, or nothing.
  bool all = !scope.this_type.is_any && scope.this_type.system == 0 && !scope.this_type.nodes.empty();
  TypeTest test;
  test.node = named;
  test.name = name;
  StaticType type;
  type.is_plural = scope.this_type.is_plural;
  if (scope.this_type.is_any) type.add(named);
  for (const fhir::TypeId node : scope.this_type.nodes) {
    if (schema.is_a(node, named)) {
      type.add(node);
    } else {
      all = false;
      if (schema.is_a(named, node)) type.add(named);
    }
  }
  if (all) return this_item(offset, scope);
  if (type.is_nothing()) {
    if (options_.strictness == Strictness::strict)
      return fault(kWrongRoot, offset, {name, describe(scope.this_type, schema)});
    return nothing(offset);
  }
  plan_.tests.push_back(std::move(test));
  const std::uint32_t op =
      add(run_root_filter, decide_by_running, "root", offset, std::move(type), {.uses_focus = true});
  plan_.ops[op].number = static_cast<std::uint32_t>(plan_.tests.size() - 1);
  return op;
}

StaticType Builder::member_type(const std::string& name, const StaticType& input, Step& step, bool& known) const {
  const fhir::Schema& schema = *plan_.schema;
  StaticType type;
  type.is_plural = input.is_plural;
  type.is_unordered = input.is_unordered;
  if (input.is_any) {
    type.is_any = true;
    type.is_plural = true;
    known = true;
  }
  if ((input.system & (kQuantities | bit(ValueType::type_info))) != 0 && step.system_member != SystemMember::none) {
    const bool of_quantity = step.system_member == SystemMember::value;
    type.system |= of_quantity ? bit(ValueType::decimal) : kStrings;
    known = true;
  }
  for (const fhir::TypeId node : input.nodes) {
    const fhir::ElementInfo* element = step.name == fhir::NameId::none ? nullptr : schema.find_element(node, step.name);
    if (element != nullptr) {
      known = true;
      type.is_plural = type.is_plural || element->is_list();
      for (const fhir::ElementType& possible : element->types) type.add(possible.type);
      if (element->types.empty()) type.is_any = true;
    } else if (schema.type(node).is_abstract) {
      // The node will be of a type derived from this one, which may have the member.
      known = true;
      type.is_any = true;
      type.is_plural = true;
    }
  }
  static_cast<void>(name);
  return type;
}

std::uint32_t Builder::unknown_member(const std::string& name, const StaticType& input, std::size_t offset) {
  const fhir::Schema& schema = *plan_.schema;
  for (const fhir::TypeId node : input.nodes) {
    const fhir::KeyMatch match = schema.find_key(node, name);
    if (!match || schema.name(match.name) == name) continue;
    // `valueQuantity` is how JSON writes it.
    const std::string right =
        std::string(schema.name(match.name)) + ".ofType(" + std::string(schema.type(match.type).name) + ")";
    if (options_.strictness == Strictness::strict) return fault(kChoiceKey, offset, {right, name});
    warn(kChoiceKey, offset, {right, name});
    return nothing(offset);
  }
  std::vector<std::string> arguments{name.substr(0, 64), describe(input, schema)};
  if (options_.strictness == Strictness::strict) return fault(kUnknownMember, offset, std::move(arguments));
  warn(kUnknownMember, offset, std::move(arguments));
  return nothing(offset);
}

std::uint32_t Builder::step(const std::string& name, std::uint32_t input, const StaticType& input_type,
                            std::size_t offset) {
  if (input_type.is_nothing()) return nothing(offset);
  Step step;
  step.name = plan_.schema->find_name(name);
  step.system_member = system_member_named(name);
  bool known = false;
  StaticType type = member_type(name, input_type, step, known);
  if (!known) return unknown_member(name, input_type, offset);
  // A path grows by a step: no collection is made in between.
  if (optimises() && input != kNoOp && plan_.ops[input].run == run_path && step.name != fhir::NameId::none) {
    Op& path = plan_.ops[input];
    const bool is_last = path.first + path.count == plan_.steps.size();
    if (is_last && plan_.steps.back().name != fhir::NameId::none) {
      if (path.limit == 1) {
        plan_.steps.back().is_first = true;
        path.limit = kAll;
      }
      plan_.steps.push_back(step);
      ++path.count;
      plan_.types[input] = std::move(type);
      return input;
    }
  }
  // `$this.name` is `name`.
  const bool from_focus = input == kNoOp || (optimises() && plan_.ops[input].run == run_this_item);
  const std::uint32_t op =
      add(run_path, decide_by_running, "path", offset, std::move(type), {.uses_focus = from_focus});
  plan_.ops[op].first = static_cast<std::uint32_t>(plan_.steps.size());
  plan_.ops[op].count = 1;
  plan_.ops[op].is_node_path = step.name != fhir::NameId::none;
  plan_.steps.push_back(step);
  set_input(op, from_focus ? kNoOp : input);
  return op;
}

}  // namespace meridian::fhirpath::internal
