// What the FHIR operations say of a request that cannot be answered as asked.
#pragma once

#include "base/issue.hpp"

namespace meridian::rest {

inline constexpr Message kNotAcceptable{"not-acceptable",
                                        "the forms that can be made are application/fhir+json and application/fhir+xml",
                                        "可以生成的格式只有 application/fhir+json 和 application/fhir+xml"};
inline constexpr Message kUnsupportedMediaType{"unsupported-media-type",
                                               "send the body as application/fhir+json or application/fhir+xml",
                                               "请求体的格式必须是 application/fhir+json 或 application/fhir+xml"};
inline constexpr Message kNoBody{"body-missing", "the request has no body; send a resource or Parameters",
                                 "请求没有正文；请发送一个资源或 Parameters"};
inline constexpr Message kNotParameters{"parameters-expected", "the body must be a Parameters resource",
                                        "请求体必须是 Parameters 资源"};
inline constexpr Message kParameterMissing{"parameter-missing", "the parameter \"{0}\" is missing", "缺少参数“{0}”"};
inline constexpr Message kWrongType{"wrong-resource-type", "the address says {0}, the resource is {1}",
                                    "地址中的类型是{0}，资源的类型却是{1}"};
inline constexpr Message kUnknownMode{
    "unknown-mode",
    "the mode \"{0}\" cannot be answered; create, update and profile can, since they need no stored resource",
    "无法按模式“{0}”校验；不依赖已存储资源的 create、update 和 profile 可以"};
inline constexpr Message kExpressionFailed{"expression-failed", "the expression could not be evaluated: {0}",
                                           "表达式无法求值：{0}"};

// Requests that reach no operation, by the status of the answer
inline constexpr Message kNothingHere{"no-such-path", "nothing is at this path", "此路径下没有内容"};
inline constexpr Message kMethodNotKnown{"method-not-known",
                                         "this path does not know that method; Allow says which it knows",
                                         "此路径不支持该方法；支持的方法见 Allow"};
inline constexpr Message kBodyTooLarge{"body-too-large", "the body is larger than this server takes; send less at once",
                                       "请求正文超过本服务器的上限；请减少一次发送的内容"};
inline constexpr Message kBusy{"server-busy", "the server is busy or the answer took too long; repeat later",
                               "服务器繁忙或应答超时；请稍后重试"};
inline constexpr Message kRequestFault{"request-fault", "{0}", "{0}"};

}  // namespace meridian::rest
