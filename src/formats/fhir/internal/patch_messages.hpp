// What patches say when they cannot be applied.
#pragma once

#include "base/issue.hpp"

namespace meridian::fhir::internal {

inline constexpr Message kNothingToPatch{"patch-no-document", "there is no document to patch", "没有可修补的文档"};
inline constexpr Message kPatchNotArray{"patch-not-an-array", "a JSON Patch is an array of operations",
                                        "JSON Patch必须是操作的数组"};
inline constexpr Message kTooManyOperations{"patch-too-many-operations",
                                            "the patch has {0} operations, more than the limit of {1}",
                                            "补丁含{0}个操作，超过上限{1}"};
inline constexpr Message kPatchTooCostly{"patch-too-costly",
                                         "the patch asks for more work than the limit of {0} values",
                                         "补丁所需的工作量超过上限（{0}个值）"};
inline constexpr Message kPatchTooDeep{"patch-too-deep", "the result would nest deeper than the limit of {0}",
                                       "结果的嵌套深度将超过上限{0}"};
inline constexpr Message kOperationNotObject{"patch-operation-not-an-object", "an operation is a JSON object",
                                             "操作必须是JSON对象"};
inline constexpr Message kOperationLacks{"patch-operation-lacks", "the operation lacks the member \"{0}\", a string",
                                         "操作缺少字符串成员“{0}”"};
inline constexpr Message kOperationLacksValue{"patch-operation-lacks-value", "the operation lacks the member \"value\"",
                                              "操作缺少成员“value”"};
inline constexpr Message kUnknownOperation{"patch-unknown-operation",
                                           "\"{0}\" is no operation: add, remove, replace, move, copy or test",
                                           "“{0}”不是合法操作：应为add、remove、replace、move、copy或test"};
inline constexpr Message kBadPointer{
    "patch-bad-pointer", "\"{0}\" is not a JSON Pointer: it begins with \"/\" and has \"~\" only as ~0 and ~1",
    "“{0}”不是合法的JSON Pointer：应以“/”开头，“~”只能写作~0或~1"};
inline constexpr Message kPointsNowhere{"patch-points-nowhere", "there is nothing at \"{0}\"", "“{0}”处没有内容"};
inline constexpr Message kMovesIntoItself{"patch-moves-into-itself", "\"{0}\" cannot be moved into itself",
                                          "不能将“{0}”移动到其自身之内"};
inline constexpr Message kRemovesRoot{"patch-removes-root", "the whole document cannot be removed", "不能删除整个文档"};
inline constexpr Message kTestFailed{"patch-test-failed", "the value at \"{0}\" is not the one tested for",
                                     "“{0}”处的值与测试值不同"};

}  // namespace meridian::fhir::internal
