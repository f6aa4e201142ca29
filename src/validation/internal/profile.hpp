// A profile, compiled: the constraints that it adds to its type, as a tree of elements.
//
// Made from the snapshot, or, where there is none, from the base profile's tree with the differential applied on top,
// which is what a snapshot is. What the base specification demands itself is left out: the walk has checked it.
// Slices hang below the element that they slice and hold only what they add.
//
// Threads: immutable once made. Nodes point into the documents of the Profiles that were loaded.
// Specification: https://hl7.org/fhir/R4/profiling.html, https://hl7.org/fhir/R4/elementdefinition.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "formats/fhir/document.hpp"
#include "validation/internal/rules.hpp"

namespace meridian::validation {
class Profiles;
}

namespace meridian::validation::internal {

enum class DiscriminatorKind : std::uint8_t { value, exists, pattern, type, profile };
struct Discriminator {
  DiscriminatorKind kind;
  std::string path;
};

enum class SlicingRules : std::uint8_t { open, closed, open_at_end };

/// One of the types that a profile leaves to an element.
struct TypeRule {
  std::string code;
  fhir::TypeId type = fhir::TypeId::none;  ///< none for the System types of primitives' values
  std::vector<std::string> profiles;
  std::vector<std::string> target_profiles;
  std::vector<std::string> aggregation;
};

struct ProfileElement {
  std::string path;        ///< "Observation.component:systolic.value[x]", for messages and contentReference
  std::string slice_name;  ///< of a slice
  fhir::NameId name = fhir::NameId::none;
  fhir::TypeId type = fhir::TypeId::none;   ///< when it can only be one
  const fhir::ElementInfo* base = nullptr;  ///< what the specification says of it
  static constexpr std::uint32_t kNotStated = UINT32_MAX - 1;
  static constexpr std::uint32_t kUnbounded = UINT32_MAX;
  std::uint32_t min = kNotStated;
  std::uint32_t max = kNotStated;
  std::vector<TypeRule> types;
  fhir::Node fixed;
  fhir::Node pattern;
  fhir::Node min_value;
  fhir::Node max_value;
  std::uint32_t max_length = 0;
  fhir::BindingStrength binding = fhir::BindingStrength::none;
  std::string value_set;
  std::vector<std::shared_ptr<const CompiledInvariant>> invariants;
  std::string content_reference;
  std::vector<std::unique_ptr<ProfileElement>> children;

  bool is_sliced = false;
  bool is_ordered = false;
  SlicingRules rules = SlicingRules::open;
  std::vector<Discriminator> discriminators;
  std::vector<std::unique_ptr<ProfileElement>> slices;

  const ProfileElement* child(fhir::NameId wanted) const;
};

struct ExtensionContext {
  std::string type;  ///< element, extension, fhirpath
  std::string expression;
};

struct CompiledProfile {
  std::string url;
  fhir::TypeId type = fhir::TypeId::none;
  bool is_modifier_extension = false;
  std::vector<ExtensionContext> contexts;  ///< of an extension
  ProfileElement root;
  std::string fault;  ///< why it cannot be used; empty: it can

  /// The element that a contentReference `#path` names.
  const ProfileElement* find(std::string_view path) const;
};

class ProfileStore {
 public:
  ProfileStore(const fhir::Schema& schema, const Profiles& profiles);
  /// The profile of a canonical URL; nullptr when it was not loaded. Look at its `fault`.
  const CompiledProfile* find(std::string_view canonical) const;

 private:
  const fhir::Schema& schema_;
  const Profiles& profiles_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const CompiledProfile>, std::less<>> compiled_;
};

/// Compiles a StructureDefinition. Never fails: `fault` says what is wrong.
std::unique_ptr<const CompiledProfile> compile_profile(const fhir::Schema& schema, const Profiles& profiles,
                                                       fhir::Node definition);

}  // namespace meridian::validation::internal
