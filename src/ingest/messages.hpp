// What ingest says about messages, in both languages.
#pragma once

#include "base/issue.hpp"

namespace meridian::ingest {

inline constexpr meridian::Message kUnreadable{
    "message-unreadable", "the message does not begin with a readable header", "消息开头没有可读的消息头"};
inline constexpr meridian::Message kConflicts{"message-conflicts",
                                              "what it changes was changed by others each of {0} times it was tried",
                                              "尝试 {0} 次提交，每次都因他人同时修改而失败"};
inline constexpr meridian::Message kNotCommitted{"message-not-committed", "the store refused it: {0}",
                                                 "存储拒绝了该消息：{0}"};
inline constexpr meridian::Message kNoMapping{"message-no-mapping", "there is no mapping \"{0}\"", "没有映射“{0}”"};

}  // namespace meridian::ingest
