// Method: the request methods this server knows. Any other token is answered 501 before a handler sees it.
// https://www.rfc-editor.org/rfc/rfc9110#section-9
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meridian::http {

enum class Method : std::uint8_t { get, head, post, put, delete_, patch, options };
inline constexpr int kMethods = 7;

std::string_view name(Method method);                        ///< "DELETE"
std::optional<Method> method_named(std::string_view token);  ///< case matters: "get" is no method

constexpr bool is_safe(Method m) {
  return m == Method::get || m == Method::head || m == Method::options;
}
constexpr bool is_idempotent(Method m) {
  return m != Method::post && m != Method::patch;
}

}  // namespace meridian::http
