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
inline constexpr Message kUnknownMode{"unknown-mode",
                                      "the mode \"{0}\" needs a stored resource, which this server does not keep yet",
                                      "模式“{0}”需要已存储的资源，本服务器尚未提供"};
inline constexpr Message kExpressionFailed{"expression-failed", "the expression could not be evaluated: {0}",
                                           "表达式无法求值：{0}"};

}  // namespace meridian::rest
