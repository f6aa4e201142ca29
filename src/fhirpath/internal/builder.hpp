// Builder: makes operations with their static types and checks them. What the compiler asks for while it walks the
// tree.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhirpath/expression.hpp"
#include "fhirpath/internal/ast.hpp"
#include "fhirpath/internal/functions.hpp"
#include "fhirpath/internal/plan.hpp"

namespace meridian::fhirpath::internal {

/// What names mean at a place in the expression. Copied for what stands within brackets.
struct Scope {
  StaticType this_type;
  StaticType root_type;                                      // %context
  std::vector<std::pair<std::string, std::uint32_t>> slots;  // defineVariable()
  bool in_lambda = false;
  bool has_total = false;
};

/// What an operation looks at besides its operands: whether its result may be kept (see optimiser.hpp).
struct OpFlags {
  bool uses_focus = false;  // $this or $index of where it stands
  bool uses_total = false;
  bool is_impure = false;  // reads or writes a variable's slot, or traces
};

class Builder {
 protected:
  Builder(const CompileOptions& options, Plan& plan, Issues& issues);

  StaticType input_type() const;

  // Faults. Each gives an operation that gives nothing, so that compiling can go on.
  std::uint32_t fault(const Message& message, std::size_t offset, std::vector<std::string> arguments = {},
                      IssueType type = IssueType::invalid);
  void warn(const Message& message, std::size_t offset, std::vector<std::string> arguments);

  // Operations.
  std::uint32_t add(Run run, Decide decide, std::string_view label, std::size_t offset, StaticType type,
                    OpFlags flags = {});
  void set_input(std::uint32_t op, std::uint32_t input);
  void set_operands(std::uint32_t op, std::span<const std::uint32_t> operands);
  void set_operands(std::uint32_t op, std::initializer_list<std::uint32_t> operands) {
    set_operands(op, std::span<const std::uint32_t>(operands.begin(), operands.size()));
  }
  std::uint32_t nothing(std::size_t offset);
  std::uint32_t constant(const Value& value, std::size_t offset);
  std::uint32_t literal(const Syntax& node);
  std::uint32_t variable(const Syntax& node, Scope& scope);
  std::uint32_t this_item(std::size_t offset, const Scope& scope);
  std::uint32_t make_union(std::uint32_t left, std::uint32_t right, std::size_t offset);
  /// `is`, `as`, ofType(); `function` is empty for the operators.
  std::uint32_t type_operation(bool is_test, std::string_view function, std::uint32_t input, const std::string& space,
                               const std::string& name, std::size_t type_offset, std::size_t offset);
  std::uint32_t define(const std::string& name, std::size_t offset, Scope& scope);

  // Paths.
  /// `Patient` at the start of a path, when it names a type; nothing when it is an ordinary member.
  std::optional<std::uint32_t> type_at_start(const std::string& name, std::size_t offset, const Scope& scope);
  std::uint32_t step(const std::string& name, std::uint32_t input, const StaticType& input_type, std::size_t offset);

  // Checks and types.
  void check_order(const std::string& what, const StaticType& type, std::size_t offset);
  void check_operands(std::string_view op, std::uint32_t left, std::uint32_t right, std::size_t offset);
  void check_condition(const Function& function, std::uint32_t op, bool must_be_boolean, std::size_t offset);
  StaticType result_type(const Function& function, const StaticType& input,
                         std::span<const std::uint32_t> arguments) const;

  // Improvements on the spot; none when the options switch them off.
  std::uint32_t folded(std::uint32_t op);
  std::uint32_t with_fast_equality(std::uint32_t op);
  std::optional<std::uint32_t> first_of_path(const Function& function, std::uint32_t input);
  void compile_constant_pattern(std::uint32_t op);
  static std::uint32_t date_part_number(const Function& function);

  bool optimises() const { return options_.optimisation == Optimisation::on; }
  bool is_constant(std::uint32_t op) const;

  const CompileOptions& options_;
  Plan& plan_;
  Issues& issues_;
  std::vector<OpFlags> flags_;  // of the operations, one each
  bool failed_ = false;

 private:
  StaticType member_type(const std::string& name, const StaticType& input, Step& step, bool& known) const;
  std::uint32_t unknown_member(const std::string& name, const StaticType& input, std::size_t offset);
  std::optional<TypeTest> find_test(const std::string& space, const std::string& name) const;
  StaticType filtered_type(const StaticType& input, const TypeTest& test) const;
};

}  // namespace meridian::fhirpath::internal
