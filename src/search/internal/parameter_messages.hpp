// What is said of a SearchParameter resource that cannot be used. {0} is a name from the resource or a standard.
#pragma once

#include "base/issue.hpp"

namespace meridian::search::internal {

inline constexpr Message kNotASearchParameter{"not-a-search-parameter",
                                              "a SearchParameter resource is needed here, not a {0}",
                                              "此处需要 SearchParameter 资源，而不是 {0}"};
inline constexpr Message kElementMissing{"search-parameter-element-missing", "the SearchParameter needs a \"{0}\"",
                                         "SearchParameter 缺少“{0}”"};
inline constexpr Message kCodeNotUsable{"search-parameter-code",
                                        "the code must be letters, digits, \"-\" and \"_\", and not begin with \"_\"",
                                        "代码只能由字母、数字、“-”和“_”组成，且不能以“_”开头"};
inline constexpr Message kKindUnknown{"search-parameter-kind",
                                      "the type of search \"{0}\" is unknown or cannot be defined",
                                      "搜索类型“{0}”未知或不可定义"};
inline constexpr Message kBaseUnknown{"search-parameter-base", "the base \"{0}\" is not a resource type",
                                      "基础类型“{0}”不是资源类型"};
inline constexpr Message kTargetUnknown{"search-parameter-target", "the target \"{0}\" is not a resource type",
                                        "目标类型“{0}”不是资源类型"};
inline constexpr Message kExpressionFaulty{"search-parameter-expression", "the expression does not compile: {0}",
                                           "表达式无法编译：{0}"};
inline constexpr Message kGivesNothing{"search-parameter-gives-nothing", "the expression can give nothing for {0}",
                                       "该表达式对 {0} 不会得到任何值"};
inline constexpr Message kComponentUnknown{"search-parameter-component",
                                           "the component's definition \"{0}\" is not a parameter of {1}",
                                           "组成部分的定义“{0}”不是 {1} 的搜索参数"};

}  // namespace meridian::search::internal
