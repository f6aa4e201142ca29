// The keys that the specification defines itself, by version.
#pragma once

#include <string_view>

#include "formats/genomics/definition.hpp"

namespace meridian::genomics::internal {

/// Null: the key is free for anybody. `version` is the minor version.
const FieldDefinition* reserved_info(std::string_view id, int version);
const FieldDefinition* reserved_format(std::string_view id, int version);

}  // namespace meridian::genomics::internal
