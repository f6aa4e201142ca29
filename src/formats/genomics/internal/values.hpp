// Values of INFO and of samples, looked at one byte after another.
#pragma once

#include <cstdint>
#include <string_view>

#include "formats/genomics/definition.hpp"

namespace meridian::genomics::internal {

struct ValueScan {
  std::uint64_t count = 0;  ///< values in the list
  bool is_type = true;      ///< all of them, missing ones too; integers have 32 bits
  bool is_negative = false;
  bool is_missing = false;  ///< nothing but one `.`
};
ValueScan scan_values(std::string_view text, ValueType type);

/// Also inf, infinity and nan, of either case. Section 1.3
bool is_float(std::string_view text);

}  // namespace meridian::genomics::internal
