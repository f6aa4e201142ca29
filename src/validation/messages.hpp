// What validation says, in English and Chinese: one constant a finding. The ids are stable; documents refer to
// them. {0}, {1} … are names from schemas and standards or short excerpts of the value at fault.
#pragma once

#include "base/issue.hpp"

namespace meridian::validation {

// Structure
inline constexpr Message kUnknownElement{"unknown-element", "{0} has no element \"{1}\"", "{0} 没有元素“{1}”"};
inline constexpr Message kUnknownElementNear{"unknown-element", "{0} has no element \"{1}\"; did you mean \"{2}\"?",
                                             "{0} 没有元素“{1}”；是否应为“{2}”？"};
inline constexpr Message kChoiceWithoutType{
    "choice-without-type", "the element \"{0}\" has a choice of types and must be written with one, such as \"{1}\"",
    "元素“{0}”有多种类型可选，须连同类型一起书写，例如“{1}”"};
inline constexpr Message kChoiceTypeNotAllowed{"choice-type-not-allowed",
                                               "the element \"{0}\" does not allow the type {1}; allowed: {2}",
                                               "元素“{0}”不允许类型 {1}；允许：{2}"};
inline constexpr Message kArrayExpected{"array-expected", "\"{0}\" may repeat, so it must be a JSON array",
                                        "“{0}”可以重复，必须写成 JSON 数组"};
inline constexpr Message kArrayNotExpected{"array-not-expected",
                                           "\"{0}\" does not repeat, so it must not be a JSON array",
                                           "“{0}”不可重复，不能写成 JSON 数组"};
inline constexpr Message kArrayEmpty{"array-empty", "an array must not be empty; leave the element out instead",
                                     "数组不能为空；没有值时应省略该元素"};
inline constexpr Message kArrayInArray{"array-in-array", "an array must not hold another array",
                                       "数组不能直接包含数组"};
inline constexpr Message kObjectEmpty{"object-empty", "an object must not be empty; leave the element out instead",
                                      "对象不能为空；没有值时应省略该元素"};
inline constexpr Message kObjectExpected{"object-expected", "\"{0}\" must be a JSON object, not a plain value",
                                         "“{0}”必须是 JSON 对象，不能是简单值"};
inline constexpr Message kObjectNotExpected{"object-not-expected", "\"{0}\" must be a plain value, not a JSON object",
                                            "“{0}”必须是简单值，不能是 JSON 对象"};
inline constexpr Message kNullNotExpected{"null-not-expected",
                                          "null may stand only in an array beside an id or extension",
                                          "null 只能出现在数组中，且须有对应的 id 或扩展"};
inline constexpr Message kCompanionNotMatching{"companion-not-matching", "\"_{0}\" does not match the shape of \"{0}\"",
                                               "“_{0}”与“{0}”的结构不一致"};
inline constexpr Message kResourceTypeUnknown{"resource-type-unknown",
                                              "a resource must name a known type in \"resourceType\"",
                                              "资源必须在“resourceType”中写明已知的类型"};
inline constexpr Message kResourceAbstract{"resource-abstract", "{0} is abstract and cannot stand as a resource",
                                           "{0} 是抽象类型，不能作为资源使用"};
inline constexpr Message kResourceTooDeep{"resource-too-deep",
                                          "resources are nested more than {0} deep and are not checked further",
                                          "资源嵌套超过 {0} 层，不再继续检查"};
inline constexpr Message kValueKind{"value-kind", "a {0} must be a JSON {1}", "{0} 必须是 JSON 的{1}类型"};
inline constexpr Message kValueAndChildrenMissing{"element-empty", "the element has neither a value nor children",
                                                  "元素既没有值也没有子元素"};

// Cardinality
inline constexpr Message kTooFew{"cardinality-min", "{0} must occur at least {1} time(s), but occurs {2}",
                                 "{0} 至少应出现 {1} 次，实际出现 {2} 次"};
inline constexpr Message kTooMany{"cardinality-max", "{0} may occur at most {1} time(s), but occurs {2}",
                                  "{0} 最多可出现 {1} 次，实际出现 {2} 次"};

// Primitive formats
inline constexpr Message kEmptyString{"format-empty", "a value must not be an empty string", "值不能是空字符串"};
inline constexpr Message kBlank{"format-blank", "a string must hold more than white space", "字符串不能只含空白"};
inline constexpr Message kSpaceAtEnds{"format-space-at-ends", "the string begins or ends with white space: \"{0}\"",
                                      "字符串首尾有空白：“{0}”"};
inline constexpr Message kControlCharacter{"format-control-character", "the value holds a control character",
                                           "值中含有控制字符"};
inline constexpr Message kStringTooLong{"format-string-too-long", "a string may be at most 1 MB long",
                                        "字符串最长 1 MB"};
inline constexpr Message kNotABoolean{"format-boolean", "\"{0}\" is not a boolean: true or false",
                                      "“{0}”不是布尔值（true 或 false）"};
inline constexpr Message kNotAnInteger{"format-integer", "\"{0}\" is not an integer", "“{0}”不是整数"};
inline constexpr Message kIntegerOutOfRange{"format-integer-range", "{0} does not fit the integer's range",
                                            "{0} 超出整数的取值范围"};
inline constexpr Message kIntegerNegative{"format-integer-negative", "{0} must not be negative", "{0} 不能为负"};
inline constexpr Message kIntegerNotPositive{"format-integer-positive", "{0} must be greater than zero",
                                             "{0} 必须大于零"};
inline constexpr Message kNotADecimal{"format-decimal", "\"{0}\" is not a decimal", "“{0}”不是小数"};
inline constexpr Message kNotADate{"format-date", "\"{0}\" is not a date (YYYY, YYYY-MM or YYYY-MM-DD)",
                                   "“{0}”不是日期（YYYY、YYYY-MM 或 YYYY-MM-DD）"};
inline constexpr Message kNoSuchDay{"format-no-such-day", "there is no such day: \"{0}\"", "不存在这一天：“{0}”"};
inline constexpr Message kNotADateTime{"format-date-time",
                                       "\"{0}\" is not a dateTime (such as 2015-02-07T13:28:17-05:00)",
                                       "“{0}”不是日期时间（例如 2015-02-07T13:28:17-05:00）"};
inline constexpr Message kTimeWithoutZone{"format-time-without-zone", "\"{0}\" has a time, so it must have a time zone",
                                          "“{0}”含有时间，必须带时区"};
inline constexpr Message kNotAnInstant{"format-instant",
                                       "\"{0}\" is not an instant (such as 2015-02-07T13:28:17.239+02:00)",
                                       "“{0}”不是时刻（例如 2015-02-07T13:28:17.239+02:00）"};
inline constexpr Message kNotATime{"format-time", "\"{0}\" is not a time (hh:mm:ss)", "“{0}”不是时间（hh:mm:ss）"};
inline constexpr Message kCodeWhiteSpace{"format-code-white-space",
                                         "a code must not begin, end or be broken by white space: \"{0}\"",
                                         "代码首尾不能有空白，中间不能有连续空白：“{0}”"};
inline constexpr Message kNotAnId{"format-id", "\"{0}\" is not an id: 1 to 64 letters, digits, - and .",
                                  "“{0}”不是合法的 id：1 至 64 个字母、数字、- 或 ."};
inline constexpr Message kUriWhiteSpace{"format-uri-white-space", "a URI must not hold white space: \"{0}\"",
                                        "URI 不能含有空白：“{0}”"};
inline constexpr Message kNotAnOid{"format-oid", "\"{0}\" is not an OID (urn:oid:1.2.3)",
                                   "“{0}”不是 OID（urn:oid:1.2.3）"};
inline constexpr Message kNotAUuid{"format-uuid", "\"{0}\" is not a UUID in lower case (urn:uuid:…)",
                                   "“{0}”不是小写的 UUID（urn:uuid:…）"};
inline constexpr Message kNotBase64{"format-base64", "the value is not base64", "值不是 base64"};
inline constexpr Message kLooksLikeHtml{
    "string-looks-like-html", "the string holds what looks like an HTML tag; shown without escaping it would be unsafe",
    "字符串中有类似 HTML 标签的内容，不经转义显示将不安全"};
inline constexpr Message kUrlNotAbsolute{"url-not-absolute", "\"{0}\" must be an absolute URL", "“{0}”必须是绝对 URL"};
inline constexpr Message kIdentifierNotUri{
    "identifier-not-uri", "with the system urn:ietf:rfc:3986 the value must be a whole URI, not \"{0}\"",
    "当 system 为 urn:ietf:rfc:3986 时，value 必须是完整的 URI，而不是“{0}”"};
inline constexpr Message kAttachmentSize{"attachment-size",
                                         "the stated size {0} is not the size of the data, {1} bytes",
                                         "声明的大小 {0} 与数据的实际大小 {1} 字节不符"};

// Terminology
inline constexpr Message kCodeNotInValueSet{"code-not-in-value-set", "the code \"{0}\" is not in the value set {1}",
                                            "代码“{0}”不在值集 {1} 中"};
inline constexpr Message kConceptNotInValueSet{
    "concept-not-in-value-set", "none of the codings is in the value set {0}", "没有任何编码属于值集 {0}"};
inline constexpr Message kNoCodeFromValueSet{"no-code", "there is no code, and one from the value set {0} is needed",
                                             "缺少代码，需要值集 {0} 中的代码"};
inline constexpr Message kUnknownCode{"unknown-code", "the code system {1} has no code \"{0}\"",
                                      "代码系统 {1} 中没有代码“{0}”"};
inline constexpr Message kWrongDisplay{"wrong-display", "the display \"{0}\" is not that of {1}, which is \"{2}\"",
                                       "显示名“{0}”与 {1} 的显示名“{2}”不符"};
inline constexpr Message kSystemNotAbsolute{"system-not-absolute", "a system must be an absolute URI, not \"{0}\"",
                                            "system 必须是绝对 URI，而不是“{0}”"};
inline constexpr Message kSystemIsValueSet{"system-is-value-set", "\"{0}\" is a value set, not a code system",
                                           "“{0}”是值集，不是代码系统"};
inline constexpr Message kSystemIsSupplement{"system-is-supplement",
                                             "\"{0}\" only supplements another code system and cannot be used as one",
                                             "“{0}”只是对其他代码系统的补充，不能用作 system"};
inline constexpr Message kValueSetUnknown{"value-set-unknown",
                                          "the value set {0} is not loaded, so the code could not be checked",
                                          "未加载值集 {0}，无法检查代码"};
inline constexpr Message kMembershipUnknown{"membership-unknown",
                                            "whether the code \"{0}\" is in the value set {1} is not known here",
                                            "无法判断代码“{0}”是否在值集 {1} 中"};
inline constexpr Message kNotALanguage{"code-language", "\"{0}\" is not a language tag (BCP 47)",
                                       "“{0}”不是语言标签（BCP 47）"};
inline constexpr Message kNotAMimeType{"code-mime-type", "\"{0}\" is not a media type (BCP 13)",
                                       "“{0}”不是媒体类型（BCP 13）"};
inline constexpr Message kNotACurrency{"code-currency", "\"{0}\" is not a currency code (ISO 4217)",
                                       "“{0}”不是货币代码（ISO 4217）"};

// Invariants
inline constexpr Message kInvariantFailed{"invariant", "{0}: {1}", "约束 {0} 不满足：{1}"};
inline constexpr Message kInvariantNotEvaluated{
    "invariant-not-evaluated", "the constraint {0} could not be evaluated: {1}", "约束 {0} 无法求值：{1}"};

// References, contained resources, identity
inline constexpr Message kReferenceMalformed{"reference-format", "\"{0}\" is neither a URL nor of the form Type/id",
                                             "“{0}”既不是 URL，也不是 Type/id 的形式"};
inline constexpr Message kReferenceTypeUnknown{"reference-type-unknown", "there is no resource type \"{0}\"",
                                               "没有资源类型“{0}”"};
inline constexpr Message kReferenceTypeNotAllowed{
    "reference-type", "the reference leads to a {0}, but only {1} may stand here", "引用指向 {0}，但此处只允许 {1}"};
inline constexpr Message kReferenceTypeDiffers{"reference-type-differs",
                                               "the stated type {0} is not that of the reference, {1}",
                                               "声明的类型 {0} 与引用的类型 {1} 不符"};
inline constexpr Message kReferenceTargetDiffers{"reference-target-differs",
                                                 "\"{0}\" leads to a {1} here, not to what it says",
                                                 "“{0}”实际指向 {1}，与引用所写不符"};
inline constexpr Message kFragmentNotContained{"fragment-not-contained", "no contained resource has the id \"{0}\"",
                                               "没有 id 为“{0}”的内含资源"};
inline constexpr Message kReferenceEmpty{"reference-empty", "a reference needs a reference, an identifier or a display",
                                         "引用必须有 reference、identifier 或 display"};
inline constexpr Message kContainedInContained{
    "contained-nested", "a contained resource must not contain resources itself", "内含资源不能再包含资源"};
inline constexpr Message kContainedWithoutId{"contained-without-id", "a contained resource must have an id",
                                             "内含资源必须有 id"};
inline constexpr Message kContainedUnreferenced{
    "contained-unreferenced", "the contained resource \"{0}\" is not referred to, nor does it refer to its container",
    "内含资源“{0}”未被引用，也未引用其容器"};
inline constexpr Message kDuplicateId{"duplicate-id", "the id \"{0}\" occurs more than once in the resource",
                                      "资源中 id“{0}”重复出现"};
inline constexpr Message kAmbiguousContainedId{"contained-duplicate-id", "two contained resources have the id \"{0}\"",
                                               "两个内含资源的 id 同为“{0}”"};

// Bundles
inline constexpr Message kFullUrlMissing{"bundle-full-url-missing",
                                         "in a Bundle of type {0} each entry needs a fullUrl",
                                         "{0} 类型的 Bundle 中每个条目都需要 fullUrl"};
inline constexpr Message kFullUrlNotAbsolute{"bundle-full-url-not-absolute",
                                             "a fullUrl must be an absolute URL, not \"{0}\"",
                                             "fullUrl 必须是绝对 URL，而不是“{0}”"};
inline constexpr Message kFullUrlWithoutId{"bundle-full-url-without-id",
                                           "the fullUrl \"{0}\" is that of a FHIR server, but the resource has no id",
                                           "fullUrl“{0}”是 FHIR 服务器地址，但资源没有 id"};
inline constexpr Message kFullUrlNotOfResource{
    "bundle-full-url-differs", "the fullUrl \"{0}\" is that of a FHIR server, so it must end in \"{1}\"",
    "fullUrl“{0}”是 FHIR 服务器地址，必须以“{1}”结尾"};
inline constexpr Message kNotInBundle{"bundle-reference-unresolved", "\"{0}\" is not in the Bundle ({1})",
                                      "Bundle 中找不到“{0}”（{1}）"};
inline constexpr Message kNotInBundleButSimilar{
    "bundle-reference-unresolved",
    "\"{0}\" is not in the Bundle ({1}); a resource with that type and id is there, but its fullUrl does not fit the "
    "reference",
    "Bundle 中找不到“{0}”（{1}）；虽有类型和 id 相同的资源，但其 fullUrl 与引用不匹配"};
inline constexpr Message kAmbiguousInBundle{"bundle-reference-ambiguous", "\"{0}\" is {1} times in the Bundle",
                                            "“{0}”在 Bundle 中出现 {1} 次"};
inline constexpr Message kRelativeWithoutFullUrl{
    "bundle-relative-without-full-url",
    "the relative reference \"{0}\" stands in an entry without fullUrl, so it leads nowhere",
    "相对引用“{0}”所在条目没有 fullUrl，无法解析"};
inline constexpr Message kEntryUnreachable{"bundle-entry-unreachable",
                                           "no chain of references links the entry \"{0}\" with the {1}",
                                           "条目“{0}”与 {1} 之间没有引用关联"};
inline constexpr Message kLinkRepeated{"bundle-link-repeated", "the link \"{0}\" may stand only once",
                                       "链接“{0}”只能出现一次"};
inline constexpr Message kLinkNotForSearch{"bundle-link-misplaced", "the link \"{0}\" belongs to search results only",
                                           "链接“{0}”只用于检索结果"};
inline constexpr Message kSearchResultWithoutId{"bundle-search-without-id", "a search result must have an id",
                                                "检索结果必须有 id"};
inline constexpr Message kSearchResultType{"bundle-search-type", "a {0} does not match the search for {1}",
                                           "{0} 与检索的 {1} 不符"};
inline constexpr Message kSearchOutcomeType{"bundle-search-outcome", "the entry is marked as outcome, but holds a {0}",
                                            "条目标记为 outcome，内容却是 {0}"};

// Extensions
inline constexpr Message kExtensionWithoutUrl{"extension-without-url", "an extension must have a url",
                                              "扩展必须有 url"};
inline constexpr Message kExtensionUrlNotAbsolute{"extension-url-not-absolute",
                                                  "the url of an extension must be absolute, not \"{0}\"",
                                                  "扩展的 url 必须是绝对地址，而不是“{0}”"};
inline constexpr Message kExtensionUrlVersion{"extension-url-version",
                                              "the url of an extension must not name a version: \"{0}\"",
                                              "扩展的 url 不能带版本：“{0}”"};
inline constexpr Message kExtensionUnknown{
    "extension-unknown", "the extension {0} is not loaded, so it was not checked", "未加载扩展 {0} 的定义，未作检查"};
inline constexpr Message kExtensionModifier{"extension-modifier",
                                            "{0} is a modifier extension and must stand in modifierExtension",
                                            "{0} 是修饰扩展，必须放在 modifierExtension 中"};
inline constexpr Message kExtensionNotModifier{"extension-not-modifier",
                                               "{0} is no modifier extension and must stand in extension",
                                               "{0} 不是修饰扩展，必须放在 extension 中"};
inline constexpr Message kExtensionContext{"extension-context", "the extension {0} is not meant for {1}; allowed: {2}",
                                           "扩展 {0} 不能用于 {1}；允许：{2}"};
inline constexpr Message kNotAnExtension{"extension-definition", "{0} is not the definition of an extension",
                                         "{0} 不是扩展的定义"};

// Narrative
inline constexpr Message kNarrativeNotADiv{"narrative-not-div", "the narrative must be one <div> element",
                                           "叙述必须是一个 <div> 元素"};
inline constexpr Message kNarrativeMalformed{"narrative-malformed",
                                             "the narrative is not well-formed XHTML near \"{0}\"",
                                             "叙述不是格式良好的 XHTML，问题在“{0}”附近"};
inline constexpr Message kNarrativeNamespace{"narrative-namespace",
                                             "the <div> must be in the namespace http://www.w3.org/1999/xhtml",
                                             "<div> 必须属于命名空间 http://www.w3.org/1999/xhtml"};
inline constexpr Message kNarrativeElement{"narrative-element", "txt-1: <{0}> is not allowed in a narrative",
                                           "txt-1：叙述中不允许 <{0}>"};
inline constexpr Message kNarrativeAttribute{
    "narrative-attribute", "txt-1: the attribute {0} is not allowed in a narrative", "txt-1：叙述中不允许属性 {0}"};
inline constexpr Message kNarrativeEntity{"narrative-entity", "{0} is not one of XML's own entities",
                                          "{0} 不是 XML 自带的实体"};
inline constexpr Message kNarrativeLinkScheme{"narrative-link-scheme", "\"{0}:\" cannot be followed as a hyperlink",
                                              "“{0}:”不能作为超链接"};
inline constexpr Message kNarrativeLinkTarget{
    "narrative-link-target", "the link \"#{0}\" leads to nothing in the resource", "链接“#{0}”在资源中没有目标"};
inline constexpr Message kNarrativeEmpty{"narrative-empty", "txt-2: a narrative must hold something to read",
                                         "txt-2：叙述必须有可阅读的内容"};

// Rules of single resource types
inline constexpr Message kEnableWhenUnknown{"questionnaire-enable-when-unknown", "no question has the linkId \"{0}\"",
                                            "没有 linkId 为“{0}”的问题"};
inline constexpr Message kEnableWhenInner{"questionnaire-enable-when-inner",
                                          "enableWhen cannot depend on \"{0}\", which lies within the same item",
                                          "enableWhen 不能依赖同一项目内部的“{0}”"};
inline constexpr Message kEnableWhenLater{"questionnaire-enable-when-later",
                                          "enableWhen depends on \"{0}\", which comes later",
                                          "enableWhen 依赖的“{0}”出现在其后"};
inline constexpr Message kCodeSystemCount{"code-system-count",
                                          "the code system is complete and has {0} concepts, but states {1}",
                                          "代码系统内容完整，含 {0} 个概念，却声明为 {1} 个"};
inline constexpr Message kCodeSystemNotPresent{"code-system-not-present",
                                               "the code system says it has no content, but holds concepts",
                                               "代码系统声明没有内容，却含有概念"};
inline constexpr Message kCodeSystemSupplement{
    "code-system-supplement", "a code system that supplements another must have the content \"supplement\"",
    "补充其他代码系统的代码系统，content 必须为“supplement”"};
inline constexpr Message kPropertyRepeated{"code-system-property-repeated", "a property \"{0}\" is already defined",
                                           "属性“{0}”已经定义"};
inline constexpr Message kPropertyType{"code-system-property-type",
                                       "the property \"{0}\" is a {1}, but is defined as {2}",
                                       "属性“{0}”的值是 {1}，定义却是 {2}"};
inline constexpr Message kPropertyStandard{"code-system-property-standard",
                                           "{0} identifies a property of type {1}, not {2}",
                                           "{0} 标识的属性类型是 {1}，而不是 {2}"};
inline constexpr Message kCompositeComponents{"search-parameter-composite",
                                              "a composite search parameter needs at least two components",
                                              "组合检索参数至少需要两个组成部分"};
inline constexpr Message kSearchParameterType{"search-parameter-type", "the type {0} is not that of {1}, which is {2}",
                                              "类型 {0} 与 {1} 的类型 {2} 不同"};
inline constexpr Message kSearchParameterBase{
    "search-parameter-base", "{0} is not a base of {1}, from which this derives", "{0} 不是所派生的 {1} 的基础类型"};
inline constexpr Message kSlicingAtRoot{"structure-slicing-at-root", "a profile must not slice its root",
                                        "规范不能在根上切片"};

// Profiles
inline constexpr Message kProfileUnknown{"profile-unknown", "the profile {0} is not loaded, so it was not checked",
                                         "未加载规范 {0}，未作检查"};
inline constexpr Message kProfileUnusable{"profile-unusable", "the profile {0} cannot be used: {1}",
                                          "规范 {0} 无法使用：{1}"};
inline constexpr Message kProfileOfOtherType{"profile-type", "the profile {0} is for {1}, not for {2}",
                                             "规范 {0} 适用于 {1}，不适用于 {2}"};
inline constexpr Message kProfileTooFew{"profile-min", "{0} must occur at least {1} time(s), but occurs {2} ({3})",
                                        "{0} 至少应出现 {1} 次，实际出现 {2} 次（{3}）"};
inline constexpr Message kProfileTooMany{"profile-max", "{0} may occur at most {1} time(s), but occurs {2} ({3})",
                                         "{0} 最多可出现 {1} 次，实际出现 {2} 次（{3}）"};
inline constexpr Message kProfileFixed{"profile-fixed", "{0} must be exactly {1} ({2})", "{0} 必须等于 {1}（{2}）"};
inline constexpr Message kProfilePattern{"profile-pattern", "{0} must match {1} ({2})", "{0} 必须符合 {1}（{2}）"};
inline constexpr Message kProfileTypeNotAllowed{"profile-element-type", "{0} must be of type {1}, not {2} ({3})",
                                                "{0} 的类型必须是 {1}，而不是 {2}（{3}）"};
inline constexpr Message kProfileMinValue{"profile-min-value", "{0} is less than the least allowed, {1} ({2})",
                                          "{0} 小于允许的最小值 {1}（{2}）"};
inline constexpr Message kProfileMaxValue{"profile-max-value", "{0} is more than the most allowed, {1} ({2})",
                                          "{0} 大于允许的最大值 {1}（{2}）"};
inline constexpr Message kProfileMaxLength{"profile-max-length",
                                           "the value has {0} characters, at most {1} are allowed ({2})",
                                           "值有 {0} 个字符，最多允许 {1} 个（{2}）"};
inline constexpr Message kProfileSliceClosed{"profile-slice-closed",
                                             "the element fits no slice, and the slicing is closed ({0})",
                                             "元素不属于任何切片，而切片是封闭的（{0}）"};
inline constexpr Message kProfileSliceOpenAtEnd{"profile-slice-at-end",
                                                "elements outside of the slices may stand only at the end ({0})",
                                                "切片以外的元素只能放在最后（{0}）"};
inline constexpr Message kProfileSliceOrder{"profile-slice-order", "the slice {0} stands out of order ({1})",
                                            "切片 {0} 的顺序不对（{1}）"};
inline constexpr Message kProfileSliceAmbiguous{"profile-slice-ambiguous",
                                                "the element fits more than one slice: {0} and {1} ({2})",
                                                "元素同时符合多个切片：{0} 和 {1}（{2}）"};
inline constexpr Message kProfileReferenceTarget{
    "profile-reference-target", "the target of the reference does not conform to {0}", "引用的目标不符合 {0}"};
inline constexpr Message kProfileAggregation{"profile-aggregation", "the reference must be {0} ({1})",
                                             "引用方式必须是 {0}（{1}）"};
inline constexpr Message kProfileNoneFits{
    "profile-none-fits", "the element conforms to none of the profiles allowed: {0}", "元素不符合任何允许的规范：{0}"};

// The report itself
inline constexpr Message kNoIssues{"no-issues", "no issues", "没有发现问题"};
inline constexpr Message kMoreIssues{"more-issues", "{0} more issue(s) are not shown", "另有 {0} 个问题未列出"};

}  // namespace meridian::validation
