// ProfileChecker: one compiled profile at a time over one document; see profile_check.hpp for where it begins.
//
// Profiles lead to profiles (of element types, of references' targets). Each pair of node and profile is checked once,
// which also ends the cycles that references make; how deep it goes is bounded.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "validation/internal/profile.hpp"
#include "validation/internal/reference_rules.hpp"
#include "validation/internal/walk.hpp"

namespace meridian::validation::internal {

class ProfileChecker {
 public:
  explicit ProfileChecker(Walk& walk);

  /// Reports where the resource or element does not conform. `scope`: the resource in which it lies.
  void check(fhir::Node node, const CompiledProfile& profile, std::uint32_t scope);
  /// Whether it conforms, reporting nothing.
  bool conforms(fhir::Node node, const CompiledProfile& profile, std::uint32_t scope);
  const ReferenceIndex& references() const { return index_; }

 private:
  struct Frame {
    const CompiledProfile& profile;
    std::uint32_t scope;
  };
  using Nodes = std::vector<fhir::Node>;

  void element(fhir::Node node, const ProfileElement& rule, const Frame& outer);
  void children(fhir::Node node, const ProfileElement& rule, const Frame& frame);
  void group(fhir::Node parent, const Nodes& nodes, const ProfileElement& rule, const Frame& frame);
  void count(fhir::Node parent, std::size_t found, const ProfileElement& rule, const Frame& frame);
  void values(fhir::Node node, const ProfileElement& rule, const Frame& frame);
  void types(fhir::Node node, const ProfileElement& rule, const Frame& frame);
  void type_profiles(fhir::Node node, const TypeRule& type, const Frame& frame);
  void target(fhir::Node node, const TypeRule& type, const Frame& frame);
  void bounds(fhir::Node node, const ProfileElement& rule, const Frame& frame);
  void binding(fhir::Node node, const ProfileElement& rule);

  // slicing.cpp
  void slices(fhir::Node parent, const Nodes& nodes, const ProfileElement& rule, const Frame& frame);
  bool fits(fhir::Node node, const ProfileElement& slice, const ProfileElement& sliced, const Frame& frame);
  enum class Verdict : std::uint8_t { no, yes, not_stated };
  Verdict discriminates(fhir::Node node, const ProfileElement& slice, const Discriminator& by, const Frame& frame);
  void nodes_at(fhir::Node node, std::string_view path, const Frame& frame, Nodes& found, int depth);
  struct RuleAt {
    const ProfileElement* rule = nullptr;
    const CompiledProfile* profile = nullptr;  ///< in which the rule stands
    bool is_resolved = false;                  ///< the path led through resolve(): the rule is that of the Reference
  };
  void rules_at(const ProfileElement& rule, const CompiledProfile& profile, std::string_view path,
                std::vector<RuleAt>& found, int depth);
  bool matches_value(fhir::Node value, const ProfileElement& rule);
  bool states_value(const ProfileElement& rule) const;
  std::string source(const Frame& frame) const;

  Walk& walk_;
  Report& report_;
  ReferenceIndex index_;
  std::set<std::pair<std::uint32_t, const CompiledProfile*>> done_;
  int depth_ = 0;
};

}  // namespace meridian::validation::internal
