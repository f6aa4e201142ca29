// What reading tables and archives says about them, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::table::faults {

inline constexpr Message kCharset{"table-charset", "the text is not UTF-8; it is read as {0}",
                                  "文本不是 UTF-8；按 {0} 读取"};
inline constexpr Message kNotText{"table-not-text", "{0} places are no characters of {1}; each is now U+FFFD",
                                  "有 {0} 处不是 {1} 的字符；已各替换为 U+FFFD"};
inline constexpr Message kTooMany{"table-too-many", "the row has {0} values for {1} columns; the rest is left out",
                                  "该行有 {0} 个值，而列数为 {1}；多余的已略去"};
inline constexpr Message kTooFew{"table-too-few", "the row has {0} values for {1} columns; the others are empty",
                                 "该行有 {0} 个值，而列数为 {1}；其余为空"};
inline constexpr Message kOpenQuote{"table-open-quote", "a quote is opened and not closed as it should be",
                                    "引号打开后未正确关闭"};
inline constexpr Message kPassedOver{"table-passed-over",
                                     "lines {0} to {1} could not be told from a broken value and were passed over",
                                     "第 {0} 至 {1} 行无法与损坏的值区分，已跳过"};
inline constexpr Message kInnerQuote{"table-inner-quote", "a quote stands undoubled within a quoted value",
                                     "带引号的值中有未加倍的引号"};
inline constexpr Message kLongValue{"table-long-value", "the value is longer than {0} bytes and is left empty",
                                    "该值超过 {0} 字节，已置空"};
inline constexpr Message kLongRow{"table-long-row", "the row is longer than {0} bytes and is left empty",
                                  "该行超过 {0} 字节，已置空"};
inline constexpr Message kBeyondWidths{"table-beyond-widths", "the line goes on behind its last column",
                                       "该行内容超出最后一列"};
inline constexpr Message kAcrossWidths{"table-across-widths", "a wide character stands across the end of the column",
                                       "宽字符跨越了列边界"};
inline constexpr Message kColumnNames{"table-column-names", "the header has {0} columns, {1} names were given",
                                      "表头有 {0} 列，而给出了 {1} 个列名"};
inline constexpr Message kErrorCell{"table-error-cell", "the cell holds the error {0}", "单元格为错误值 {0}"};
inline constexpr Message kBadCell{"table-bad-cell", "the cell cannot be read: {0}", "无法读取单元格：{0}"};
inline constexpr Message kBadDate{"table-bad-date", "the cell is formatted as a date, its number is none",
                                  "单元格格式为日期，但内容不是日期"};
inline constexpr Message kUnsafeName{"archive-unsafe-name", "the member's name could leave its folder, or is no name",
                                     "该成员的名称可能越出其文件夹，或不是有效名称"};
inline constexpr Message kEncrypted{"archive-encrypted", "the member is encrypted", "该成员已加密"};
inline constexpr Message kUnsupportedMember{"archive-unsupported", "the member is packed in a way that cannot be read",
                                            "该成员的压缩方式无法读取"};

}  // namespace meridian::table::faults
