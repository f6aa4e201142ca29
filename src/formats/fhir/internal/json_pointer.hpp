// JSON Pointer: the way to a value in a tree.
// Specification: https://www.rfc-editor.org/rfc/rfc6901
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/internal/json_value.hpp"

namespace meridian::fhir::internal {

using JsonPointer = std::vector<std::string>;

/// Nothing when the text is no pointer (section 3).
std::optional<JsonPointer> parse_pointer(std::string_view text);

/// The index that a token means among `size` items (section 4): digits without leading zeros, below `size`.
std::optional<std::size_t> array_index(std::string_view token, std::size_t size);

/// The value that the first `steps` tokens lead to, or nullptr. `work` grows by what was stepped over.
JsonValue* follow(JsonValue& root, const JsonPointer& pointer, std::size_t steps, std::size_t& work);

}  // namespace meridian::fhir::internal
