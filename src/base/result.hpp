// Result<T>: a value or an Error, and TRY, which hands the error to the caller on the line where it arose.
//
//   Result<Document> load(const Path& path) {
//     std::string bytes = TRY(read_file(path));
//     return parse(std::move(bytes));
//   }
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.hpp"

namespace meridian {

template <typename T = void>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "no such profile");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

namespace internal {
/// What TRY hands out of a result that has been seen to hold a value; nothing for a Result<>.
template <typename T>
constexpr T&& value_of(tl::expected<T, Error>& result) {
  return std::move(*result);
}
constexpr void value_of(const tl::expected<void, Error>&) {}
}  // namespace internal

}  // namespace meridian

/// The value of a Result, or return its error from the enclosing function.
#define TRY(expression) MERIDIAN_TRY_COUNTED(expression, __COUNTER__)
// Each use has a variable of its own, so that a TRY may stand within a TRY.
#define MERIDIAN_TRY_COUNTED(expression, number) MERIDIAN_TRY_JOINED(expression, number)
#define MERIDIAN_TRY_JOINED(expression, number) MERIDIAN_TRY_NAMED(expression, meridian_try_##number)
#define MERIDIAN_TRY_NAMED(expression, result)            \
  __extension__({                                         \
    auto&& result = (expression);                         \
    if (!result) [[unlikely]]                             \
      return ::meridian::fail(std::move(result).error()); \
    ::meridian::internal::value_of(result);               \
  })
