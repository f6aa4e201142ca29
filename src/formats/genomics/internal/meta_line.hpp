// A line of the header, taken apart and judged.
#pragma once

#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/genomics/header.hpp"

namespace meridian::genomics::internal {

/// Takes `<ID=x,Description="y">` apart, into meta.attributes. Empty: well formed; otherwise what is wrong with it.
std::string_view parse_structure(MetaLine& meta);

/// What must be in the lines that the specification has, and how.
void check_meta(const MetaLine& meta, int version, Issues& issues);

/// `line 4, INFO/DP`
std::string meta_path(const MetaLine& meta);

}  // namespace meridian::genomics::internal
