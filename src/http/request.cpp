#include "http/request.hpp"

namespace meridian::http {

Request::Request(Method m, std::string_view raw_target) : method(m) {
  if (Result<Target> parsed = parse_target(raw_target)) target = *std::move(parsed);
}

std::string_view Request::path_parameter(std::string_view name) const {
  for (const PathParameter& parameter : path_parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

std::string_view Request::content_type() const {
  std::string_view type = headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

std::string_view Request::host() const {
  return target.authority.empty() ? headers.get("Host") : std::string_view(target.authority);
}

}  // namespace meridian::http
