// What is said of messages of analysers.
#pragma once

#include "base/issue.hpp"

namespace meridian::astm {

inline constexpr Message kNoHeader{"astm-no-header", "the message does not begin with a header (H) and its delimiters",
                                   "消息没有以标题记录 (H) 及分隔符开头"};
inline constexpr Message kUnknownRecord{"astm-unknown-record", "there is no record of the kind \"{0}\"",
                                        "没有类型为“{0}”的记录"};
inline constexpr Message kTooMany{"astm-too-many", "there are more than {0} {1}: nothing was taken of them",
                                  "{1} 超过 {0}：全部未采用"};
inline constexpr Message kBadEscape{"astm-bad-escape", "this is no escape: it was left as it is", "转义无效：保持原样"};

}  // namespace meridian::astm
