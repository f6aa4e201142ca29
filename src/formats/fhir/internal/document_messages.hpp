// What the JSON parser says when a text cannot become a document.
#pragma once

#include "base/issue.hpp"

namespace meridian::fhir::internal {

inline constexpr Message kTooManyBytes{"json-too-many-bytes", "the text has {0} bytes, more than the limit of {1}",
                                       "文本共{0}字节，超过上限{1}"};
inline constexpr Message kTooDeep{"json-too-deep", "arrays and objects nest deeper than the limit of {0}",
                                  "数组与对象的嵌套深度超过上限{0}"};
inline constexpr Message kTooManyNodes{"json-too-many-nodes", "the document has more values than the limit of {0}",
                                       "文档中值的数量超过上限{0}"};
inline constexpr Message kNoMemory{"json-no-memory", "there is not enough memory for this document",
                                   "内存不足，无法解析该文档"};
inline constexpr Message kEmptyText{"json-empty", "the text is empty; a JSON object was expected",
                                    "文本为空，应为一个JSON对象"};
inline constexpr Message kNotUtf8{"json-not-utf8", "the bytes here are not UTF-8; FHIR's JSON is always UTF-8",
                                  "此处的字节不是UTF-8；FHIR的JSON必须使用UTF-8编码"};
inline constexpr Message kWideEncoding{"json-wide-encoding", "the text is {0}; FHIR's JSON is always UTF-8",
                                       "文本的编码是{0}；FHIR的JSON必须使用UTF-8编码"};
inline constexpr Message kControlCharacter{"json-control-character",
                                           "a control character stands in a string; write it as an escape such as \\n",
                                           "字符串中含有控制字符，应写成转义形式，例如\\n"};
inline constexpr Message kUnclosedString{"json-unclosed-string",
                                         "the string that begins here is never closed; the text may be cut off",
                                         "从此处开始的字符串没有结束引号，文本可能被截断"};
inline constexpr Message kExpected{"json-expected", "{0} was expected here", "此处应为{0}"};
inline constexpr Message kTruncated{"json-truncated", "the text ends here, but {0} was expected; it may be cut off",
                                    "文本在此结束，但此处应为{0}，文本可能被截断"};
inline constexpr Message kTrailing{"json-trailing", "there is more text after the end of the resource",
                                   "资源结束之后还有多余的文本"};
inline constexpr Message kBadNumber{"json-bad-number", "this is not a number of JSON", "这不是合法的JSON数字"};
inline constexpr Message kUnexpectedCharacter{"json-unexpected-character", "this character cannot stand here",
                                              "此处不能出现该字符"};
inline constexpr Message kBadLiteral{
    "json-bad-literal", "this is not a value of JSON: a string, number, object, array, true, false or null",
    "这不是合法的JSON值：应为字符串、数字、对象、数组、true、false或null"};
inline constexpr Message kUnknownEscape{"json-unknown-escape", "this escape is not one of JSON's",
                                        "这不是JSON规定的转义序列"};
inline constexpr Message kBadHexadecimal{"json-bad-hexadecimal", "\\u must be followed by four hexadecimal digits",
                                         "\\u之后必须是四位十六进制数字"};
inline constexpr Message kLoneSurrogate{"json-lone-surrogate",
                                        "half of a surrogate pair stands alone; it is no character",
                                        "代理对只出现了一半，不构成字符"};
inline constexpr Message kDuplicateKey{"json-duplicate-key", "the key \"{0}\" stands twice in one object",
                                       "键“{0}”在同一对象中重复出现"};
inline constexpr Message kNotAnObject{"json-not-an-object", "a resource is a JSON object; this is something else",
                                      "资源必须是JSON对象，此处不是"};
inline constexpr Message kNoResourceType{"json-no-resource-type",
                                         "the object has no resourceType, so it is not known what it is",
                                         "对象没有resourceType，无法判断其资源类型"};
inline constexpr Message kUnknownResourceType{
    "json-unknown-resource-type", "\"{0}\" is not a resource type of FHIR {1}", "“{0}”不是FHIR {1}的资源类型"};

}  // namespace meridian::fhir::internal
