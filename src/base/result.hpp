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
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace meridian

/// The value of a Result, or return its error from the enclosing function.
#define TRY(expression)                                                                            \
  __extension__({                                                                                  \
    auto&& meridian_try_result = (expression);                                                     \
    if (!meridian_try_result) [[unlikely]]                                                         \
      return ::meridian::fail(std::move(meridian_try_result).error());                             \
    std::move(meridian_try_result).value();                                                        \
  })
