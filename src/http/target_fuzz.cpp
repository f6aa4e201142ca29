// Targets and queries: what is decoded, encoded again and decoded again is the same; no segment climbs; nothing decoded
// holds a NUL.
#include "http/target.hpp"

#include <cstdint>
#include <cstdlib>

using meridian::Result;
using meridian::http::parse_target;
using meridian::http::percent_encode;
using meridian::http::QueryParameter;
using meridian::http::Target;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Target> target = parse_target(bytes);
  if (!target || target->path == "*") return 0;

  std::string again;
  for (const std::string& segment : target->segments) {
    if (segment == "." || segment == ".." || segment.find('\0') != std::string::npos) std::abort();
    again += '/' + percent_encode(segment);
  }
  std::string query;
  for (const QueryParameter& parameter : target->parameters) {
    query += (query.empty() ? "" : "&") + percent_encode(parameter.name) + '=' + percent_encode(parameter.value);
  }
  const Result<Target> reread = parse_target(again + '?' + query);
  if (!reread || reread->segments != target->segments || reread->parameters != target->parameters) std::abort();
  return 0;
}
