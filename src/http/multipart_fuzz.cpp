// Multipart: the parts do not depend on how the bytes were cut, and parts written again are read as the same.
//
// The first byte chooses where to cut.
#include "http/multipart.hpp"

#include <cstdint>
#include <cstdlib>

using namespace meridian::http;  // a fuzzer speaks of nothing else

namespace {

struct Part {
  std::vector<std::string> fields;
  std::string body;
  bool operator==(const Part&) const = default;
};

class Collector final : public PartReceiver {
 public:
  meridian::Result<> begin(const Headers& headers) override {
    Part part;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      part.fields.emplace_back(headers[i].name);
      part.fields.emplace_back(headers[i].value);
    }
    parts.push_back(std::move(part));
    return {};
  }
  meridian::Result<> data(std::string_view bytes) override {
    parts.back().body.append(bytes);
    return {};
  }
  meridian::Result<> end() override { return {}; }
  std::vector<Part> parts;
};

bool parse(std::string_view bytes, std::string_view boundary, std::size_t step, std::vector<Part>& parts) {
  Collector collector;
  MultipartParser parser(boundary, collector);
  bool good = true;
  for (std::size_t at = 0; good && at < bytes.size(); at += step)
    good = parser.write(bytes.substr(at, step)).has_value();
  good = good && parser.finish().has_value();
  parts = std::move(collector.parts);
  return good;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 8 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<Part> whole;
  std::vector<Part> cut;
  const bool good = parse(bytes, "b", bytes.size() + 1, whole);
  if (parse(bytes, "b", 1 + data[0] % 20, cut) != good) std::abort();
  if (!good) return 0;
  if (cut != whole) std::abort();

  std::string boundary = "again";
  while (bytes.find(boundary) != std::string_view::npos) boundary += 'x';
  if (boundary.size() > 70) return 0;
  std::string written;
  for (const Part& part : whole) {
    Headers headers;
    for (std::size_t i = 0; i < part.fields.size(); i += 2) headers.add(part.fields[i], part.fields[i + 1]);
    append_part(written, boundary, headers, part.body);
  }
  append_last_boundary(written, boundary);
  std::vector<Part> reread;
  if (!parse(written, boundary, written.size(), reread) || reread != whole) std::abort();
  return 0;
}
