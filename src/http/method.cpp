#include "http/method.hpp"

#include <cstddef>

namespace meridian::http {
namespace {
constexpr std::string_view kNames[kMethods] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
}

std::string_view name(Method method) {
  return kNames[static_cast<std::size_t>(method)];
}

std::optional<Method> method_named(std::string_view token) {
  for (int i = 0; i < kMethods; ++i) {
    if (kNames[i] == token) return static_cast<Method>(i);
  }
  return std::nullopt;
}

}  // namespace meridian::http
