// What is wrong with the segments of a message, as its structure shows: shared by versions and profiles.
#pragma once

#include <cstdint>
#include <vector>

#include "base/issue.hpp"
#include "formats/hl7v2/structure.hpp"

namespace meridian::hl7v2::internal {

/// `occurrences`: of the message's segments, as occurrences() counts them.
void check_structure(const Structure& structure, const std::vector<std::uint32_t>& occurrences, Issues& issues);

}  // namespace meridian::hl7v2::internal
