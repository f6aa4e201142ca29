// BCF files and regions of files, as lines of VCF, through htslib (docs/adr/0145-htslib.md).
#pragma once

#include <memory>
#include <string>

#include "base/input.hpp"
#include "base/result.hpp"

namespace meridian::genomics::internal {

Result<std::unique_ptr<ByteSource>> open_by_htslib(const std::string& path, const std::string& region);

}  // namespace meridian::genomics::internal
