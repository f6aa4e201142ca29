// All that mapping can say. Paths of issues about a catalogue are file names; those about messages, places in them.
#pragma once

#include "base/issue.hpp"

namespace meridian::mapping {

// About the catalogue.
inline constexpr Message kNotYaml{"mapping-not-yaml", "this is not usable YAML: {0}", "不是可用的 YAML：{0}"};
inline constexpr Message kUnknownMember{"mapping-unknown-member", "nothing is called \"{0}\" here",
                                        "此处没有名为“{0}”的项"};
inline constexpr Message kMissingMember{"mapping-missing-member", "\"{0}\" is missing", "缺少“{0}”"};
inline constexpr Message kUnknownElement{"mapping-unknown-element", "{0} has no element \"{1}\"", "{0} 没有元素“{1}”"};
inline constexpr Message kUnknownType{"mapping-unknown-type", "FHIR has no type \"{0}\"", "FHIR 没有类型“{0}”"};
inline constexpr Message kUnknownMap{"mapping-unknown-map", "no map is called \"{0}\"", "没有名为“{0}”的映射"};
inline constexpr Message kUnknownCodes{"mapping-unknown-codes", "no code map is called \"{0}\"",
                                       "没有名为“{0}”的代码映射"};
inline constexpr Message kUnknownName{"mapping-unknown-name", "\"{0}\" is not known here", "此处不认识“{0}”"};
inline constexpr Message kDuplicateName{"mapping-duplicate-name", "\"{0}\" is defined twice", "“{0}”重复定义"};
inline constexpr Message kBadPath{"mapping-bad-path", "\"{0}\" is not a place in a message", "“{0}”不是消息中的位置"};
inline constexpr Message kBadCondition{"mapping-bad-condition", "the condition \"{0}\" cannot be read: {1}",
                                       "无法读取条件“{0}”：{1}"};
inline constexpr Message kBadExpression{"mapping-bad-expression", "{0}", "{0}"};
inline constexpr Message kTypesDoNotFit{"mapping-types-do-not-fit", "the map {0} makes {1}, but the element {2} is {3}",
                                        "映射 {0} 产生 {1}，但元素 {2} 是 {3}"};
inline constexpr Message kNeedsMap{"mapping-needs-map", "{0} is of type {1}, which needs a map",
                                   "{0} 的类型是 {1}，需要映射"};
inline constexpr Message kCycle{"mapping-cycle", "the map {0} contains itself", "映射 {0} 包含自身"};
inline constexpr Message kCodeNotInSet{"mapping-code-not-in-set", "\"{0}\" is not a code of {1}",
                                       "“{0}”不是 {1} 的代码"};

inline constexpr Message kBadTemplate{"mapping-bad-template", "{0}", "模板有误：{0}"};
inline constexpr Message kUnknownTemplate{"mapping-unknown-template", "no template is called \"{0}\"",
                                          "没有名为“{0}”的模板"};

// About documents made of records.
inline constexpr Message kNotSaid{"mapping-not-said", "{0}: the document has no place for it ({1} times)",
                                  "{0}：文档中没有对应位置（{1} 次）"};
inline constexpr Message kResourceNotSaid{"mapping-resource-not-said", "{0}: no section takes it ({1} times)",
                                          "{0}：没有章节收录（{1} 次）"};
inline constexpr Message kNoOid{"mapping-no-oid", "{0}: no OID is known for its code system {1} ({2} times)",
                                "{0}：其代码系统 {1} 没有已知的 OID（{2} 次）"};

// About messages.
inline constexpr Message kNoMap{"mapping-no-map", "no map is for messages {0}: nothing was made of it",
                                "没有用于 {0} 消息的映射：未产生任何内容"};
inline constexpr Message kSegmentDropped{"mapping-segment-dropped", "no map takes the segment {0} here: it was dropped",
                                         "此处没有映射使用 {0} 段：已丢弃"};
inline constexpr Message kNotConverted{"mapping-not-converted", "this cannot become {0} of type {1}: it was left out",
                                       "无法转换为类型为 {1} 的 {0}：已省略"};
inline constexpr Message kCodeNotMapped{"mapping-code-not-mapped", "the code map {0} does not know this code",
                                        "代码映射 {0} 不认识此代码"};
inline constexpr Message kNoIdentity{"mapping-no-identity", "nothing here identifies the {0}: it was left out",
                                     "没有可识别 {0} 的内容：已省略"};
inline constexpr Message kTooMuch{"mapping-too-much", "the message makes more than {0} {1}: the rest was left out",
                                  "消息产生的 {1} 超过 {0}：其余已省略"};
inline constexpr Message kComputationFailed{"mapping-computation-failed", "the expression of {0} failed: {1}",
                                            "{0} 的表达式失败：{1}"};
inline constexpr Message kBadIdentityCard{"mapping-bad-identity-card",
                                          "this identity card number fails its check digit (GB 11643)",
                                          "身份证号码校验位不正确（GB 11643）"};

// About devices.
inline constexpr Message kBadDeviceKind{"device-kind-faulty", "{0}", "设备类型有误：{0}"};
inline constexpr Message kDeviceValue{"device-value", "{0}", "设备数值：{0}"};
inline constexpr Message kDeviceTest{"device-test",
                                     "the device's kind does not know the test {0}: it has no LOINC code",
                                     "设备类型不认识检验项目 {0}：没有 LOINC 代码"};
inline constexpr Message kTooManyResults{"device-too-many-results", "there are more than {0} results: none was taken",
                                         "结果超过 {0} 项：全部未采用"};
inline constexpr Message kDeviceClock{"device-clock", "the device's clock is wrong, and its kind says to refuse that",
                                      "设备时钟有误，且该设备类型要求拒收"};

// About DICOM instances.
inline constexpr Message kNoUid{"mapping-no-uid", "the {0} is missing or no UID: the instance was left out",
                                "{0} 缺失或不是 UID：已省略该实例"};
inline constexpr Message kOtherPatient{"mapping-other-patient",
                                       "the instance names another patient than the rest of its study: it was left out",
                                       "该实例的患者与同一检查的其他实例不同：已省略"};
inline constexpr Message kOtherSeries{"mapping-other-series",
                                      "the instance stands in another series, too: the first counts",
                                      "该实例也出现在另一序列：以第一个为准"};

inline constexpr Message kBadWaveform{"mapping-bad-waveform",
                                      "the waveform lacks what its samples need: it was left out",
                                      "波形缺少解读采样所需的信息：已省略"};

// About variants.
inline constexpr Message kNoAssembly{"mapping-no-assembly",
                                     "nothing says that the positions are of GRCh37 or GRCh38: resources do not say it",
                                     "没有说明坐标属于 GRCh37 还是 GRCh38：资源中不注明"};
inline constexpr Message kNoSample{
    "mapping-no-sample", "there is no sample to make resources of: name one that the file has, or the patient",
    "没有可用于生成资源的样本：请指定文件中的样本，或指定患者"};

}  // namespace meridian::mapping
