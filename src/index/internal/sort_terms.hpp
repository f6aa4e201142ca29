// Sorts terms of one field by their bytes.
#pragma once

#include <vector>

#include "index/internal/head.hpp"

namespace meridian::index {

/// Most comparisons are of the first eight bytes as a number, beside the pointer: the terms themselves lie all over the
/// memory.
void sort_terms(std::vector<const Head::Term*>& terms);

}  // namespace meridian::index
