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

// Terminology operations
inline constexpr Message kCodeNotIn{"code-not-in", "the code \"{0}\" is not in it", "代码“{0}”不在其中"};
inline constexpr Message kCodeNotKnown{"code-not-known",
                                       "it cannot be said of the code \"{0}\": \"{1}\" is not here, or only in part",
                                       "无法判断代码“{0}”：“{1}”未加载，或只有部分内容"};
inline constexpr Message kWrongDisplay{"wrong-display", "\"{0}\" is no name of the code \"{1}\", whose name is \"{2}\"",
                                       "“{0}”不是代码“{1}”的名称；其名称是“{2}”"};

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

// Interactions on stored resources, by the kind of error
inline constexpr Message kNotFound{"not-found", "there is no such resource, or it is not visible to you",
                                   "没有这个资源，或您无权看到它"};
inline constexpr Message kGone{"deleted", "the resource was deleted", "该资源已被删除"};
inline constexpr Message kPreconditionFailed{"precondition-failed",
                                             "the condition of the request does not hold; read the present state",
                                             "请求的前提条件不成立；请先读取当前状态"};
inline constexpr Message kConflict{"conflict", "the request conflicts with the present state", "请求与当前状态冲突"};
inline constexpr Message kUnprocessable{"unprocessable", "the content breaks a rule", "内容违反了规则"};
inline constexpr Message kTooLarge{"too-large", "this is more than the server takes at once",
                                   "超过了服务器一次可接受的量"};
inline constexpr Message kTooCostly{"too-costly", "this would cost too much; narrow the request",
                                    "代价过高；请缩小请求范围"};
inline constexpr Message kTimeout{"timeout", "the answer took too long", "应答超时"};
inline constexpr Message kForbidden{"forbidden", "you may not do that", "您无权执行此操作"};
inline constexpr Message kUnsupported{"unsupported", "the server does not know how to do that", "服务器不支持此操作"};
inline constexpr Message kBadRequest{"bad-request", "the request is wrong; diagnostics says where",
                                     "请求有误；详见 diagnostics"};
inline constexpr Message kFailed{"server-fault", "the server failed", "服务器内部故障"};

// Interactions on stored resources: what is wrong with a request
inline constexpr Message kUnknownType{"unknown-type", "there is no resource type \"{0}\"", "没有资源类型“{0}”"};
inline constexpr Message kUnknownOperation{"unknown-operation", "there is no operation \"{0}\" here",
                                           "此处没有操作“{0}”"};
inline constexpr Message kBadId{"bad-id", "an id has 1 to 64 of A-Z a-z 0-9 - .",
                                "id 由 1 至 64 个 A-Z a-z 0-9 - . 字符组成"};
inline constexpr Message kIdMissing{"id-missing", "the resource must have the id of the address, \"{0}\"",
                                    "资源必须带有地址中的 id“{0}”"};
inline constexpr Message kIdDiffers{"id-differs", "the resource has another id than the address",
                                    "资源的 id 与地址中的不同"};
inline constexpr Message kConditionMissing{"condition-missing",
                                           "without an id the address must say by a search which resource is meant",
                                           "没有 id 时，地址必须用查询条件说明所指的资源"};
inline constexpr Message kBadParameter{"bad-parameter", "the parameter \"{0}\" has a value that is not allowed",
                                       "参数“{0}”的值不允许"};
inline constexpr Message kPatchForm{"patch-form",
                                    "send a patch as application/json-patch+json, application/merge-patch+json, or as "
                                    "Parameters in application/fhir+json or application/fhir+xml",
                                    "补丁的格式必须是 application/json-patch+json、application/merge-patch+json，或 "
                                    "application/fhir+json、application/fhir+xml 形式的 Parameters"};
inline constexpr Message kPatchMovesResource{"patch-moves-resource",
                                             "a patch may change neither the type nor the id of the resource",
                                             "补丁不能改变资源的类型或 id"};
inline constexpr Message kPlan{"search-plan", "{0}", "{0}"};
inline constexpr Message kNdjsonExpected{"ndjson-expected", "send the resources as application/fhir+ndjson, one a line",
                                         "请以 application/fhir+ndjson 格式发送资源，每行一个"};
inline constexpr Message kDone{"done", "done", "完成"};

}  // namespace meridian::rest
