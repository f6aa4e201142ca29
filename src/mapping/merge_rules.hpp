// MergeRules: how the parts of a resource are kept apart when messages are merged (catalog/mappings/*/merge.yaml).
//
// An element is one slot unless a rule says otherwise; of a list, what each field gave is a slot.
//   members   the members of an object are slots of their own
//   item      each item of a list, known by the texts at its `key` paths
//   segment   of a list, what all segments of one kind gave is one slot
//   timeline  items are observations of something at a time; shown is where it changed
// Immutable; share freely.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::mapping {

enum class MergeKind : std::uint8_t { standard, members, item, segment, timeline };

struct MergeRule {
  MergeKind kind = MergeKind::standard;
  /// JSON keys from the item to the texts that make its key: {{"system"}, {"value"}}.
  std::vector<std::vector<std::string>> key;
};

class MergeRules {
 public:
  void set(fhir::TypeId type, fhir::NameId element, MergeRule rule) { rules_[{type, element}] = std::move(rule); }
  const MergeRule& rule(fhir::TypeId type, fhir::NameId element) const {
    static const MergeRule standard;
    const auto found = rules_.find({type, element});
    return found == rules_.end() ? standard : found->second;
  }

 private:
  std::map<std::pair<fhir::TypeId, fhir::NameId>, MergeRule> rules_;
};

}  // namespace meridian::mapping
