// What is said of a search that cannot be taken as it was asked. {0} … are names of parameters, types and modifiers,
// never the values asked for.
#pragma once

#include "base/issue.hpp"

namespace meridian::search::internal {

inline constexpr Message kUnknownParameter{"search-parameter-unknown", "{0} has no search parameter \"{1}\"",
                                           "{0} 没有检索参数“{1}”"};
inline constexpr Message kUnknownParameterNear{"search-parameter-unknown",
                                               "{0} has no search parameter \"{1}\"; did you mean \"{2}\"?",
                                               "{0} 没有检索参数“{1}”；是否应为“{2}”？"};
inline constexpr Message kNotCommon{"search-parameter-not-common",
                                    "\"{0}\" cannot be asked of several types at once, since {1} does not have it",
                                    "“{0}”不能同时用于多种类型，因为 {1} 没有该参数"};
inline constexpr Message kNotSupported{"search-parameter-not-supported", "\"{0}\" is not supported here",
                                       "此处不支持“{0}”"};
inline constexpr Message kUnknownType{"search-type-unknown", "\"{0}\" is not a type of resources", "“{0}”不是资源类型"};
inline constexpr Message kUnknownModifier{"search-modifier-unknown",
                                          "the modifier \"{0}\" cannot be used with \"{1}\", which is of kind {2}",
                                          "修饰符“{0}”不能用于“{1}”，该参数的类别是 {2}"};
inline constexpr Message kNoHierarchy{"search-no-hierarchy",
                                      "\"{0}\": nothing that \"{1}\" may name is part of others of its type",
                                      "“{0}”：“{1}”所指的资源类型没有层级关系"};
inline constexpr Message kMixedHierarchy{"search-hierarchy-mixed",
                                         "canonical URLs and ids cannot be asked for together here",
                                         "此处不能同时使用规范 URL 和标识"};
inline constexpr Message kNotAReference{"search-chain-not-reference",
                                        "\"{0}\" is not a reference, so nothing can be chained to it",
                                        "“{0}”不是引用，不能在其后链接其他参数"};
inline constexpr Message kNotATarget{"search-chain-target", "\"{0}\" never refers to a resource of type {1}",
                                     "“{0}”从不引用 {1} 类型的资源"};
inline constexpr Message kChainTooLong{"search-chain-too-long", "no more than {0} links can be chained",
                                       "链接最多 {0} 级"};
inline constexpr Message kChainTooWide{"search-chain-too-wide",
                                       "the chain leads to too many types; name them, as in subject:Patient.name",
                                       "链接涉及的类型过多；请写明类型，例如 subject:Patient.name"};
inline constexpr Message kMalformedHas{
    "search-has-malformed", "_has is written _has:Type:reference:parameter, as in _has:Observation:patient:code",
    "_has 的写法是 _has:类型:引用参数:参数，例如 _has:Observation:patient:code"};
inline constexpr Message kEmptyValue{"search-value-empty", "the parameter has no value", "参数没有值"};
inline constexpr Message kBadValue{"search-value-invalid", "the value cannot be read: {0}", "无法读取该值：{0}"};
inline constexpr Message kExpectedValue{"search-value-expected", "the value must be one of: {0}",
                                        "取值须为下列之一：{0}"};
inline constexpr Message kTooManyValues{"search-values-too-many", "no more than {0} values can be given at once",
                                        "一次最多给出 {0} 个值"};
inline constexpr Message kWrongComponents{"search-components-wrong",
                                          "a value of this parameter has {0} parts, joined by $",
                                          "该参数的值由 {0} 部分组成，以 $ 连接"};
inline constexpr Message kTooManyParameters{"search-parameters-too-many", "no more than {0} parameters can be given",
                                            "最多给出 {0} 个参数"};
inline constexpr Message kGivenTwice{"search-parameter-twice", "the parameter is given more than once; the first holds",
                                     "参数重复出现；以第一个为准"};
inline constexpr Message kNotSortable{"search-sort-not-possible", "results cannot be sorted by \"{0}\"",
                                      "不能按“{0}”排序"};
inline constexpr Message kUnknownElement{"search-element-unknown", "{0} has no element \"{1}\"", "{0} 没有元素“{1}”"};
inline constexpr Message kMalformedInclude{
    "search-include-malformed",
    "it is written Type:parameter or Type:parameter:Target, where the parameter is a reference; or *",
    "写法是 类型:参数 或 类型:参数:目标类型，其中参数须为引用；也可写 *"};
inline constexpr Message kMalformedFilter{"search-filter-malformed", "the filter cannot be read at character {0}: {1}",
                                          "过滤表达式在第 {0} 个字符处无法读取：{1}"};
inline constexpr Message kFilterComparison{"search-filter-comparison",
                                           "\"{0}\" does not compare with {1}, which is of kind {2}",
                                           "“{0}”不能用于比较“{1}”，该参数的类别是 {2}"};
inline constexpr Message kFilterTooLarge{"search-filter-too-large", "the filter has more than {0} parts",
                                         "过滤表达式的组成部分超过 {0} 个"};

}  // namespace meridian::search::internal
