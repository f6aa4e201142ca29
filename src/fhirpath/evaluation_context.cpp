#include "fhirpath/evaluation_context.hpp"

#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath {

EvaluationContext::EvaluationContext() : scratch_(std::make_unique<internal::Scratch>()) {}
EvaluationContext::~EvaluationContext() = default;
EvaluationContext::EvaluationContext(EvaluationContext&&) noexcept = default;
EvaluationContext& EvaluationContext::operator=(EvaluationContext&&) noexcept = default;

void EvaluationContext::set_variable(std::string_view name, Collection values) {
  for (internal::NamedValues& variable : scratch_->variables) {
    if (variable.name == name) {
      variable.values = values;
      return;
    }
  }
  scratch_->variables.push_back({std::string(name), values});
}

void EvaluationContext::clear_variables() {
  scratch_->variables.clear();
}

std::size_t EvaluationContext::memory_bytes() const {
  return scratch_->stack.memory_bytes() + scratch_->arena.memory_bytes();
}

}  // namespace meridian::fhirpath
