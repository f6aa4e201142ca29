// What must hold of whatever a mapper makes, for fuzzers: resources are JSON that the schema knows, element by element,
// without faults of form, and merging them again changes nothing. What does not hold stops the program.
#pragma once

#include "mapping/mapper.hpp"
#include "mapping/merge.hpp"

namespace meridian::mapping::testing {

void require_sound(const Mapped& mapped, Merger& merger, std::size_t most_resources);

}  // namespace meridian::mapping::testing
