// What connect says about faults in what it was sent, in both languages.
#pragma once

#include "base/issue.hpp"

namespace meridian::connect {

inline constexpr Message kGarbageBetween{"mllp-garbage-between", "{0} bytes outside of any MLLP frame were dropped",
                                         "丢弃了 MLLP 帧之外的 {0} 个字节"};
inline constexpr Message kMissingStart{"mllp-missing-start", "the MLLP frame lacks its start byte (0x0B)",
                                       "MLLP 帧缺少起始字节（0x0B）"};
inline constexpr Message kMissingReturn{"mllp-missing-return",
                                        "no carriage return follows the MLLP frame's end byte (0x1C)",
                                        "MLLP 帧的结束字节（0x1C）之后缺少回车符"};
inline constexpr Message kSeparatorInside{"mllp-separator-inside",
                                          "the message contains {0} MLLP framing bytes (0x0B or 0x1C)",
                                          "消息内容中有 {0} 个 MLLP 帧标志字节（0x0B 或 0x1C）"};
inline constexpr Message kRestarted{"mllp-restarted", "a frame of {0} bytes before this one was cut off and dropped",
                                    "此前一个 {0} 字节的帧中断，已丢弃"};
inline constexpr Message kTooLarge{"mllp-too-large", "the message is too large: {0} bytes; only its beginning was kept",
                                   "消息过大：{0} 个字节；只保留了开头部分"};
inline constexpr Message kTruncated{"mllp-truncated", "the connection ended within a frame, after {0} bytes of it",
                                    "连接在帧内中断，已收到该帧 {0} 个字节"};

}  // namespace meridian::connect
