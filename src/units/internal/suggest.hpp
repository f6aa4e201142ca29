// What was probably meant by a symbol that UCUM does not know. A guess for an error message, never used silently.
#pragma once

#include <string>
#include <string_view>

namespace meridian::units::internal {

/// A valid UCUM code close to the symbol: `[IU]` for `IU`, `mg` for `MG`, `h` for `hrs`, `[H2O]` … or nothing.
std::string suggest_symbol(std::string_view symbol);

}  // namespace meridian::units::internal
