// PathWalk: follows the steps of a path through a document, depth first, which gives the order of the document without
// making the collections in between.
#pragma once

#include <cstdint>

#include "fhirpath/internal/plan.hpp"
#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath::internal {

class PathWalk {
 public:
  /// Pushes at most `demand` items.
  PathWalk(const Plan& plan, const Op& path, ValueStack& stack, Demand demand)
      : schema_(*plan.schema),
        stack_(stack),
        last_(plan.steps.data() + path.first + path.count - 1),
        full_(demand > kAll - stack.size() ? kAll : stack.size() + demand) {}

  void from(const Value& value, const Step* step);

  /// Recursion is as deep as there are steps.
  void from(fhir::Node node, const Step* step) {
    if (step == last_) {
      looked_ += node.visit_items(step->name, [this, step](fhir::Node child) {
        if (fits(child.type(), *step)) stack_.push_node(child);
        return !is_full();
      });
      return;
    }
    looked_ += node.visit_items(step->name, [this, step](fhir::Node child) {
      if (!fits(child.type(), *step)) return true;
      from(child, step + 1);
      if (step->is_first) full_ = stack_.size();
      return !is_full();
    });
  }

  bool is_full() const { return stack_.size() >= full_; }
  /// What the walk cost, in members and items looked at.
  std::uint64_t looked() const { return looked_; }

 private:
  bool fits(fhir::TypeId type, const Step& step) const {
    if (step.only == fhir::TypeId::none || type == step.only) return true;
    return !step.is_exact && type != fhir::TypeId::none && schema_.is_a(type, step.only);
  }

  const fhir::Schema& schema_;
  ValueStack& stack_;
  const Step* last_;
  std::uint32_t full_;
  std::uint64_t looked_ = 0;
};

}  // namespace meridian::fhirpath::internal
