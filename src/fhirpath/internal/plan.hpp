// Plan: a compiled expression. A flat array of operations, each naming its operands by index; evaluation starts
// at `root` and recurses along the operands, so that its depth is the depth of the expression.
//
// Each operation has two entries: `run` pushes its items on the machine's stack; `decide` answers in three-valued
// logic without making a collection. An operation that is naturally one gets the other from machine.hpp
// (run_decided, decide_by_running).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/internal/static_type.hpp"
#include "fhirpath/value.hpp"
#include "formats/fhir/schema.hpp"

namespace re2 {
class RE2;
}

namespace meridian::fhirpath::internal {

class Machine;
class ValueStack;
struct Op;
struct Plan;
struct Function;

/// Three-valued logic, and a failure whose Error lies in the machine.
enum class Outcome : std::uint8_t { no, yes, empty, failed };

/// How many items the asker will look at: an operation may stop there.
using Demand = std::uint32_t;
inline constexpr Demand kAll = 0xFFFFFFFF;

using Run = bool (*)(Machine&, const Op&, Demand);
using Decide = Outcome (*)(Machine&, const Op&);

/// What a path leads to from the node, on an empty stack. Throws std::bad_alloc.
using FollowPath = Collection (*)(const Plan& plan, fhir::Node input, ValueStack& stack);

/// An operand that is not there: as input it means $this.
inline constexpr std::uint32_t kNoOp = 0xFFFFFFFF;

/// What `is`, `as` and ofType() ask. An unqualified name may mean a FHIR type and a System type (`Quantity`).
struct TypeTest {
  fhir::TypeId node = fhir::TypeId::none;
  ValueType system = ValueType::none;
  bool is_exact = false;  ///< only the very type: `as` and ofType() on primitives
  std::string name;
};

/// A member of the values that are not nodes.
enum class SystemMember : std::uint8_t { none, space, name, value, unit };

/// One name in a path. It leads to the children of that name, those of one type when `only` says so.
struct Step {
  fhir::NameId name = fhir::NameId::none;
  fhir::TypeId only = fhir::TypeId::none;
  bool is_exact = true;   ///< `only` is the very type; else types that derive from it count too
  bool is_first = false;  ///< only the first node that the path so far leads to: `name.first().given`
  SystemMember system_member = SystemMember::none;
};

struct Op {
  Run run = nullptr;
  Decide decide = nullptr;
  std::string_view label;  ///< for explain() and messages; of static storage
  const Function* function = nullptr;
  Value constant;
  std::uint32_t input = kNoOp;
  std::uint32_t first = 0;  ///< operands[first .. first + count), or steps[…] of a path
  std::uint32_t count = 0;
  Demand limit = kAll;        ///< of a path: `first()` is part of it
  bool is_node_path = false;  ///< a path whose steps are all members of nodes
  std::uint32_t number = 0;   ///< slot, type test, regular expression …
  std::uint32_t offset = 0;   ///< in the text
};

struct Plan {
  std::string text;
  const fhir::Schema* schema = nullptr;
  std::uint32_t root = 0;
  FollowPath follow = nullptr;  ///< evaluates without a machine, when the root is a path of nodes from the input
  std::vector<Op> ops;
  std::vector<StaticType> types;  ///< of the ops, one each
  std::vector<std::uint32_t> operands;
  std::vector<Step> steps;
  std::vector<TypeTest> tests;
  std::vector<std::string> variables;  ///< names of the caller's variables
  std::uint32_t slots = 0;             ///< of defineVariable()
  std::uint32_t memos = 0;             ///< of results that one evaluation computes once
  std::deque<std::string> texts;       ///< what constants refer to
  std::deque<Quantity> quantities;
  std::vector<std::unique_ptr<re2::RE2>> patterns;
  fhir::TypeId quantity_type = fhir::TypeId::none;
  std::vector<ValueType> system_types;  ///< by FHIR type: what its values are; none for what is not a primitive

  Plan();
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  std::uint32_t operand(const Op& op, std::uint32_t index) const { return operands[op.first + index]; }
};

std::string explain(const Plan& plan);

}  // namespace meridian::fhirpath::internal
