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

// Files and continuation
inline constexpr Text kBatchCount{"hl7-batch-count", "the trailer counts {0}, there are {1}",
                                  "尾段计数为 {0}，实际为 {1}"};
inline constexpr Text kTrailerMissing{"hl7-trailer-missing", "the {0} that ends it is missing", "缺少结束它的 {0} 段"};
inline constexpr Text kContinuationUnknown{"hl7-continuation-unknown",
                                           "this continues a message of which no beginning has come",
                                           "该消息为续传，但未收到其开头部分"};
inline constexpr Text kContinuationGivenUp{"hl7-continuation-given-up",
                                           "a message whose rest has not come is given up, to bound memory",
                                           "为限制内存，放弃一条未收到后续部分的消息"};

// Validation
inline constexpr Text kVersionUnknown{"hl7-version-unknown",
                                      "\"{0}\" is no version with definitions here; those of {1} are used",
                                      "此处没有版本“{0}”的定义；采用 {1} 的定义"};
inline constexpr Text kMessageUnknown{"hl7-message-unknown", "v{1} defines no message {0}", "v{1} 未定义消息 {0}"};
inline constexpr Text kSegmentMissing{"hl7-segment-missing", "{0} is required in {1}", "{1} 中必须有 {0}"};
inline constexpr Text kSegmentTooOften{"hl7-segment-too-often", "{0} may occur {1} times in {2}",
                                       "{0} 在 {2} 中最多出现 {1} 次"};
inline constexpr Text kSegmentOutOfOrder{"hl7-segment-out-of-order",
                                         "{0} does not belong here: its place in {1} is earlier",
                                         "{0} 不应在此处：它在 {1} 中的位置更靠前"};
inline constexpr Text kSegmentUnexpected{"hl7-segment-unexpected", "{0} has no place in {1}", "{1} 中没有 {0} 的位置"};
inline constexpr Text kSegmentUnknown{"hl7-segment-unknown", "v{1} defines no segment {0}", "v{1} 未定义段 {0}"};
inline constexpr Text kFieldMissing{"hl7-field-missing", "{0} is required", "{0} 为必填"};
inline constexpr Text kFieldUnknown{"hl7-field-unknown", "{0} has {1} fields; there are {2}",
                                    "{0} 有 {1} 个字段；此处有 {2} 个"};
inline constexpr Text kTooManyRepetitions{"hl7-too-many-repetitions", "{0} may occur {1} times; it occurs {2} times",
                                          "{0} 最多出现 {1} 次；实际 {2} 次"};
inline constexpr Text kTooFewRepetitions{"hl7-too-few-repetitions", "{0} must occur {1} times; it occurs {2} times",
                                         "{0} 至少出现 {1} 次；实际 {2} 次"};
inline constexpr Text kTooManyParts{"hl7-too-many-parts", "the data type {0} has {1} parts; there are {2}",
                                    "数据类型 {0} 有 {1} 个部分；此处有 {2} 个"};
inline constexpr Text kTooLong{"hl7-too-long", "{0} is {2} characters long; the length given is {1}",
                               "{0} 长 {2} 个字符；规定长度为 {1}"};
inline constexpr Text kNotOfType{"hl7-not-of-type", "not a value of the data type {0}", "不是数据类型 {0} 的值"};
inline constexpr Text kTypeUnknown{"hl7-type-unknown", "OBX-2 says no data type that v{0} defines",
                                   "OBX-2 不是 v{0} 定义的数据类型"};
inline constexpr Text kNotInTable{"hl7-not-in-table", "the code is not in table {0} ({1})",
                                  "该代码不在 {0} 表（{1}）中"};
inline constexpr Text kEscapeUnknown{"hl7-escape-unknown", "an escape character begins no escape sequence",
                                     "转义字符后没有有效的转义序列"};

// Conformance profiles
inline constexpr Text kProfileOtherMessage{"hl7-profile-other-message", "the profile is for {0}", "该规范用于 {0}"};
inline constexpr Text kNotSupported{"hl7-profile-not-supported", "the profile does not allow {0}",
                                    "规范不允许出现 {0}"};
inline constexpr Text kNotConstant{"hl7-profile-constant", "the profile wants the value \"{0}\"",
                                   "规范要求的值为“{0}”"};

}  // namespace meridian::hl7v2::faults
