// What reading HL7 v2 says about messages, in English and Chinese. Ids are stable. Paths are those of path.hpp.
#pragma once

#include "base/issue.hpp"

namespace meridian::hl7v2::faults {

using Text = meridian::Message;

inline constexpr Text kNoHeader{"hl7-no-header", "no MSH segment: this is not an HL7 v2 message",
                                "没有 MSH 段：不是 HL7 v2 消息"};
inline constexpr Text kTextBeforeHeader{"hl7-text-before-header", "{0} bytes before MSH are passed over",
                                        "MSH 之前的 {0} 个字节已跳过"};
inline constexpr Text kTextAfterMessage{"hl7-text-after-message",
                                        "{0} bytes after the end of the message are passed over",
                                        "消息结束之后的 {0} 个字节已跳过"};
inline constexpr Text kFieldSeparatorUnusable{
    "hl7-field-separator-unusable",
    "MSH-1 cannot separate fields: it must be a visible ASCII character other than a letter, a digit or a quote",
    "MSH-1 不能用作字段分隔符：须为字母、数字、引号以外的可见 ASCII 字符"};
inline constexpr Text kSeparatorMissing{"hl7-separator-missing",
                                        "MSH-2 declares no {0} separator; the usual \"{1}\" is assumed",
                                        "MSH-2 未声明{0}分隔符；按惯例采用“{1}”"};
inline constexpr Text kSeparatorUnusable{
    "hl7-separator-unusable", "the character {0} of MSH-2 cannot be a separator, or stands twice; it is passed over",
    "MSH-2 的第 {0} 个字符不能用作分隔符或重复出现，已跳过"};
inline constexpr Text kLineEnds{"hl7-line-ends", "segments end with {0}; the standard wants CR",
                                "段以 {0} 结尾；标准要求 CR"};
inline constexpr Text kLineContinues{
    "hl7-line-continues",
    "a line end within a value; what follows does not begin like a segment and is taken as part of it",
    "值中含有换行；其后内容不像段的开头，视为该值的一部分"};
inline constexpr Text kSegmentName{"hl7-segment-name", "a segment's name is three capital letters or digits",
                                   "段名应为三个大写字母或数字"};
inline constexpr Text kSecondHeader{
    "hl7-second-header", "a second {0} within one message: read the file as a batch to take its messages apart",
    "同一消息中出现第二个 {0}：请按批文件读取以拆分各消息"};
inline constexpr Text kTooLarge{"hl7-too-large", "more {0} than the limit of {1}", "{0}超过上限 {1}"};

inline constexpr Text kCharsetUnknown{"hl7-charset-unknown", "\"{0}\" is no character set of table 0211",
                                      "“{0}”不是 0211 表中的字符集"};
inline constexpr Text kCharsetNotSaid{"hl7-charset-not-said",
                                      "MSH-18 does not say how the bytes are to be read; they are read as {0}",
                                      "MSH-18 未说明字符集；按 {0} 读取"};
inline constexpr Text kCharsetNotAsSaid{"hl7-charset-not-as-said",
                                        "the bytes are not {1} as MSH-18 says; they are read as {0}",
                                        "字节并非 MSH-18 所称的 {1}；按 {0} 读取"};
inline constexpr Text kNotOfCharset{"hl7-not-of-charset", "{0} places are no characters of {1}",
                                    "有 {0} 处不是 {1} 的字符"};

}  // namespace meridian::hl7v2::faults
