// What commands say of a file as a whole.
#pragma once

#include "base/issue.hpp"

namespace meridian::app {

inline constexpr Message kNoResource{"no-resource", "there is no resource in it", "其中没有资源"};
inline constexpr Message kNoMessage{"no-message", "there is no HL7 v2 message in it", "其中没有 HL7 v2 消息"};
inline constexpr Message kNotReadable{"file-not-readable", "it could not be read to its end: {0}", "无法读完：{0}"};
inline constexpr Message kMoreIssues{"more-issues",
                                     "{0} more issues are counted, but not shown (see validation.issues)",
                                     "另有 {0} 个问题只计数、未显示（见 validation.issues）"};
inline constexpr Message kExpressionFailed{"expression-failed", "{0}", "{0}"};

}  // namespace meridian::app
