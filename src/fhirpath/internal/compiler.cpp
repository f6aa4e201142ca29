#include "fhirpath/internal/compiler.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhirpath/internal/ast.hpp"
#include "fhirpath/internal/builder.hpp"
#include "fhirpath/internal/functions.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/messages.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/optimiser.hpp"
#include "fhirpath/internal/text.hpp"

namespace meridian::fhirpath::internal {

namespace {

struct OperatorEntry {
  std::string_view text;
  Run run;
  Decide decide;
  SystemTypes gives;  // 0: as the operands
};

constexpr OperatorEntry kOperators[] = {
    {"=", run_decided, decide_equal, kBooleans},
    {"!=", run_decided, decide_not_equal, kBooleans},
    {"~", run_decided, decide_equivalent, kBooleans},
    {"!~", run_decided, decide_not_equivalent, kBooleans},
    {"<", run_decided, decide_less, kBooleans},
    {"<=", run_decided, decide_less_or_equal, kBooleans},
    {">", run_decided, decide_greater, kBooleans},
    {">=", run_decided, decide_greater_or_equal, kBooleans},
    {"and", run_decided, decide_and, kBooleans},
    {"or", run_decided, decide_or, kBooleans},
    {"xor", run_decided, decide_xor, kBooleans},
    {"implies", run_decided, decide_implies, kBooleans},
    {"in", run_decided, decide_in, kBooleans},
    {"contains", run_decided, decide_contains, kBooleans},
    {"+", run_add, decide_by_running, 0},
    {"-", run_subtract, decide_by_running, 0},
    {"*", run_multiply, decide_by_running, 0},
    {"/", run_divide, decide_by_running, kQuantities | bit(ValueType::decimal)},
    {"div", run_div, decide_by_running, bit(ValueType::integer)},
    {"mod", run_mod, decide_by_running, 0},
    {"&", run_concatenate, decide_by_running, kStrings},
};

/// Walks the syntax tree. Recursion is as deep as the tree, which the parser bounds.
class Compiler : private Builder {
 public:
  Compiler(const SyntaxTree& tree, const CompileOptions& options, Plan& plan, Issues& issues)
      : Builder(options, plan, issues), tree_(tree) {}

  bool compile() {
    Scope scope;
    scope.this_type = input_type();
    scope.root_type = scope.this_type;
    plan_.root = expression(tree_.root, scope);
    if (failed_) return false;
    if (optimises()) {
      keep_parts(plan_, flags_);
      const Op& root = plan_.ops[plan_.root];
      if (root.is_node_path && root.input == kNoOp) plan_.follow = follow_path_of(root);
    }
    return true;
  }

 private:
  std::uint32_t expression(std::uint32_t index, Scope& scope) {
    const Syntax& node = tree_.at(index);
    switch (node.kind) {
      case SyntaxKind::empty:
        return nothing(node.offset);
      case SyntaxKind::boolean:
      case SyntaxKind::string:
      case SyntaxKind::integer:
      case SyntaxKind::long_integer:
      case SyntaxKind::decimal:
      case SyntaxKind::date:
      case SyntaxKind::date_time:
      case SyntaxKind::time:
      case SyntaxKind::quantity:
        return literal(node);
      case SyntaxKind::variable:
        return variable(node, scope);
      case SyntaxKind::this_item:
        return this_item(node.offset, scope);
      case SyntaxKind::index:
        if (!scope.in_lambda) return fault(kOutsideLambda, node.offset, {"index", "where(), select(), …"});
        return add(run_index, decide_by_running, "$index", node.offset, StaticType::of(bit(ValueType::integer)),
                   {.uses_focus = true});
      case SyntaxKind::total:
        if (!scope.has_total) return fault(kOutsideLambda, node.offset, {"total", "aggregate()"});
        return add(run_total, decide_by_running, "$total", node.offset, StaticType::any(), {.uses_total = true});
      case SyntaxKind::member:
        return member(node, scope);
      case SyntaxKind::function:
        return function(node, scope);
      case SyntaxKind::indexer:
        return indexer(node, scope);
      case SyntaxKind::negate:
      case SyntaxKind::plus:
        return sign(node, scope);
      case SyntaxKind::binary:
        return binary(node, scope);
      case SyntaxKind::type_test: {
        const std::uint32_t input = expression(node.children[0], scope);
        const Syntax& type = tree_.at(node.children[1]);
        return type_operation(node.text == "is", "", input, type.unit, type.text, type.offset, node.offset);
      }
      case SyntaxKind::type:
        break;
    }
    return nothing(node.offset);
  }

  std::uint32_t member(const Syntax& node, Scope& scope) {
    if (node.has_input) {
      const std::uint32_t input = expression(node.children[0], scope);
      return step(node.text, input, plan_.types[input], node.offset);
    }
    if (const std::optional<std::uint32_t> root = type_at_start(node.text, node.offset, scope)) return *root;
    return step(node.text, kNoOp, scope.this_type, node.offset);
  }

  std::uint32_t indexer(const Syntax& node, Scope& scope) {
    const std::uint32_t input = expression(node.children[0], scope);
    Scope inner = scope;
    const std::uint32_t index = expression(node.children[1], inner);
    check_order("[ ]", plan_.types[input], node.offset);
    StaticType type = plan_.types[input];
    type.is_plural = false;
    const std::uint32_t op = add(run_indexer, decide_by_running, "[ ]", node.offset, std::move(type));
    set_input(op, input);
    set_operands(op, {index});
    return op;
  }

  std::uint32_t sign(const Syntax& node, Scope& scope) {
    const bool is_minus = node.kind == SyntaxKind::negate;
    const std::uint32_t input = expression(node.children[0], scope);
    const StaticType& type = plan_.types[input];
    const SystemTypes usable = usable_as(type, *plan_.schema);
    if (!type.is_nothing() && (usable & (kNumbers | kQuantities)) == 0) {
      return fault(kWrongInput, node.offset, {is_minus ? "-" : "+", describe(type, *plan_.schema)});
    }
    const std::uint32_t op = add(is_minus ? run_negate : run_plus, decide_by_running, is_minus ? "-" : "+", node.offset,
                                 StaticType::of(static_cast<SystemTypes>(usable & (kNumbers | kQuantities))));
    set_input(op, input);
    return folded(op);
  }

  std::uint32_t binary(const Syntax& node, Scope& scope) {
    if (node.text == "|") return union_of(node, scope);
    // What a side defines is not known to the other.
    Scope left_scope = scope;
    Scope right_scope = scope;
    const std::uint32_t left = expression(node.children[0], left_scope);
    const std::uint32_t right = expression(node.children[1], right_scope);
    for (const OperatorEntry& entry : kOperators) {
      if (entry.text != node.text) continue;
      check_operands(entry.text, left, right, node.offset);
      SystemTypes types = entry.gives;
      if (types == 0) {
        types = static_cast<SystemTypes>(usable_as(plan_.types[left], *plan_.schema) |
                                         usable_as(plan_.types[right], *plan_.schema));
        types &= static_cast<SystemTypes>(kNumbers | kQuantities | kStrings | kTimes | bit(ValueType::time));
      }
      const std::uint32_t op = add(entry.run, entry.decide, entry.text, node.offset, StaticType::of(types));
      if (optimises() && entry.run == run_concatenate && plan_.ops[left].run == run_concatenate) {
        // a & b & c is one operation.
        std::vector<std::uint32_t> parts;
        for (std::uint32_t i = 0; i < plan_.ops[left].count; ++i) parts.push_back(plan_.operand(plan_.ops[left], i));
        parts.push_back(right);
        set_operands(op, parts);
      } else {
        set_operands(op, {left, right});
      }
      return folded(with_fast_equality(op));
    }
    return nothing(node.offset);
  }

  std::uint32_t union_of(const Syntax& node, Scope& scope) {
    Scope left_scope = scope;
    Scope right_scope = scope;
    const std::uint32_t left = expression(node.children[0], left_scope);
    const std::uint32_t right = expression(node.children[1], right_scope);
    return make_union(left, right, node.offset);
  }

  // --- functions

  std::uint32_t function(const Syntax& node, Scope& scope) {
    const Function* function = find_function(node.text);
    if (function == nullptr) return fault(kUnknownFunction, node.offset, {excerpt(node.text)});
    if (function->run == nullptr)
      return fault(kUnsupportedFunction, node.offset, {node.text}, IssueType::not_supported);
    const std::size_t first = node.has_input ? 1 : 0;
    const std::size_t count = node.children.size() - first;
    if (count < function->min_arguments || count > function->max_arguments) {
      std::string wanted = std::to_string(function->min_arguments);
      if (function->max_arguments != function->min_arguments) wanted += "–" + std::to_string(function->max_arguments);
      return fault(kWrongArity, node.offset, {node.text, wanted, std::to_string(count)});
    }
    const std::uint32_t input = node.has_input ? expression(node.children[0], scope) : kNoOp;
    const StaticType input_type = input == kNoOp ? scope.this_type : plan_.types[input];
    if (function->input != 0 && !input_type.is_nothing() &&
        (usable_as(input_type, *plan_.schema) & function->input) == 0) {
      return fault(kWrongInput, node.offset, {std::string(function->name) + "()", describe(input_type, *plan_.schema)});
    }
    if (function->needs_order) check_order(std::string(function->name) + "()", input_type, node.offset);
    if (function->takes[0] == Takes::type) return type_function(node, *function, input, first);

    Call call{node, *function, input, input_type, {}, 0, nullptr};
    for (std::size_t i = 0; i < count; ++i) {
      const Takes takes = function->takes[std::min<std::size_t>(i, 2)];
      argument(call, takes, node.children[first + i], scope);
      if (failed_) return nothing(node.offset);
    }
    if (call.defines != nullptr) call.number = define(call.defines->text, call.defines->offset, scope);
    return call_function(call, scope);
  }

  struct Call {
    const Syntax& node;
    const Function& function;
    std::uint32_t input;
    const StaticType& input_type;
    std::vector<std::uint32_t> arguments;
    std::uint32_t number;
    const Syntax* defines = nullptr;
  };

  void argument(Call& call, Takes takes, std::uint32_t index, Scope& scope) {
    const Syntax& node = tree_.at(index);
    if (takes == Takes::name) {
      if (node.kind != SyntaxKind::string) {
        fault(kVariableName, node.offset);
        return;
      }
      call.defines = &node;  // once the expression that gives it its values is compiled: it cannot name itself
      return;
    }
    Scope inner = scope;
    const bool is_lambda = takes == Takes::item || takes == Takes::condition || takes == Takes::total ||
                           (takes == Takes::lazy && call.input != kNoOp);
    if (is_lambda) {
      const bool is_repeat = call.function.run == run_repeat || call.function.run == run_repeat_all;
      inner.this_type = is_repeat ? StaticType::any(false) : call.input_type;
      inner.this_type.is_plural = call.function.run == run_define_variable && call.input_type.is_plural;
      inner.in_lambda = true;
    }
    if (takes == Takes::total) inner.has_total = true;
    if (call.function.run == run_sort) {
      sort_key(call, node, index, inner);
      return;
    }
    const std::uint32_t op = expression(index, inner);
    call.arguments.push_back(op);
    const bool is_criterion = takes == Takes::condition || (takes == Takes::lazy && call.arguments.size() == 1);
    if (is_criterion) check_condition(call.function, op, takes == Takes::lazy, node.offset);
  }

  /// A minus before a key turns the order round: for strings too, which have no negative.
  void sort_key(Call& call, const Syntax& node, std::uint32_t index, Scope& scope) {
    const bool is_descending = node.kind == SyntaxKind::negate || node.is_descending;
    if (is_descending) call.number |= 1U << call.arguments.size();
    call.arguments.push_back(expression(node.kind == SyntaxKind::negate ? node.children[0] : index, scope));
  }

  std::uint32_t call_function(Call& call, Scope& scope) {
    const Function& function = call.function;
    if (function.run == run_union) {
      const std::uint32_t left = call.input == kNoOp ? this_item(call.node.offset, scope) : call.input;
      return make_union(left, call.arguments[0], call.node.offset);
    }
    if (const std::optional<std::uint32_t> limited = first_of_path(function, call.input)) return *limited;
    StaticType type = result_type(function, call.input_type, call.arguments);
    const std::uint32_t op = add(function.run, function.decide, function.name, call.node.offset, std::move(type));
    plan_.ops[op].function = &function;
    plan_.ops[op].number = call.number;
    if (call.input == kNoOp) flags_[op].uses_focus = true;
    if (function.run == run_define_variable) flags_[op].is_impure = true;
    if (function.run == run_trace) flags_[op].is_impure = true;
    if (function.run == run_date_part) plan_.ops[op].number = date_part_number(function);
    set_input(op, call.input);
    set_operands(op, call.arguments);
    compile_constant_pattern(op);
    return function.is_single_input ? folded(op) : op;
  }

  std::uint32_t type_function(const Syntax& node, const Function& function, std::uint32_t input, std::size_t first) {
    const Syntax& argument = tree_.at(node.children[first]);
    const bool is_member = argument.kind == SyntaxKind::member;
    const bool is_qualified = is_member && argument.has_input;
    const bool is_name = is_member && (!is_qualified || (tree_.at(argument.children[0]).kind == SyntaxKind::member &&
                                                         !tree_.at(argument.children[0]).has_input));
    if (!is_name) return fault(kNotAType, argument.offset, {std::string(function.name)});
    const std::string space = is_qualified ? tree_.at(argument.children[0]).text : std::string();
    return type_operation(function.run == run_decided, function.name, input, space, argument.text, argument.offset,
                          node.offset);
  }

  const SyntaxTree& tree_;
};

}  // namespace

std::shared_ptr<const Plan> compile(std::string_view text, const CompileOptions& options, Issues& issues) {
  // 1. Text to tree.
  const std::optional<SyntaxTree> tree = parse(text, {options.max_bytes, options.max_depth, options.max_nodes}, issues);
  if (!tree) return nullptr;
  // 2. Tree to plan, with names and types resolved, and the plan improved.
  auto plan = std::make_shared<Plan>();
  plan->text = std::string(text);
  plan->schema = options.schema != nullptr ? options.schema : &fhir::Schema::r4();
  plan->quantity_type = plan->schema->find_type("Quantity");
  for (const fhir::TypeInfo& type : plan->schema->types()) plan->system_types.push_back(system_type_of(type.primitive));
  if (!Compiler(*tree, options, *plan, issues).compile()) return nullptr;
  return plan;
}

}  // namespace meridian::fhirpath::internal
