// Raw deflate (RFC 1951), up to a limit.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::dicom::internal {

/// malformed_input where the stream is damaged or cut; too_large beyond `limit` bytes.
Result<std::string> inflate(std::string_view bytes, std::uint64_t limit);
Result<std::string> deflate(std::string_view bytes);

}  // namespace meridian::dicom::internal
