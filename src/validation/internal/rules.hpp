// What one type demands, worked out the first time the type is met: its elements' bounds, bindings and choices in
// arrays that the walk indexes, its invariants compiled.
//
// A few invariants that every element carries are checked by the walk itself (see kNativeInvariants); a test holds
// their verdicts against FHIRPath's over all the data there is.
// Threads: Rules may be asked from any thread; a TypeRules never changes once given out.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fhirpath/expression.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::validation::internal {

struct CompiledInvariant {
  std::string key;
  std::string human;
  Severity severity;
  std::unique_ptr<const fhirpath::Expression> expression;  ///< null: it does not compile
  std::string fault;                                       ///< why not
};

/// Compiles an invariant for instances of the given types. Repairs what is known to be wrong in R4's own (see
/// docs/spec-clarifications.d/validation.md).
CompiledInvariant compile_invariant(const fhir::Schema& schema, std::span<const fhir::TypeId> types,
                                    std::string_view key, std::string_view human, bool is_error,
                                    std::string_view expression);

/// Bindings whose codes are known by their syntax or by a short list rather than by a table.
enum class CodeForm : std::uint8_t { none, language, mime_type, currency };

struct ElementRules {
  const fhir::ElementInfo* info;
  std::uint32_t min;
  std::uint32_t max;
  CodeForm code_form = CodeForm::none;
  std::vector<CompiledInvariant> invariants;
};

/// Types that have rules of their own in code.
enum class SpecialType : std::uint8_t {
  none,
  extension,
  reference,
  coding,
  codeable_concept,
  quantity,
  identifier,
  attachment,
  narrative
};

struct TypeRules {
  const fhir::TypeInfo* type;
  SpecialType special = SpecialType::none;
  bool is_resource = false;
  bool is_domain_resource = false;
  bool has_ele1 = false;
  std::uint32_t first_element = 0;  ///< the number of elements[0]
  std::vector<ElementRules> elements;
  std::vector<std::uint16_t> required;          ///< indexes of elements with min > 0
  std::vector<CompiledInvariant> invariants;    ///< for every instance
  std::vector<CompiledInvariant> of_contained;  ///< only where it contains resources (dom-2, dom-4, dom-5)
};

class Rules {
 public:
  explicit Rules(const fhir::Schema& schema);
  ~Rules();
  const TypeRules& of(fhir::TypeId type) const {
    const TypeRules* rules = table_[static_cast<std::size_t>(type)].load(std::memory_order_acquire);
    return rules != nullptr ? *rules : make(type);
  }

 private:
  const TypeRules& make(fhir::TypeId type) const;

  const fhir::Schema& schema_;
  mutable std::unique_ptr<std::atomic<const TypeRules*>[]> table_;
  mutable std::mutex making_;
  mutable std::vector<std::unique_ptr<const TypeRules>> made_;
};

/// Keys of the invariants that the walk checks itself.
bool is_native_invariant(std::string_view key);

}  // namespace meridian::validation::internal
