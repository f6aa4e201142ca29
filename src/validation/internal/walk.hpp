// Walk: one pass over a document that checks everything, resource by resource.
//
// The pass checks structure, values, bindings and invariants on the way down, and takes note of resources (scopes)
// and references. When the tree is done, the rules that look across it run: contained resources, references,
// Bundles; then the profiles. Recursion follows the document's depth, which its parser bounds.
//
// One Walk belongs to a session and is used for one document after another; its vectors keep their memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"
#include "validation/internal/narrative.hpp"
#include "validation/internal/report.hpp"
#include "validation/internal/shared.hpp"

namespace meridian::fhirpath {
class EvaluationContext;
enum class Answer : std::uint8_t;
}  // namespace meridian::fhirpath

namespace meridian::validation::internal {

inline constexpr std::uint32_t kNoScope = UINT32_MAX;

enum class Place : std::uint8_t { root, contained, bundle_entry, parameter, other };

/// A resource within the document.
struct Scope {
  fhir::Node resource;
  Place place = Place::root;
  std::uint32_t outer = kNoScope;     ///< the resource in which it lies
  std::uint32_t container = 0;        ///< for fragments: itself, or the container of a contained one
  fhir::Node entry = {};              ///< of a Bundle
  std::string_view full_url = {};     ///< of that entry
  std::uint32_t end = 0;              ///< the scope after the last that lies within it
  std::uint32_t first_reference = 0;  ///< of those within it, in the order of the text
  std::uint32_t end_reference = 0;
  bool has_contained = false;
};

/// A Reference with a `reference`, or a canonical that begins with #.
struct ReferenceUse {
  fhir::Node node;   ///< the Reference; the primitive itself for a canonical
  fhir::Node value;  ///< its text
  const fhir::ElementInfo* element;
  std::uint32_t scope;
};

/// The `id` of an element; unique within its container.
struct ElementIdUse {
  std::uint32_t container;
  std::string_view id;
  fhir::Node node;
};

/// A link `#target` in a narrative.
struct FragmentLink {
  std::uint32_t container;  ///< the scope whose contained resources it may name
  std::string_view target;
  fhir::Node node;  ///< the narrative's div
};

/// An extension with an absolute url, for checking against its definition.
struct ExtensionUse {
  fhir::Node node;
  fhir::Node parent;
  const fhir::ElementInfo* parent_element;  ///< what the parent is in its own parent; null for a resource
  std::string_view outer_url;               ///< of the extension in which it lies
  std::uint32_t scope;
  bool is_modifier;
};

class Walk {
 public:
  Walk(const Shared& shared, fhirpath::EvaluationContext& context);
  ~Walk();

  void run(const fhir::Document& document, std::span<const std::string> profiles, Issues& issues);
  /// The pass alone, over a resource or element, for questions about what lies in it: conforms(). Faults of JSON's form
  /// are not looked at. What it finds stays in the report.
  void look_at(fhir::Node root);
  /// After look_at(): whether a node within keeps the base specification and the profile, both without an error.
  fhirpath::Answer conforms(fhir::Node node, std::string_view profile);

  const Shared& shared() const { return shared_; }
  Report& report() { return report_; }
  fhirpath::EvaluationContext& context() { return context_; }
  const fhir::Schema& schema() const { return shared_.schema; }
  const Names& names() const { return shared_.names; }

  // What the pass took note of, for the rules that look across resources.
  const std::vector<Scope>& scopes() const { return scopes_; }
  /// The scope of that resource; kNoScope when the node is none.
  std::uint32_t scope_at(fhir::Node resource) const;
  const std::vector<ReferenceUse>& references() const { return references_; }
  std::vector<ElementIdUse>& element_ids() { return ids_; }
  const std::vector<FragmentLink>& fragment_links() const { return fragment_links_; }
  const std::vector<std::string_view>& narrative_ids() const { return narrative_ids_; }
  const std::vector<ExtensionUse>& extensions() const { return extensions_; }

  /// Whether a node conforms to a loaded profile: for conformsTo().
  fhirpath::Answer conforms_to(fhir::Node node, std::string_view profile);
  /// Runs the invariants on a node; %resource is the scope's resource.
  void check_invariants(fhir::Node node, std::span<const CompiledInvariant> invariants, std::uint32_t scope);
  void check_invariants(fhir::Node node, std::span<const std::shared_ptr<const CompiledInvariant>> invariants,
                        std::uint32_t scope);

 private:
  // walk.cpp: structure
  void pass(fhir::Node root);
  bool has_error_within(fhir::Node node) const;
  void form_faults(const fhir::Document& document);
  void resource(fhir::Node node, Place place, std::uint32_t outer, fhir::Node entry);
  void check_invariant(fhir::Node node, const CompiledInvariant& invariant);
  void close_scope(std::uint32_t scope);
  void content(fhir::Node node, const fhir::ElementInfo* own, const TypeRules& rules, std::uint32_t scope);
  void unknown_member(fhir::Node member, const TypeRules& rules);
  void cardinality(fhir::Node node, const TypeRules& rules, std::span<const std::uint32_t> counts);
  void element(fhir::Node node, fhir::Node parent, const ElementRules& rules, const TypeRules& owner,
               std::uint32_t scope);
  void complex(fhir::Node node, const ElementRules* element, const TypeRules& rules, std::uint32_t scope);
  void primitive(fhir::Node node, const ElementRules& element, const TypeRules& rules, std::uint32_t scope);

  // value_rules.cpp: data types
  void special(fhir::Node node, const ElementRules* element, SpecialType special, std::uint32_t scope);
  void extension(fhir::Node node, const ElementRules* element);
  void reference(fhir::Node node, const ElementRules* element, std::uint32_t scope);
  void coding(fhir::Node node);
  void identifier(fhir::Node node);
  void attachment(fhir::Node node);
  void narrative(fhir::Node node, std::uint32_t scope);
  void binding(fhir::Node node, const ElementRules& element, SpecialType special);
  void bound_code(fhir::Node node, const ElementRules& element, std::string_view system, std::string_view code);
  fhir::Membership is_in_set(const fhir::ElementInfo& element, std::string_view system, std::string_view code) const;
  void bound_concept(fhir::Node node, const ElementRules& element);
  void primitive_form(fhir::Node node, const ElementRules& element, std::string_view text);

  const Shared& shared_;
  fhirpath::EvaluationContext& context_;
  Report report_;
  std::vector<Scope> scopes_;
  std::vector<ReferenceUse> references_;
  std::vector<std::uint32_t> counts_;  // a stack: how often each element of the objects being walked occurred
  std::vector<ElementIdUse> ids_;
  std::vector<ExtensionUse> extensions_;
  std::vector<FragmentLink> fragment_links_;
  std::vector<std::string_view> narrative_ids_;
  NarrativeFindings narrative_;
  std::uint32_t depth_ = 0;
};

/// Rules that only one resource type has and FHIRPath does not state (resource_rules.cpp).
void check_resource_rules(Walk& walk, fhir::Node resource);

/// Reference and contained rules over all scopes (reference_rules.cpp).
void check_references(Walk& walk);

}  // namespace meridian::validation::internal
