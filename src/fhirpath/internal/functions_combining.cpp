// https://hl7.org/fhirpath/N1/#combining. union() is the operator | (operators_collections.cpp).
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

// https://hl7.org/fhirpath/N1/#combineother--collection--collection: duplicates stay.
bool run_combine(Machine& machine, const Op& op, Demand demand) {
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, demand)) return false;
  const std::uint32_t count = machine.stack().size() - base;
  if (count >= demand) return true;
  return machine.run(machine.operand(op, 0), demand == kAll ? kAll : demand - count);
}

}  // namespace meridian::fhirpath::internal
