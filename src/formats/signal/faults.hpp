// What reading recordings says about them, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::signal::faults {

inline constexpr Message kNoRecordLine{"signal-no-record-line", "the header has no record line: this is no WFDB header",
                                       "头文件没有记录行：不是 WFDB 头文件"};
inline constexpr Message kBadField{"signal-bad-field", "the field \"{0}\" cannot be read", "无法读取字段“{0}”"};
inline constexpr Message kTooFewLines{"signal-too-few-lines", "{0} lines are announced, {1} are there",
                                      "声明了 {0} 行，实际有 {1} 行"};
inline constexpr Message kUnknownFormat{"signal-unknown-format", "samples of format {0} cannot be read",
                                        "无法读取格式 {0} 的采样"};
inline constexpr Message kBadFileName{"signal-bad-file-name", "a file of the record must lie beside its header",
                                      "记录的文件必须与头文件位于同一目录"};
inline constexpr Message kNoFile{"signal-no-file", "the file {0} cannot be read: {1}", "无法读取文件 {0}：{1}"};
inline constexpr Message kMixedFormats{"signal-mixed-formats",
                                       "the signals of one file have different formats, offsets or, in FLAC, rates",
                                       "同一文件的信号格式、偏移或（FLAC）采样率不一致"};
inline constexpr Message kShort{"signal-short", "the file {0} ends after {1} of {2} frames: the rest is missing",
                                "文件 {0} 在第 {1}/{2} 帧处结束：其余缺失"};
inline constexpr Message kChecksum{"signal-checksum", "the samples of signal {0} do not have the checksum {1}",
                                   "信号 {0} 的采样与校验和 {1} 不符"};
inline constexpr Message kBadFlac{"signal-bad-flac", "the file {0} is no FLAC stream of {1} channels",
                                  "文件 {0} 不是含 {1} 个通道的 FLAC 流"};
inline constexpr Message kTooMuch{"signal-too-much", "the record has more than {0} {1}", "记录的 {1} 超过 {0}"};
inline constexpr Message kBadSegment{"signal-bad-segment", "the segment {0} does not fit its record: {1}",
                                     "片段 {0} 与其记录不符：{1}"};
inline constexpr Message kCutAnnotations{"signal-cut-annotations", "the annotations end in the middle of one",
                                         "注释在某一条中间截断"};
inline constexpr Message kBeforeStart{"signal-before-start", "an annotation lies before the recording's start",
                                      "某条注释位于记录开始之前"};

}  // namespace meridian::signal::faults
