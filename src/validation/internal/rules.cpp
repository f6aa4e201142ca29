#include "validation/internal/rules.hpp"

#include <algorithm>
#include <array>

namespace meridian::validation::internal {
namespace {

using fhir::ElementInfo;
using fhir::TypeId;
using fhir::TypeInfo;
using fhir::TypeKind;

struct Repair {
  std::string_view key;
  std::string_view expression;  ///< as R4 states it
  std::string_view repaired;
};

// R4 invariants that cannot mean what they say. docs/spec-clarifications.d/validation.md gives the reason of each.
constexpr std::array<Repair, 2> kRepairs{{
    {"que-12", "enableWhen.count() > 2 implies enableBehavior.exists()",
     "enableWhen.count() > 1 implies enableBehavior.exists()"},
    {"que-7", "operator = 'exists' implies (answer is Boolean)", "operator = 'exists' implies (answer is boolean)"},
}};

SpecialType special_type(std::string_view name) {
  if (name == "Extension") return SpecialType::extension;
  if (name == "Reference") return SpecialType::reference;
  if (name == "Coding") return SpecialType::coding;
  if (name == "CodeableConcept") return SpecialType::codeable_concept;
  if (name == "Identifier") return SpecialType::identifier;
  if (name == "Attachment") return SpecialType::attachment;
  if (name == "Narrative") return SpecialType::narrative;
  return SpecialType::none;
}

CodeForm code_form(std::string_view value_set) {
  if (value_set == "http://hl7.org/fhir/ValueSet/languages" ||
      value_set == "http://hl7.org/fhir/ValueSet/all-languages") {
    return CodeForm::language;
  }
  if (value_set == "http://hl7.org/fhir/ValueSet/mimetypes") return CodeForm::mime_type;
  if (value_set == "http://hl7.org/fhir/ValueSet/currencies") return CodeForm::currency;
  return CodeForm::none;
}

}  // namespace

bool is_native_invariant(std::string_view key) {
  constexpr std::array<std::string_view, 7> kNative{"dom-3", "dom-6", "ele-1", "ext-1", "ref-1", "txt-1", "txt-2"};
  return std::ranges::binary_search(kNative, key);
}

CompiledInvariant compile_invariant(const fhir::Schema& schema, std::span<const TypeId> types, std::string_view key,
                                    std::string_view human, bool is_error, std::string_view expression) {
  for (const Repair& repair : kRepairs) {
    if (repair.key == key && repair.expression == expression) expression = repair.repaired;
  }
  CompiledInvariant made{
      std::string(key), std::string(human), is_error ? Severity::error : Severity::warning, nullptr, {}};
  fhirpath::CompileOptions options;
  options.schema = &schema;
  options.input_types = types;
  options.strictness = fhirpath::Strictness::lenient;
  options.as = fhirpath::AsOperator::filter;
  auto compiled = fhirpath::Expression::compile_or_error(expression, options);
  if (compiled) {
    made.expression = std::make_unique<const fhirpath::Expression>(*std::move(compiled));
  } else {
    made.fault = compiled.error().message();
  }
  return made;
}

Rules::Rules(const fhir::Schema& schema)
    : schema_(schema), table_(std::make_unique<std::atomic<const TypeRules*>[]>(schema.types().size())) {}

Rules::~Rules() = default;

const TypeRules& Rules::make(TypeId id) const {
  const std::lock_guard lock(making_);
  auto& slot = table_[static_cast<std::size_t>(id)];
  if (const TypeRules* there = slot.load(std::memory_order_acquire)) return *there;

  const TypeInfo& type = schema_.type(id);
  auto rules = std::make_unique<TypeRules>();
  rules->type = &type;
  rules->special = special_type(type.name);
  const TypeId quantity = schema_.find_type("Quantity");
  if (schema_.is_a(id, quantity)) rules->special = SpecialType::quantity;
  rules->is_resource = type.kind == TypeKind::resource;
  rules->is_domain_resource = rules->is_resource && schema_.is_a(id, schema_.find_type("DomainResource"));
  if (!type.elements.empty()) rules->first_element = static_cast<std::uint32_t>(type.elements.front().id);

  rules->elements.reserve(type.elements.size());
  for (const ElementInfo& element : type.elements) {
    ElementRules& made = rules->elements.emplace_back();
    made.info = &element;
    made.min = element.min;
    made.max = element.max == ElementInfo::kUnbounded ? UINT32_MAX : element.max;
    made.code_form = code_form(element.value_set_url);
    // A primitive's value is the node's own text, not a child.
    const bool is_own_value = type.kind == TypeKind::primitive && schema_.name(element.name) == "value";
    if (made.min > 0 && !is_own_value) {
      rules->required.push_back(static_cast<std::uint16_t>(rules->elements.size() - 1));
    }
    std::vector<TypeId> types;
    for (const fhir::ElementType& allowed : element.types) types.push_back(allowed.type);
    for (const fhir::Invariant& invariant : element.invariants) {
      if (is_native_invariant(invariant.key)) continue;
      made.invariants.push_back(
          compile_invariant(schema_, types, invariant.key, invariant.human, invariant.is_error, invariant.expression));
    }
  }
  for (const fhir::Invariant& invariant : type.invariants) {
    if (invariant.key == "ele-1") rules->has_ele1 = true;
    if (is_native_invariant(invariant.key)) continue;
    const bool of_contained = invariant.key == "dom-2" || invariant.key == "dom-4" || invariant.key == "dom-5";
    auto& list = of_contained ? rules->of_contained : rules->invariants;
    list.push_back(compile_invariant(schema_, std::span(&id, 1), invariant.key, invariant.human, invariant.is_error,
                                     invariant.expression));
  }

  made_.push_back(std::move(rules));
  slot.store(made_.back().get(), std::memory_order_release);
  return *made_.back();
}

}  // namespace meridian::validation::internal
