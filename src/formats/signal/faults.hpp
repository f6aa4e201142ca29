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

// SCP-ECG.
inline constexpr Message kScpCrc{"scp-crc", "the checksum (CRC) of {0} is wrong: its bytes may be damaged",
                                 "{0} 的校验和（CRC）不正确：其字节可能已损坏"};
inline constexpr Message kScpLength{"scp-length", "{0} bytes are announced, {1} are there or said elsewhere",
                                    "声明了 {0} 字节，实际或其他位置为 {1} 字节"};
inline constexpr Message kScpOutside{"scp-outside", "the section reaches beyond the end of the file",
                                     "该节超出文件末尾"};
inline constexpr Message kScpOtherSection{"scp-other-section", "the pointer leads to section {0}: it is not read",
                                          "指针指向第 {0} 节：未读取"};
inline constexpr Message kScpUnread{"scp-unread",
                                    "the samples of section {0} are not read: its edition is not supported",
                                    "未读取第 {0} 节的采样：不支持其版本"};
inline constexpr Message kScpNoSection{"scp-no-section", "the section is missing: without it there are no samples",
                                       "缺少该节：没有它就没有采样"};
inline constexpr Message kScpCut{"scp-cut", "the section ends in the middle of its content", "该节在内容中间结束"};
inline constexpr Message kScpField{"scp-field", "the value of tag {0} cannot be read", "无法读取标签 {0} 的值"};
inline constexpr Message kScpLead{"scp-lead", "a lead cannot go from sample {0} to sample {1}",
                                  "导联不能从采样 {0} 到采样 {1}"};
inline constexpr Message kScpTables{"scp-tables", "the Huffman tables cannot be used: no sample can be read",
                                    "哈夫曼表不可用：无法读取任何采样"};
inline constexpr Message kScpCoding{"scp-coding",
                                    "samples of {0} nV every {1} µs with differences of order {2} cannot be read",
                                    "无法读取 {0} nV、间隔 {1} µs、{2} 阶差分的采样"};
inline constexpr Message kScpBimodal{"scp-bimodal",
                                     "the rhythm is compressed bimodally, which is not supported: it is left out",
                                     "节律数据采用双模压缩，不受支持：已省略"};
inline constexpr Message kScpSubtraction{
    "scp-subtraction",
    "the beats that were subtracted have another rate or scale, or are missing: the rhythm is left out",
    "被减去的心搏采样率或比例不同，或缺失：节律数据已省略"};
inline constexpr Message kScpShort{"scp-short", "{0} of {1} samples could be read: the rest is missing",
                                   "可读取 {0}/{1} 个采样：其余缺失"};

// Annotated ECG.
inline constexpr Message kAecgNoTime{"aecg-no-time", "the sequences have no time with an increment: they are left out",
                                     "序列没有带增量的时间：已省略"};
inline constexpr Message kAecgTime{"aecg-time", "this time cannot be read", "无法读取此时间"};
inline constexpr Message kAecgValue{"aecg-value", "a value of type {0} is not supported here: it is left out",
                                    "此处不支持类型 {0} 的值：已省略"};
inline constexpr Message kAecgScale{"aecg-scale", "origin and scale cannot be read: the sequence is left out",
                                    "无法读取原点和比例：序列已省略"};
inline constexpr Message kAecgOrigin{"aecg-origin", "the origin is no multiple of the scale: it was rounded to one",
                                     "原点不是比例的整数倍：已取整"};
inline constexpr Message kAecgDigits{"aecg-digits", "{0} samples are no whole numbers: they are missing",
                                     "{0} 个采样不是整数：按缺失处理"};
inline constexpr Message kAecgLengths{"aecg-lengths", "sequences of one set have different lengths",
                                      "同一集合的序列长度不同"};

}  // namespace meridian::signal::faults
