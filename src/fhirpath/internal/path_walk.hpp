// PathWalk: follows the steps of a path through a document, depth first, which gives the order of the document without
// making the collections in between.
//
// What the path leads to goes into a leaf: PushLeaf puts it on the stack, FirstLeaf keeps the first and counts. Paths
// of one and of two steps, which are most, have code of their own that is inline and runs in registers.
#pragma once

#include <cstdint>
#include <type_traits>

#include "fhirpath/internal/plan.hpp"
#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath::internal {

struct PushLeaf {
  ValueStack* stack;
  ValueStack::Room room;
  Demand wanted;  ///< how many more
  std::uint32_t looked = 0;

  PushLeaf(ValueStack& onto, Demand demand) : stack(&onto), room(onto.room()), wanted(demand) {}
  template <typename Item>
  [[gnu::always_inline]] void take(Item item) {
    if (room.next == room.end) [[unlikely]]
      room = stack->grown(room);
    new (static_cast<void*>(room.next++)) Value(item);
    --wanted;
  }
  /// To be called when the walk is over.
  void settle() const { stack->settle(room); }
};

struct FirstLeaf {
  Demand wanted;
  std::uint32_t count = 0;
  std::uint32_t looked = 0;
  fhir::Node first = {};

  explicit FirstLeaf(Demand demand) : wanted(demand) {}
  [[gnu::always_inline]] void take(fhir::Node node) {
    if (count++ == 0) first = node;
    --wanted;
  }
};

enum class PathKind : std::uint8_t { one_step, two_steps, many_steps };

/// Calls `use` with the kind of the path as a constant.
template <typename Use>
[[gnu::always_inline]] inline auto with_kind_of(const Op& path, Use use) {
  using enum PathKind;
  if (path.count == 1) return use(std::integral_constant<PathKind, one_step>());
  if (path.count == 2) return use(std::integral_constant<PathKind, two_steps>());
  return use(std::integral_constant<PathKind, many_steps>());
}

/// For paths whose steps are members of nodes (Op::is_node_path) and a leaf that wants something.
class PathWalk {
 public:
  PathWalk(const Plan& plan, const Op& path)
      : schema_(*plan.schema),
        first_(plan.steps.data() + path.first),
        last_(plan.steps.data() + path.first + path.count - 1) {}

  /// `kind`: of the path, see with_kind_of().
  template <PathKind kind, typename Leaf>
  [[gnu::always_inline]] void from(fhir::Node node, Leaf& leaf) const {
    if constexpr (kind == PathKind::one_step) {
      last_step(node, *first_, leaf);
    } else if constexpr (kind == PathKind::two_steps) {
      two_steps(node, first_, leaf);
    } else {
      many_steps(node, first_, leaf);
    }
  }

 private:
  bool fits(fhir::TypeId type, const Step& step) const {
    if (type == step.only || step.only == fhir::TypeId::none) return true;
    return !step.is_exact && type != fhir::TypeId::none && schema_.is_a(type, step.only);
  }

  template <typename Leaf>
  [[gnu::always_inline]] void last_step(fhir::Node node, const Step& step, Leaf& leaf) const {
    fhir::Items items = node.items(step.name);
    const bool takes_all = step.only == fhir::TypeId::none;
    for (; items && leaf.wanted != 0; items.next()) {
      if (takes_all || fits(items.type(), step)) leaf.take(items.node());
    }
    leaf.looked += items.looked();
  }

  template <typename Leaf>
  [[gnu::always_inline]] void two_steps(fhir::Node node, const Step* step, Leaf& leaf) const {
    fhir::Items items = node.items(step->name);
    const bool takes_all = step->only == fhir::TypeId::none;
    for (; items && leaf.wanted != 0; items.next()) {
      if (!takes_all && !fits(items.type(), *step)) continue;
      last_step(items.node(), step[1], leaf);
      if (step->is_first) leaf.wanted = 0;
    }
    leaf.looked += items.looked();
  }

  /// Recursion is as deep as there are steps.
  template <typename Leaf>
  [[gnu::noinline]] void many_steps(fhir::Node node, const Step* step, Leaf& leaf) const {
    fhir::Items items = node.items(step->name);
    for (; items && leaf.wanted != 0; items.next()) {
      if (!fits(items.type(), *step)) continue;
      if (step + 2 == last_) {
        two_steps(items.node(), step + 1, leaf);
      } else {
        many_steps(items.node(), step + 1, leaf);
      }
      if (step->is_first) leaf.wanted = 0;
    }
    leaf.looked += items.looked();
  }

  const fhir::Schema& schema_;
  const Step* first_;
  const Step* last_;
};

}  // namespace meridian::fhirpath::internal
