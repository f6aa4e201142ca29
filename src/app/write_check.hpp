// What a resource must be to be stored: setting store.check.
//
//   off        a resource of a known type
//   structure  … whose elements, cardinalities and formats are those of FHIR R4
//   full       … and that has no error at all: bindings (to value sets that were stored or loaded too), invariants,
//              references, profiles, as `$validate`
//
// Warnings refuse nothing.
#pragma once

#include <memory>
#include <string_view>

#include "store/ports.hpp"

namespace meridian::validation {
class Profiles;
}
namespace meridian::terminology {
class Service;
}

namespace meridian::app {

/// Null for off. `terminology`: what bindings are checked against besides the specification; it outlives the check. Any
/// thread may ask.
std::unique_ptr<store::WriteCheck> make_write_check(std::string_view level,
                                                    std::shared_ptr<const validation::Profiles> profiles,
                                                    const terminology::Service& terminology);

}  // namespace meridian::app
