// What reading code systems can say.
#pragma once

#include "base/issue.hpp"

namespace meridian::terminology {

inline constexpr Message kUnknownParents{
    "terminology-unknown-parents", "{0} links of the hierarchy lead to codes that are not there; they are left out",
    "层级中有 {0} 个链接指向不存在的代码，已略去"};
inline constexpr Message kCircles{"terminology-circles",
                                  "{0} links of the hierarchy would close a circle; they are left out",
                                  "层级中有 {0} 个链接会形成环路，已略去"};
inline constexpr Message kTooDeep{"terminology-too-deep", "the hierarchy is nested too deeply; the rest is left out",
                                  "层级嵌套过深，其余部分已略去"};
inline constexpr Message kTooFewFields{"terminology-too-few-fields", "the line has {0} fields, {1} are needed",
                                       "该行有 {0} 个字段，至少需要 {1} 个"};
inline constexpr Message kLineTooLong{"terminology-line-too-long", "the line is longer than {0} bytes",
                                      "该行超过 {0} 字节"};
inline constexpr Message kQuoteNotClosed{"terminology-quote-not-closed", "a quote is not closed", "引号没有闭合"};
inline constexpr Message kNotUtf8{"terminology-not-utf8", "the line is not UTF-8", "该行不是 UTF-8 编码"};
inline constexpr Message kFieldEmpty{"terminology-field-empty", "the field \"{0}\" is empty", "字段“{0}”为空"};
inline constexpr Message kNotOfTheForm{"terminology-not-of-the-form", "the line is not of the form that the file has",
                                       "该行不符合文件的格式"};

}  // namespace meridian::terminology
