// What the compiler of expressions can find fault with, in both languages.
#pragma once

#include "base/issue.hpp"

namespace meridian::fhirpath::internal {

// Syntax.
inline constexpr Message kUnknownCharacter{"fhirpath-character", "this character has no meaning here",
                                           "此处不能使用该字符"};
inline constexpr Message kUnfinishedComment{"fhirpath-comment", "the comment has no end; close it with */",
                                            "注释没有结束，请用 */ 结束"};
inline constexpr Message kUnfinishedString{"fhirpath-quote", "the quotation has no end", "引号没有结束"};
inline constexpr Message kBadEscape{"fhirpath-escape",
                                    "the escape \"{0}\" is not one of \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t \\uXXXX",
                                    "转义“{0}”无效；可用 \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t \\uXXXX"};
inline constexpr Message kBadDateLiteral{
    "fhirpath-date", "this is not a date, dateTime or time literal such as @2015-02-04, @2015-02-04T14:34, @T14:34",
    "日期或时间字面量的格式不对，应如 @2015-02-04、@2015-02-04T14:34、@T14:34"};
inline constexpr Message kTimeWithOffset{"fhirpath-time-offset", "a time literal has no offset; remove Z or +hh:mm",
                                         "时间字面量不带时区，请去掉 Z 或 +hh:mm"};
inline constexpr Message kBadNumber{"fhirpath-number", "the number \"{0}\" is out of range", "数字“{0}”超出范围"};
inline constexpr Message kExpected{"fhirpath-expected", "{0} is expected here", "此处应为 {0}"};
inline constexpr Message kUnexpected{"fhirpath-unexpected", "\"{0}\" cannot stand here", "“{0}”不能出现在此处"};
inline constexpr Message kUnexpectedEnd{"fhirpath-end", "the expression ends too early", "表达式不完整"};
inline constexpr Message kTooLong{"fhirpath-too-long", "the expression has more than {0} bytes", "表达式超过 {0} 字节"};
inline constexpr Message kTooDeep{"fhirpath-too-deep", "the expression is nested deeper than {0} levels",
                                  "表达式嵌套超过 {0} 层"};
inline constexpr Message kTooManyNodes{"fhirpath-too-large", "the expression has more than {0} parts",
                                       "表达式超过 {0} 个组成部分"};

// Meaning.
inline constexpr Message kUnknownMember{"fhirpath-member", "{1} has no element \"{0}\"", "{1} 没有元素“{0}”"};
inline constexpr Message kChoiceKey{"fhirpath-choice-key",
                                    "write {0} instead of \"{1}\": the element is named without its type",
                                    "请写 {0} 而不是“{1}”：元素名不带类型"};
inline constexpr Message kWrongRoot{"fhirpath-root", "the expression begins with {0}, but it is asked of {1}",
                                    "表达式以 {0} 开始，但对象是 {1}"};
inline constexpr Message kUnknownFunction{"fhirpath-function", "there is no function \"{0}\"", "没有函数“{0}”"};
inline constexpr Message kUnsupportedFunction{"fhirpath-unsupported", "the function \"{0}\" is not supported",
                                              "不支持函数“{0}”"};
inline constexpr Message kWrongArity{"fhirpath-arguments", "{0}() takes {1} arguments, not {2}",
                                     "{0}() 需要 {1} 个参数，而不是 {2} 个"};
inline constexpr Message kUnknownType{"fhirpath-type", "there is no type \"{0}\"", "没有类型“{0}”"};
inline constexpr Message kNotAType{"fhirpath-not-a-type",
                                   "{0}() takes the name of a type, such as Quantity or System.String",
                                   "{0}() 的参数应为类型名，如 Quantity 或 System.String"};
inline constexpr Message kUnknownVariable{"fhirpath-variable", "there is no variable %{0}", "没有变量 %{0}"};
inline constexpr Message kVariableTwice{"fhirpath-variable-twice", "the variable %{0} is already defined",
                                        "变量 %{0} 已经定义"};
inline constexpr Message kVariableName{"fhirpath-variable-name", "the name of a variable must be a string literal",
                                       "变量名必须是字符串字面量"};
inline constexpr Message kOutsideLambda{"fhirpath-outside", "${0} has a meaning only within the argument of {1}",
                                        "${0} 只能用在 {1} 的参数中"};
inline constexpr Message kWrongInput{"fhirpath-input", "{0} cannot be applied to {1}", "{0} 不能用于 {1}"};
inline constexpr Message kWrongOperands{"fhirpath-operands", "\"{0}\" cannot be applied to {1} and {2}",
                                        "“{0}”不能用于 {1} 和 {2}"};
inline constexpr Message kNotSingle{"fhirpath-single", "{0} needs a single item here, but this gives several",
                                    "{0} 在此处只能有一个值，而这里有多个"};
inline constexpr Message kNotBoolean{"fhirpath-boolean", "{0} needs true or false here, but this gives {1}",
                                     "{0} 在此处需要布尔值，而这里是 {1}"};
inline constexpr Message kNotOrdered{
    "fhirpath-order", "{0} depends on the order of its input, which children() and descendants() leave open",
    "{0} 依赖顺序，而 children() 和 descendants() 的顺序未定义"};
inline constexpr Message kBadRegex{"fhirpath-regex", "the regular expression is not valid: {0}", "正则表达式无效：{0}"};

}  // namespace meridian::fhirpath::internal
