// Comparing what documents say: for tests of whatever reads or writes them.
#pragma once

#include <string>

#include "formats/fhir/document.hpp"

namespace meridian::fhir::testing {

/// The path of the first difference in content between two nodes, with what differs; empty when there is none. The
/// order of an object's members means nothing, the order within a repeating element does; numbers are compared
/// digit by digit, and nulls that hold the place of an extension must stand at the same place.
std::string difference(Node a, Node b);

}  // namespace meridian::fhir::testing
