// What reading XML and JSON says, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::tree::faults {

// The text cannot be read: there is no document.
inline constexpr Message kTooLarge{"tree-too-large", "the document has more than the limit of {0} {1}",
                                   "文档的 {1} 超过 {0} 的上限"};
inline constexpr Message kDoctype{"xml-doctype", "a DOCTYPE is not allowed: nothing is expanded or fetched",
                                  "不允许使用 DOCTYPE：不展开也不获取任何内容"};
inline constexpr Message kNotXml{"xml-not-well-formed", "this is not well-formed XML: {0}", "不是格式正确的 XML：{0}"};
inline constexpr Message kNotJson{"json-not-well-formed", "this is not well-formed JSON: {0}",
                                  "不是格式正确的 JSON：{0}"};
inline constexpr Message kEncoding{"xml-encoding", "the text is in the encoding {0}, which cannot be read",
                                   "无法读取编码为 {0} 的文本"};
// It can be read in spite of this.
inline constexpr Message kBadBytes{"xml-bad-bytes", "bytes that are no characters of {0} were replaced",
                                   "不属于 {0} 的字节已被替换"};
inline constexpr Message kPrefix{"xml-prefix", "the namespace prefix {0} is not declared", "命名空间前缀 {0} 未声明"};

}  // namespace meridian::tree::faults
