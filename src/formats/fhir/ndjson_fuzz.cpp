// Splitting into lines does not depend on the sizes of chunks, and agrees with a simple model.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/ndjson.hpp"

namespace {

using namespace meridian;
using namespace meridian::fhir;

struct Line {
  std::string text;
  std::uint64_t number;
  std::uint64_t offset;
  bool operator==(const Line&) const = default;
};

struct Split {
  std::vector<Line> lines;
  std::size_t too_long = 0;
  bool operator==(const Split&) const = default;
};

Split split(std::string_view text, NdjsonLimits limits) {
  Split out;
  auto source = memory_source(text);
  NdjsonReader reader(*source, limits);
  Issues issues(SIZE_MAX);
  for (;;) {
    auto line = reader.next(issues);
    if (!line) std::abort();
    if (!*line) break;
    out.lines.push_back({std::string((*line)->text), (*line)->number, (*line)->offset});
  }
  out.too_long = issues.size();
  return out;
}

/// Line by line over the whole text.
Split model(std::string_view text, std::size_t longest) {
  Split out;
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::uint64_t number = 1; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > longest) {
      ++out.too_long;
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      out.lines.push_back({std::string(line), number, at});
    }
    at = end + 1;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  NdjsonLimits limits;
  limits.chunk_bytes = data[0];
  limits.max_line_bytes = data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Split expected = model(text, limits.max_line_bytes);
  if (split(text, limits) != expected) std::abort();
  limits.chunk_bytes = 4096;
  if (split(text, limits) != expected) std::abort();
  return 0;
}
