// Image: a CodeSystem as bytes, as it lies on the disk and goes over the wire: its tables one after the other.
//
// Reading is one pass that copies and checks: every number and length within its bounds, the checksum right; bytes from
// anywhere give a sound system or an error (malformed_input). Little-endian; version 1, never changed, only followed.
// Threads: plain functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "terminology/code_system.hpp"

namespace meridian::terminology {

std::string write_image(const CodeSystem& system);
Result<CodeSystemPtr> read_image(std::string_view bytes);

}  // namespace meridian::terminology
