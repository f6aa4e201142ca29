// What reading and validating CDA says, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::cda::faults {

// It is not CDA.
inline constexpr Message kNotCda{"cda-not-cda", "the root element {0} is not one of HL7 v3",
                                 "根元素 {0} 不属于 HL7 v3"};
inline constexpr Message kFragment{"cda-fragment",
                                   "this is a part of a document: its root is {0}, not ClinicalDocument",
                                   "这是文档的一部分：根元素是 {0}，不是 ClinicalDocument"};

// Structure.
inline constexpr Message kMissing{"cda-missing", "{0} lacks {1}", "{0} 缺少 {1}"};
inline constexpr Message kTooMany{"cda-too-many", "{0} may have one {1} only", "{0} 只能有一个 {1}"};
inline constexpr Message kUnknownElement{"cda-unknown-element", "{0} is not known in {1}", "{1} 中没有 {0}"};
inline constexpr Message kBadTime{"cda-bad-time", "\"{0}\" is not a point in time", "“{0}”不是时间点"};
inline constexpr Message kBadNumber{"cda-bad-number", "\"{0}\" is not a number", "“{0}”不是数字"};
inline constexpr Message kBadBoolean{"cda-bad-boolean", "\"{0}\" is neither true nor false",
                                     "“{0}”既不是 true 也不是 false"};
inline constexpr Message kBadIdentifier{"cda-bad-identifier", "the root of an identifier is an OID or a UUID",
                                        "标识符的 root 应为 OID 或 UUID"};
inline constexpr Message kBadCodeSystem{"cda-bad-code-system", "the code system \"{0}\" is not an OID or a UUID",
                                        "代码系统“{0}”不是 OID 或 UUID"};
inline constexpr Message kNoCodeSystem{"cda-no-code-system", "a code without its code system", "代码缺少代码系统"};
inline constexpr Message kNullFlavor{"cda-null-flavor", "\"{0}\" is not a null flavour", "“{0}”不是空值类型"};
inline constexpr Message kNoType{"cda-no-type", "the value does not say its type (xsi:type)",
                                 "值没有声明类型（xsi:type）"};
inline constexpr Message kUnknownType{"cda-unknown-type", "\"{0}\" is not a data type of HL7 v3",
                                      "“{0}”不是 HL7 v3 的数据类型"};
inline constexpr Message kEmptyInterval{"cda-empty-interval", "the interval ends before it begins",
                                        "区间的结束早于开始"};
inline constexpr Message kMood{"cda-mood", "\"{0}\" is not a mood of {1}", "“{0}”不是 {1} 的语气（moodCode）"};
inline constexpr Message kClass{"cda-class", "\"{0}\" is not a class of {1}", "“{0}”不是 {1} 的类别（classCode）"};
inline constexpr Message kDangling{"cda-dangling-reference", "nothing in the narrative has the ID \"{0}\"",
                                   "叙述文本中没有 ID 为“{0}”的内容"};
inline constexpr Message kDuplicateId{"cda-duplicate-id", "the ID \"{0}\" stands twice in the document",
                                      "ID“{0}”在文档中重复出现"};
inline constexpr Message kTwoBodies{"cda-two-bodies", "a document has a structured body or another one, not both",
                                    "文档只能有结构化正文或非结构化正文之一"};
inline constexpr Message kBadBase64{"cda-bad-base64", "what is embedded is not base64", "嵌入内容不是 base64"};
inline constexpr Message kMediaType{"cda-media-type", "what is embedded says {0}, but its bytes are {1}",
                                    "嵌入内容声明为 {0}，但其字节是 {1}"};
inline constexpr Message kNoContent{"cda-no-content", "the body holds nothing and refers to nothing",
                                    "正文既没有内容也没有引用"};

}  // namespace meridian::cda::faults
