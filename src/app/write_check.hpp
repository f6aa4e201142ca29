// What a resource must be to be stored: setting store.check.
//
//   off        a resource of a known type
//   structure  … whose elements, cardinalities and formats are those of FHIR R4
//   full       … and that has no error at all: bindings, invariants, references, profiles, as `meridian validate`
//
// Warnings refuse nothing.
#pragma once

#include <memory>
#include <string_view>

#include "store/ports.hpp"

namespace meridian::validation {
class Profiles;
}

namespace meridian::app {

/// Null for off. Any thread may ask.
std::unique_ptr<store::WriteCheck> make_write_check(std::string_view level,
                                                    std::shared_ptr<const validation::Profiles> profiles);

}  // namespace meridian::app
