// Values of settings, from text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/setting.hpp"

namespace meridian::internal {

/// The number that a text stands for: 0 or 1, an integer, microseconds, bytes; 0 for texts, paths and choices, whose
/// value is the text. The error says what would be right, and never the value, which may be secret.
Result<std::int64_t> setting_number(const Setting& setting, std::string_view text);

/// What may be given: `0 to 65535`, `debug, info or warning`, `a duration such as 250ms, 30s or 5m`.
std::string setting_form(const Setting& setting);

}  // namespace meridian::internal
