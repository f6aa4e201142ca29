// Which files a command that takes DICOM files and folders means.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace meridian::app {

/// Files as named, and those in folders in the order of their names.
Result<std::vector<std::string>> dicom_files(const std::vector<std::string>& paths);

}  // namespace meridian::app
