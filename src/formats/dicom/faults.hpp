// What reading DICOM says about a file, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::dicom::faults {

inline constexpr Message kNotDicom{"dicom-no-dicom",
                                   "this is no DICOM file: neither a preamble nor a data set begins here",
                                   "不是 DICOM 文件：既没有前导区，也不是数据集的开头"};
inline constexpr Message kNoPreamble{"dicom-no-preamble", "the file has no preamble with \"DICM\"",
                                     "文件没有带 “DICM” 的前导区"};
inline constexpr Message kNoMeta{"dicom-no-meta", "the file has no meta information: {0} is assumed from its bytes",
                                 "文件没有元信息：按其字节推断为 {0}"};
inline constexpr Message kMetaLength{"dicom-meta-length", "the meta information has {0} bytes, {1} are announced",
                                     "元信息有 {0} 字节，声明为 {1} 字节"};
inline constexpr Message kNoTransferSyntax{"dicom-no-transfer-syntax",
                                           "no transfer syntax is named: {0} is assumed from the bytes",
                                           "未指明传输语法：按字节推断为 {0}"};
inline constexpr Message kUnknownTransferSyntax{
    "dicom-unknown-transfer-syntax", "the transfer syntax {0} is not known: Explicit VR Little Endian is assumed",
    "未知的传输语法 {0}：按显式 VR 小端处理"};
inline constexpr Message kCut{"dicom-cut", "the bytes end in the middle of {0}", "字节在 {0} 中间结束"};
inline constexpr Message kPastEnd{"dicom-past-end", "a length of {0} bytes is announced, {1} are left",
                                  "声明长度为 {0} 字节，只剩 {1} 字节"};
inline constexpr Message kUndefinedLength{"dicom-undefined-length", "a value of {0} cannot have an undefined length",
                                          "{0} 的值不能使用未定义长度"};
inline constexpr Message kOddLength{"dicom-odd-length", "the length {0} is odd", "长度 {0} 为奇数"};
inline constexpr Message kUnknownVr{"dicom-unknown-vr", "the VR of this element is none of the standard's",
                                    "该元素的 VR 不在标准之中"};
inline constexpr Message kNoItem{"dicom-no-item", "an item is expected here, {0} stands there",
                                 "此处应为条目，却是 {0}"};
inline constexpr Message kStrayDelimiter{"dicom-stray-delimiter", "the delimiter {0} ends nothing",
                                         "分隔符 {0} 没有对应的开头"};
inline constexpr Message kOrder{"dicom-order", "{0} stands after {1}: elements are not in ascending order",
                                "{0} 位于 {1} 之后：元素未按升序排列"};
inline constexpr Message kTwice{"dicom-twice", "the element stands twice: the first counts",
                                "元素重复出现：以第一个为准"};
inline constexpr Message kTooMuch{"dicom-too-much", "there are more than {0} {1}", "{1} 超过 {0}"};
inline constexpr Message kTooDeep{"dicom-too-deep", "sequences lie deeper than {0} in each other",
                                  "序列嵌套超过 {0} 层"};
inline constexpr Message kBadDeflate{"dicom-bad-deflate", "the deflated data set is damaged", "压缩的数据集已损坏"};
inline constexpr Message kTrailing{"dicom-trailing", "{0} bytes after the data set are no elements",
                                   "数据集之后的 {0} 字节不是元素"};
inline constexpr Message kUnknownCharacterSet{"dicom-unknown-character-set",
                                              "a character set is declared that the standard does not know",
                                              "声明了标准之外的字符集"};
inline constexpr Message kPixelsMissing{"dicom-pixels-missing", "{0} is missing or no number that pixels can have",
                                        "{0} 缺失或不是像素可用的数值"};
inline constexpr Message kPixelsShort{"dicom-pixels-short", "the pixel data has {0} bytes, {1} are needed",
                                      "像素数据有 {0} 字节，需要 {1} 字节"};
inline constexpr Message kNoFrame{"dicom-no-frame", "frame {0} is not among the {1} frames",
                                  "第 {0} 帧不在 {1} 帧之中"};
inline constexpr Message kFragments{"dicom-fragments", "{0} fragments cannot be dealt out to {1} frames",
                                    "{0} 个片段无法分配给 {1} 帧"};
inline constexpr Message kCodestream{"dicom-codestream", "the {0} bytes of frame {1} are damaged: {2}",
                                     "第 {1} 帧的 {0} 数据已损坏：{2}"};
inline constexpr Message kCodestreamDiffers{"dicom-codestream-differs",
                                            "frame {0} is coded with {1}, the data set says {2}",
                                            "第 {0} 帧按 {1} 编码，数据集声明为 {2}"};

}  // namespace meridian::dicom::faults
