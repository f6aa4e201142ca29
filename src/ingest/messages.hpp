// What ingest says about messages, in both languages.
#pragma once

#include "base/issue.hpp"

namespace meridian::ingest {

inline constexpr meridian::Message kUnreadable{
    "message-unreadable", "the message does not begin with a readable header", "消息开头没有可读的消息头"};
inline constexpr meridian::Message kConflicts{"message-conflicts",
                                              "what it changes was changed by others each of {0} times it was tried",
                                              "尝试 {0} 次提交，每次都因他人同时修改而失败"};
inline constexpr meridian::Message kNotCommitted{"message-not-committed", "the store refused it: {0}",
                                                 "存储拒绝了该消息：{0}"};
inline constexpr meridian::Message kNoMapFor{
    "message-no-map",
    "no message map of the mapping is for {0}: add one to the catalogue, or "
    "leave the type out of the feed's types",
    "该映射没有用于 {0} 的消息映射：请在目录中添加，或从数据源的 types 中去掉该类型"};
inline constexpr meridian::Message kNothingMade{"message-nothing-made",
                                                "nothing was made of it: what identifies it is missing",
                                                "未产生任何内容：缺少可识别的标识"};
inline constexpr meridian::Message kRefused{"message-refused", "the destination refused it: {0}",
                                            "目的系统拒绝了该消息：{0}"};
inline constexpr meridian::Message kNoMapping{"message-no-mapping", "there is no mapping \"{0}\"", "没有映射“{0}”"};

// Of devices; those that name a device quarantine its message.
inline constexpr meridian::Message kDeviceNoNumber{
    "device-no-number", "no kind of device finds a device's number in it", "没有任何设备类型能从中找到设备编号"};
inline constexpr meridian::Message kDeviceUnknown{"device-unknown",
                                                  "the device {0} is not registered: admit it, or drop the message",
                                                  "设备 {0} 未登记：请准入或丢弃"};
inline constexpr meridian::Message kDeviceDisabled{"device-disabled", "the device {0} is registered as not in use",
                                                   "设备 {0} 登记为停用"};
inline constexpr meridian::Message kDeviceUnproven{
    "device-unproven", "who sent this for the device {0} did not show its key, certificate or topic",
    "设备 {0} 的发送方没有出示登记的密钥、证书或主题"};
inline constexpr meridian::Message kDeviceNoKind{
    "device-no-kind", "the device {0} is registered as of a kind that there is not", "设备 {0} 登记的设备类型不存在"};
inline constexpr meridian::Message kDeviceNothing{"device-nothing", "it holds no value of the kind {0}",
                                                  "其中没有设备类型 {0} 的任何数值"};
inline constexpr meridian::Message kDeviceNotOfPatient{
    "device-not-of-patient", "a question, a control sample or a trial: nothing of it belongs in a patient's record",
    "查询、质控样本或试运行：不写入患者记录"};
inline constexpr meridian::Message kSeriesNotTaken{"device-series", "its waves could not be stored: {0}",
                                                   "波形无法保存：{0}"};

}  // namespace meridian::ingest
