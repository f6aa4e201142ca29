// What reading and writing XML can complain of.
#pragma once

#include "base/issue.hpp"

namespace meridian::fhir::internal {

// The text is not XML, or not the XML that FHIR allows. Nothing is read then.
inline constexpr Message kXmlNotUtf8{"xml-not-utf8", "the text is not UTF-8; convert it to UTF-8",
                                     "文本不是 UTF-8 编码；请转换为 UTF-8"};
inline constexpr Message kXmlEncoding{"xml-encoding",
                                      "the XML is in the encoding {0}; FHIR allows UTF-8 only, so convert it to UTF-8",
                                      "XML 使用 {0} 编码；FHIR 只允许 UTF-8，请转换为 UTF-8"};
inline constexpr Message kXmlCharacter{"xml-character", "the character {0} is not allowed in XML",
                                       "XML 中不允许使用字符 {0}"};
inline constexpr Message kXmlTooLarge{"xml-too-large", "the XML has more than the limit of {0} bytes",
                                      "XML 超过 {0} 字节的上限"};
inline constexpr Message kXmlTooDeep{"xml-too-deep", "elements are nested deeper than the limit of {0} levels",
                                     "元素嵌套超过 {0} 层的上限"};
inline constexpr Message kXmlTooManyNodes{"xml-too-many-nodes", "the XML has more than the limit of {0} elements",
                                          "XML 元素数量超过 {0} 个的上限"};
inline constexpr Message kXmlTooManyAttributes{
    "xml-too-many-attributes", "the element has more than the limit of {0} attributes", "元素的属性超过 {0} 个的上限"};
inline constexpr Message kXmlTooManyNamespaces{"xml-too-many-namespaces",
                                               "more than the limit of {0} namespace declarations are in force here",
                                               "此处生效的命名空间声明超过 {0} 个的上限"};
inline constexpr Message kXmlDoctype{"xml-doctype", "a DOCTYPE is not allowed in FHIR; remove it",
                                     "FHIR 不允许使用 DOCTYPE；请将其删除"};
inline constexpr Message kXmlDeclaration{"xml-declaration",
                                         "the XML declaration is not well-formed or not at the very start",
                                         "XML 声明格式不正确，或不在文本最开头"};
inline constexpr Message kXmlEmpty{"xml-empty", "there is no root element", "缺少根元素"};
inline constexpr Message kXmlTwoRoots{"xml-two-roots", "something follows the root element", "根元素之后还有内容"};
inline constexpr Message kXmlTextOutside{"xml-text-outside", "there is text outside of the root element",
                                         "根元素之外存在文本"};
inline constexpr Message kXmlTruncated{"xml-truncated", "the XML ends within {0}", "XML 在 {0} 中间结束"};
inline constexpr Message kXmlName{"xml-name", "a name is expected here", "此处应为名称"};
inline constexpr Message kXmlTag{"xml-tag", "the tag of {0} is not well-formed", "{0} 的标签格式不正确"};
inline constexpr Message kXmlEndTag{"xml-end-tag", "the end tag {0} closes nothing: {1} is open",
                                    "结束标签 {0} 无法匹配：当前打开的是 {1}"};
inline constexpr Message kXmlDuplicateAttribute{"xml-duplicate-attribute", "the attribute {0} stands twice",
                                                "属性 {0} 重复出现"};
inline constexpr Message kXmlAttribute{"xml-attribute", "the attribute {0} is not well-formed", "属性 {0} 格式不正确"};
inline constexpr Message kXmlReference{
    "xml-reference",
    "a reference is not well-formed or names an entity that is not defined (only lt, gt, amp, apos, quot are)",
    "引用格式不正确，或使用了未定义的实体（仅有 lt、gt、amp、apos、quot）"};
inline constexpr Message kXmlCharacterReference{"xml-character-reference",
                                                "a character reference names a character that XML does not allow",
                                                "字符引用指向 XML 不允许的字符"};
inline constexpr Message kXmlComment{"xml-comment", "a comment is not well-formed", "注释格式不正确"};
inline constexpr Message kXmlInstruction{"xml-instruction", "a processing instruction is not well-formed",
                                         "处理指令格式不正确"};
inline constexpr Message kXmlCdataEnd{"xml-cdata-end", "\"]]>\" is not allowed in text", "文本中不允许出现“]]>”"};
inline constexpr Message kXmlCdata{"xml-cdata", "a CDATA section is not well-formed or outside of the root element",
                                   "CDATA 段格式不正确或位于根元素之外"};
inline constexpr Message kXmlPrefix{"xml-prefix", "the namespace prefix {0} is not declared or not allowed",
                                    "命名空间前缀 {0} 未声明或不允许使用"};

// The XML is well-formed, but is not FHIR's. The rest is read.
inline constexpr Message kXmlRootUnknown{"xml-root-unknown", "the root element {0} is not a resource type",
                                         "根元素 {0} 不是资源类型"};
inline constexpr Message kXmlNamespace{"xml-namespace", "{0} is not in the namespace {1}", "{0} 不在命名空间 {1} 中"};
inline constexpr Message kXmlUnknownElement{
    "xml-unknown-element", "the element {0} is not known in {1}; it is left out", "{1} 中没有元素 {0}；已忽略"};
inline constexpr Message kXmlUnknownAttribute{
    "xml-unknown-attribute", "the attribute {0} is not known in {1}; it is left out", "{1} 中没有属性 {0}；已忽略"};
inline constexpr Message kXmlNotAnAttribute{"xml-not-an-attribute", "{0} is not an attribute but an element of {1}",
                                            "{0} 应为 {1} 的元素而不是属性"};
inline constexpr Message kXmlNotAnElement{"xml-not-an-element", "{0} is not an element but an attribute of {1}",
                                          "{0} 应为 {1} 的属性而不是元素"};
inline constexpr Message kXmlOrder{"xml-order", "the element {0} is out of order: it belongs before {1}",
                                   "元素 {0} 顺序错误：应位于 {1} 之前"};
inline constexpr Message kXmlText{"xml-text",
                                  "there is text in {0}; FHIR has values in attributes only; it is left out",
                                  "{0} 中存在文本；FHIR 的值只能放在属性中；已忽略"};
inline constexpr Message kXmlEmptyElement{"xml-empty-element", "{0} has neither a value nor children",
                                          "{0} 既没有值也没有子元素"};
inline constexpr Message kXmlResourceExpected{"xml-resource-expected", "{0} holds one resource, and that alone",
                                              "{0} 必须且只能包含一个资源"};
inline constexpr Message kXmlResourceUnknown{"xml-resource-unknown", "{0} is not a resource type; it is left out",
                                             "{0} 不是资源类型；已忽略"};
inline constexpr Message kXmlDivExpected{"xml-div-expected",
                                         "the narrative is not a div in the namespace {0}; it is left out",
                                         "叙述文本不是命名空间 {0} 中的 div；已忽略"};

// Writing: the document says what XML cannot.
inline constexpr Message kXmlCannotHold{"xml-cannot-hold", "{0} has a character that XML cannot hold; it is left out",
                                        "{0} 含有 XML 无法表示的字符；已忽略"};
inline constexpr Message kXmlUnknownMember{"xml-unknown-member", "{0} is not known in {1}; it is not written",
                                           "{1} 中没有 {0}；未写出"};
inline constexpr Message kXmlBadDiv{"xml-bad-div", "the narrative is not a well-formed div; it is not written",
                                    "叙述文本不是格式正确的 div；未写出"};
inline constexpr Message kXmlDivNamespace{"xml-div-namespace", "the div is not in the namespace {0}; it is written so",
                                          "div 不在命名空间 {0} 中；已按该命名空间写出"};
inline constexpr Message kXmlValueKind{"xml-value-kind", "the value of {0} is a JSON {1}; XML does not keep that",
                                       "{0} 的值是 JSON {1}；XML 无法保留这一类型"};
inline constexpr Message kXmlCompanion{
    "xml-companion",
    "the id or extensions are not arranged like the values beside them; XML does not keep the arrangement",
    "id 或扩展与旁边的值排列不一致；XML 不保留该排列方式"};
inline constexpr Message kXmlNoForm{
    "xml-no-form", "an empty array, a null or a value in place of an object has no form in XML; it is not written",
    "空数组、null 或代替对象的简单值在 XML 中没有对应形式；未写出"};

}  // namespace meridian::fhir::internal
