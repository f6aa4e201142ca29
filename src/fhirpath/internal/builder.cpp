#include "fhirpath/internal/builder.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/messages.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/patterns.hpp"

namespace meridian::fhirpath::internal {

namespace {

ValueType system_type_named(std::string_view name) {
  for (const ValueType type :
       {ValueType::boolean, ValueType::integer, ValueType::long_integer, ValueType::decimal, ValueType::string,
        ValueType::date, ValueType::date_time, ValueType::time, ValueType::quantity}) {
    if (system_name(type) == name) return type;
  }
  return ValueType::none;
}

}  // namespace

Builder::Builder(const CompileOptions& options, Plan& plan, Issues& issues)
    : options_(options), plan_(plan), issues_(issues) {
  for (const VariableDeclaration& declaration : options.variables) plan_.variables.emplace_back(declaration.name);
}

StaticType Builder::input_type() const {
  if (options_.input_types.empty()) return StaticType::any();
  StaticType type;
  for (const fhir::TypeId id : options_.input_types) type.add(id);
  return type;
}

std::uint32_t Builder::fault(const Message& message, std::size_t offset, std::vector<std::string> arguments,
                             IssueType type) {
  failed_ = true;
  issues_.add({Severity::error, type, message, std::move(arguments), {}, position_at(plan_.text, offset)});
  return nothing(offset);
}

void Builder::warn(const Message& message, std::size_t offset, std::vector<std::string> arguments) {
  issues_.add(
      {Severity::warning, IssueType::invalid, message, std::move(arguments), {}, position_at(plan_.text, offset)});
}

std::uint32_t Builder::add(Run run, Decide decide, std::string_view label, std::size_t offset, StaticType type,
                           OpFlags flags) {
  Op op;
  op.run = run;
  op.decide = decide;
  op.label = label;
  op.offset = static_cast<std::uint32_t>(offset);
  plan_.ops.push_back(op);
  plan_.types.push_back(std::move(type));
  flags_.push_back(flags);
  return static_cast<std::uint32_t>(plan_.ops.size() - 1);
}

void Builder::set_input(std::uint32_t op, std::uint32_t input) {
  plan_.ops[op].input = input;
}

void Builder::set_operands(std::uint32_t op, std::span<const std::uint32_t> operands) {
  plan_.ops[op].first = static_cast<std::uint32_t>(plan_.operands.size());
  plan_.ops[op].count = static_cast<std::uint32_t>(operands.size());
  plan_.operands.insert(plan_.operands.end(), operands.begin(), operands.end());
}

std::uint32_t Builder::nothing(std::size_t offset) {
  return add(run_nothing, decide_by_running, "{}", offset, {});
}

std::uint32_t Builder::constant(const Value& value, std::size_t offset) {
  const std::uint32_t op = add(run_constant, decide_constant, "constant", offset, StaticType::of(bit(value.type())));
  plan_.ops[op].constant = value;
  return op;
}

bool Builder::is_constant(std::uint32_t op) const {
  return plan_.ops[op].run == run_constant || plan_.ops[op].run == run_nothing;
}

// https://hl7.org/fhirpath/N1/#literals
std::uint32_t Builder::literal(const Syntax& node) {
  const std::string& text = plan_.texts.emplace_back(node.text);
  const Value written = Value::of_string(text);
  switch (node.kind) {
    case SyntaxKind::boolean:
      return constant(Value::of_boolean(node.text == "true"), node.offset);
    case SyntaxKind::string:
      return constant(written, node.offset);
    case SyntaxKind::integer:
      if (const std::optional<std::int32_t> number = to_integer(written))
        return constant(Value::of_integer(*number), node.offset);
      // 2147483648 is beyond an Integer, but -2147483648 is not: the sign comes later, so it is a Long until then.
      if (const std::optional<std::int64_t> number = to_long(written))
        return constant(Value::of_long(*number), node.offset);
      break;
    case SyntaxKind::long_integer:
      if (const std::optional<std::int64_t> number = to_long(written))
        return constant(Value::of_long(*number), node.offset);
      break;
    case SyntaxKind::decimal:
      if (const std::optional<Decimal> number = to_decimal(written))
        return constant(Value::of_decimal(*number), node.offset);
      break;
    case SyntaxKind::date:
      if (const Result<Date> date = Date::parse(text)) return constant(Value::of_date(*date), node.offset);
      return fault(kBadDateLiteral, node.offset);
    case SyntaxKind::date_time:
      if (const Result<DateTime> date_time = DateTime::parse(text))
        return constant(Value::of_date_time(*date_time), node.offset);
      return fault(kBadDateLiteral, node.offset);
    case SyntaxKind::time:
      if (const Result<Time> time = Time::parse(text)) return constant(Value::of_time(*time), node.offset);
      return fault(kBadDateLiteral, node.offset);
    case SyntaxKind::quantity:
      if (const std::optional<Decimal> number = to_decimal(written)) {
        plan_.quantities.push_back({*number, plan_.texts.emplace_back(node.unit), node.is_calendar});
        return constant(Value::of_quantity(&plan_.quantities.back()), node.offset);
      }
      break;
    default:
      break;
  }
  return fault(kBadNumber, node.offset, {node.text});
}

// https://hl7.org/fhirpath/N1/#environment-variables, https://hl7.org/fhir/R4/fhirpath.html#variables
std::uint32_t Builder::variable(const Syntax& node, Scope& scope) {
  const std::string& name = node.text;
  auto text = [&](std::string value) {
    return constant(Value::of_string(plan_.texts.emplace_back(std::move(value))), node.offset);
  };
  for (const auto& [defined, slot] : scope.slots) {
    if (defined != name) continue;
    const std::uint32_t op =
        add(run_slot, decide_by_running, "variable", node.offset, StaticType::any(), {.is_impure = true});
    plan_.ops[op].number = slot;
    return op;
  }
  if (name == "context") return add(run_context_item, decide_by_running, "%context", node.offset, scope.root_type);
  if (name == "resource") return add(run_resource, decide_by_running, "%resource", node.offset, StaticType::any(false));
  if (name == "rootResource")
    return add(run_root_resource, decide_by_running, "%rootResource", node.offset, StaticType::any(false));
  if (name == "ucum") return text("http://unitsofmeasure.org");
  if (name == "sct") return text("http://snomed.info/sct");
  if (name == "loinc") return text("http://loinc.org");
  if (name.starts_with("vs-")) return text("http://hl7.org/fhir/ValueSet/" + name.substr(3));
  if (name.starts_with("ext-")) return text("http://hl7.org/fhir/StructureDefinition/" + name.substr(4));
  for (std::size_t i = 0; i < options_.variables.size(); ++i) {
    if (options_.variables[i].name != name) continue;
    StaticType type = StaticType::any();
    if (options_.variables[i].type != fhir::TypeId::none) {
      type.is_any = false;
      type.add(options_.variables[i].type);
    }
    const std::uint32_t op = add(run_variable, decide_by_running, "variable", node.offset, std::move(type));
    plan_.ops[op].number = static_cast<std::uint32_t>(i);
    return op;
  }
  return fault(kUnknownVariable, node.offset, {name});
}

std::uint32_t Builder::this_item(std::size_t offset, const Scope& scope) {
  return add(run_this_item, decide_by_running, "$this", offset, scope.this_type, {.uses_focus = true});
}

// https://build.fhir.org/ig/HL7/FHIRPath/#definevariable: known to what follows in the same path and its arguments.
std::uint32_t Builder::define(const std::string& name, std::size_t offset, Scope& scope) {
  for (const auto& [defined, slot] : scope.slots) {
    if (defined == name) fault(kVariableTwice, offset, {name});
  }
  for (const std::string_view taken : {"context", "resource", "rootResource", "ucum", "sct", "loinc"}) {
    if (name == taken) fault(kVariableTwice, offset, {name});
  }
  scope.slots.emplace_back(name, plan_.slots);
  return plan_.slots++;
}

// a | b | c is one operation of three parts. Parts that can give nothing are left out.
std::uint32_t Builder::make_union(std::uint32_t left, std::uint32_t right, std::size_t offset) {
  std::vector<std::uint32_t> parts;
  for (const std::uint32_t side : {left, right}) {
    const Op& op = plan_.ops[side];
    if (optimises() && plan_.types[side].is_nothing()) continue;
    if (optimises() && op.run == run_union) {
      for (std::uint32_t i = 0; i < op.count; ++i) parts.push_back(plan_.operand(op, i));
    } else {
      parts.push_back(side);
    }
  }
  if (parts.empty()) return nothing(offset);
  StaticType type;
  for (const std::uint32_t part : parts) type.add(plan_.types[part]);
  type.is_plural = parts.size() > 1 || plan_.types[parts[0]].is_plural;
  const std::uint32_t op = add(run_union, decide_by_running, "|", offset, std::move(type));
  set_operands(op, parts);
  return op;
}

// --- types

std::optional<TypeTest> Builder::find_test(const std::string& space, const std::string& name) const {
  TypeTest test;
  test.name = space.empty() ? name : space + "." + name;
  if (space.empty() || space == "FHIR") test.node = plan_.schema->find_type(name);
  if (space.empty() || space == "System") test.system = system_type_named(name);
  // There is nothing else in System, so the answer to `is System.Patient` is no.
  if (test.node == fhir::TypeId::none && test.system == ValueType::none && space != "System") return std::nullopt;
  return test;
}

StaticType Builder::filtered_type(const StaticType& input, const TypeTest& test) const {
  StaticType type;
  type.is_plural = input.is_plural;
  type.is_unordered = input.is_unordered;
  if (test.system != ValueType::none && (input.is_any || (input.system & bit(test.system)) != 0))
    type.system = bit(test.system);
  if (test.node == fhir::TypeId::none) return type;
  if (input.is_any) type.add(test.node);
  for (const fhir::TypeId node : input.nodes) {
    if (node == test.node || (!test.is_exact && plan_.schema->is_a(node, test.node))) {
      type.add(node);
    } else if (plan_.schema->is_a(test.node, node)) {
      type.add(test.node);
    }
  }
  return type;
}

std::uint32_t Builder::type_operation(bool is_test, std::string_view function, std::uint32_t input,
                                      const std::string& space, const std::string& name, std::size_t type_offset,
                                      std::size_t offset) {
  std::optional<TypeTest> test = find_test(space, name);
  if (!test) return fault(kUnknownType, type_offset, {space.empty() ? name : space + "." + name});
  const auto number = static_cast<std::uint32_t>(plan_.tests.size());
  if (is_test) {
    const bool of_reference =
        optimises() && input != kNoOp && plan_.ops[input].run == run_resolve && test->node != fhir::TypeId::none;
    plan_.tests.push_back(std::move(*test));
    const std::uint32_t op =
        add(run_decided, of_reference ? decide_resolves_to : decide_is, of_reference ? "resolve() is" : "is", offset,
            StaticType::of(kBooleans), {.uses_focus = input == kNoOp});
    set_input(op, of_reference ? plan_.ops[input].input : input);
    if (of_reference && plan_.ops[op].input == kNoOp) flags_[op].uses_focus = true;
    plan_.ops[op].number = number;
    return op;
  }
  // `as` and ofType() on primitives ask for the very type: a code is not taken for a string.
  test->is_exact =
      test->node != fhir::TypeId::none && plan_.schema->type(test->node).primitive != fhir::Primitive::none;
  const bool is_filter = function == "ofType" || options_.as == AsOperator::filter;
  const StaticType input_type = input == kNoOp ? StaticType::any() : plan_.types[input];
  StaticType type = filtered_type(input_type, *test);
  if (!is_filter) type.is_plural = false;
  // On a step of a path the type is a condition of that step.
  if (optimises() && input != kNoOp && plan_.ops[input].run == run_path && plan_.ops[input].limit == kAll &&
      (is_filter || !input_type.is_plural) && test->system == ValueType::none) {
    Step& last = plan_.steps[plan_.ops[input].first + plan_.ops[input].count - 1];
    if (last.only == fhir::TypeId::none && last.name != fhir::NameId::none) {
      last.only = test->node;
      last.is_exact = test->is_exact;
      plan_.types[input] = std::move(type);
      return input;
    }
  }
  plan_.tests.push_back(std::move(*test));
  const std::uint32_t op = add(is_filter ? run_of_type : run_as, decide_by_running, is_filter ? "ofType" : "as", offset,
                               std::move(type), {.uses_focus = input == kNoOp});
  set_input(op, input);
  plan_.ops[op].number = number;
  return op;
}

// --- checks

void Builder::check_order(const std::string& what, const StaticType& type, std::size_t offset) {
  if (options_.order == OrderCheck::on && type.is_unordered) fault(kNotOrdered, offset, {what});
}

void Builder::check_operands(std::string_view op, std::uint32_t left, std::uint32_t right, std::size_t offset) {
  const StaticType& a = plan_.types[left];
  const StaticType& b = plan_.types[right];
  if (a.is_nothing() || b.is_nothing()) return;
  const SystemTypes types_a = usable_as(a, *plan_.schema);
  const SystemTypes types_b = usable_as(b, *plan_.schema);
  auto both = [&](SystemTypes types) { return (types_a & types) != 0 && (types_b & types) != 0; };
  constexpr SystemTypes kMeasures = kNumbers | kQuantities;
  bool fits = true;
  if (op == "<" || op == "<=" || op == ">" || op == ">=") {
    fits = both(kMeasures) || both(kStrings) || both(kDates) || both(bit(ValueType::time));
  } else if (op == "+" || op == "-") {
    const bool on_date = (types_a & (kDates | bit(ValueType::time))) != 0 && (types_b & kQuantities) != 0;
    fits = both(kMeasures) || on_date || (op == "+" && both(kStrings));
  } else if (op == "*" || op == "/") {
    fits = both(kMeasures);
  } else if (op == "div" || op == "mod") {
    fits = both(kNumbers);
  }
  if (!fits) fault(kWrongOperands, offset, {std::string(op), describe(a, *plan_.schema), describe(b, *plan_.schema)});
}

void Builder::check_condition(const Function& function, std::uint32_t op, bool must_be_boolean, std::size_t offset) {
  const StaticType& type = plan_.types[op];
  if (!must_be_boolean || type.is_nothing()) return;
  if ((usable_as(type, *plan_.schema) & kBooleans) != 0) return;
  fault(kNotBoolean, offset, {std::string(function.name) + "()", describe(type, *plan_.schema)});
}

StaticType Builder::result_type(const Function& function, const StaticType& input,
                                std::span<const std::uint32_t> arguments) const {
  switch (function.gives) {
    case Gives::boolean:
      return StaticType::of(kBooleans);
    case Gives::integer:
      return StaticType::of(bit(ValueType::integer));
    case Gives::long_integer:
      return StaticType::of(bit(ValueType::long_integer));
    case Gives::decimal:
      return StaticType::of(bit(ValueType::decimal));
    case Gives::string:
      return StaticType::of(kStrings);
    case Gives::strings:
      return StaticType::of(kStrings, true);
    case Gives::date:
      return StaticType::of(bit(ValueType::date));
    case Gives::date_time:
      return StaticType::of(bit(ValueType::date_time));
    case Gives::time:
      return StaticType::of(bit(ValueType::time));
    case Gives::quantity:
      return StaticType::of(kQuantities);
    case Gives::type_info:
      return StaticType::of(bit(ValueType::type_info), input.is_plural);
    case Gives::input: {
      StaticType type = input;
      if (function.run == run_sort) type.is_unordered = false;
      return type;
    }
    case Gives::one_of_input: {
      StaticType type = input;
      type.is_plural = false;
      // Boundaries of a FHIR decimal are System decimals.
      if (function.run == run_low_boundary || function.run == run_high_boundary) {
        type = StaticType::of(static_cast<SystemTypes>(usable_as(input, *plan_.schema) | bit(ValueType::decimal)));
      }
      return type;
    }
    case Gives::number:
      return StaticType::of(static_cast<SystemTypes>((usable_as(input, *plan_.schema) & (kNumbers | kQuantities)) |
                                                     bit(ValueType::decimal)));
    case Gives::argument: {
      StaticType type = plan_.types[arguments[0]];
      type.is_plural = type.is_plural || input.is_plural;
      return type;
    }
    default:
      break;
  }
  StaticType type = StaticType::any();
  if (function.run == run_children || function.run == run_descendants) type.is_unordered = true;
  if (function.run == run_get_value) type = StaticType::of(usable_as(input, *plan_.schema));
  if (function.run == run_combine) {
    type = input;
    type.add(plan_.types[arguments[0]]);
    type.is_plural = true;
  }
  if (function.run == run_iif) {
    type = plan_.types[arguments[1]];
    if (arguments.size() > 2) {
      type.add(plan_.types[arguments[2]]);
      type.is_plural = type.is_plural || plan_.types[arguments[2]].is_plural;
    }
  }
  if (function.run == run_extension) {
    type.is_any = false;
    type.add(plan_.schema->find_type("Extension"));
  }
  return type;
}

// --- improvements

std::uint32_t Builder::folded(std::uint32_t index) {
  const Op op = plan_.ops[index];
  if (!optimises() || failed_) return index;
  // Without a written input a function is asked of $this.
  const bool has_input = op.function != nullptr || op.input != kNoOp;
  if (has_input && (op.input == kNoOp || !is_constant(op.input))) return index;
  if (op.function != nullptr && (op.run == run_iif || op.decide == decide_member_of || op.decide == decide_subsumes ||
                                 op.decide == decide_subsumed_by || op.decide == decide_conforms_to)) {
    return index;
  }
  for (std::uint32_t i = 0; i < op.count; ++i) {
    if (!is_constant(plan_.operand(op, i))) return index;
  }
  // What fails, or is large, is left for the evaluation, which may never come to it.
  EvaluationContext context;
  context.set_limits({.max_steps = 10'000, .max_items = 1000, .max_bytes = 64 * 1024});
  Machine machine(plan_, context, {});
  if (!machine.run(index, kAll) || machine.stack().size() > 1) return index;
  if (machine.stack().size() == 0) {
    const StaticType type = plan_.types[index];
    const std::uint32_t result = nothing(op.offset);
    plan_.types[result] = type;  // for the checks of what stands around it
    return result;
  }
  Value value = machine.stack()[0];
  if (value.type() == ValueType::string) value = Value::of_string(plan_.texts.emplace_back(value.string()));
  if (value.type() == ValueType::quantity) {
    Quantity quantity = value.quantity();
    quantity.unit = plan_.texts.emplace_back(quantity.unit);
    plan_.quantities.push_back(quantity);
    value = Value::of_quantity(&plan_.quantities.back());
  }
  if (value.type() == ValueType::type_info || value.is_node()) return index;
  const StaticType type = plan_.types[index];
  const std::uint32_t result = constant(value, op.offset);
  plan_.types[result] = type;  // the checks must not depend on folding
  return result;
}

std::uint32_t Builder::with_fast_equality(std::uint32_t index) {
  if (!optimises() || plan_.ops[index].decide != decide_equal) return index;
  std::uint32_t left = plan_.operand(plan_.ops[index], 0);
  std::uint32_t right = plan_.operand(plan_.ops[index], 1);
  if (plan_.ops[left].run == run_constant) std::swap(left, right);
  const StaticType& type = plan_.types[left];
  if (plan_.ops[left].run != run_path || plan_.ops[right].run != run_constant ||
      plan_.ops[right].constant.type() != ValueType::string)
    return index;
  if (type.is_any || type.system != 0 || type.nodes.empty()) return index;
  for (const fhir::TypeId node : type.nodes) {
    if (system_type_of(plan_.schema->type(node).primitive) != ValueType::string) return index;
  }
  const std::size_t offset = plan_.ops[index].offset;
  const std::uint32_t op = add(run_decided, decide_path_equals_text, "= text", offset, StaticType::of(kBooleans));
  plan_.ops[op].constant = plan_.ops[right].constant;
  set_input(op, left);
  return op;
}

// `name.first()` is a path that stops at the first it finds.
std::optional<std::uint32_t> Builder::first_of_path(const Function& function, std::uint32_t input) {
  if (!optimises() || function.run != run_first || input == kNoOp || plan_.ops[input].run != run_path)
    return std::nullopt;
  plan_.ops[input].limit = 1;
  plan_.types[input].is_plural = false;
  return input;
}

void Builder::compile_constant_pattern(std::uint32_t index) {
  Op& op = plan_.ops[index];
  const bool takes_pattern =
      op.decide == decide_matches || op.decide == decide_matches_full || op.run == run_replace_matches;
  if (!takes_pattern || failed_) return;
  const Op& argument = plan_.ops[plan_.operand(op, 0)];
  if (argument.run != run_constant || argument.constant.type() != ValueType::string) return;
  std::string reason;
  std::unique_ptr<re2::RE2> pattern = compile_pattern(argument.constant.string(), reason);
  if (!pattern) {
    fault(kBadRegex, argument.offset, {reason});
    return;
  }
  plan_.patterns.push_back(std::move(pattern));
  op.number = static_cast<std::uint32_t>(plan_.patterns.size());
}

std::uint32_t Builder::date_part_number(const Function& function) {
  constexpr std::array<std::string_view, 10> kParts{"yearOf",   "monthOf",  "dayOf",         "hourOf",
                                                    "minuteOf", "secondOf", "millisecondOf", "timezoneOffsetOf",
                                                    "dateOf",   "timeOf"};
  return static_cast<std::uint32_t>(std::find(kParts.begin(), kParts.end(), function.name) - kParts.begin());
}

}  // namespace meridian::fhirpath::internal
