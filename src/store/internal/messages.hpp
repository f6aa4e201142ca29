// What the store says of data, in English and Chinese.
#pragma once

#include "base/issue.hpp"

namespace meridian::store {

inline constexpr Message kNotWritten{"not-written", "the resource cannot be stored: {0}", "无法存储该资源：{0}"};
inline constexpr Message kTooManyLines{"too-many-lines", "a piece has at most {0} lines", "一批最多包含 {0} 行"};

}  // namespace meridian::store
