// Any bytes as the body of an image, its checksum made right. Properties: what is read can be asked anything without a
// fault of memory, and written gives the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "terminology/image.hpp"

namespace meridian::terminology {
namespace {

std::size_t ask_all(const CodeSystem& system) {
  std::size_t sum = system.memory_bytes();
  const std::uint32_t count = system.size() < 64 ? system.size() : 64;
  for (CodeNumber n = 0; n < count; ++n) {
    sum += system.find(system.code(n)).has_value() ? 1 : 0;
    sum += system.display_in(n, "zh").size() + system.definition(n).size() + system.above(n).size();
    for (std::size_t at = 0; at < system.designation_count(n); ++at) sum += system.designation(n, at).value.size();
    for (std::size_t at = 0; at < system.property_count(n); ++at) sum += system.property(n, at).value.size();
    for (CodeNumber other = 0; other < count; ++other) sum += system.subsumes(n, other) ? 1 : 0;
  }
  return sum;
}

}  // namespace
}  // namespace meridian::terminology

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const std::uint32_t checksum = crc32c(body);
  std::string image("MRDCODES\x01\0\0\0", 12);
  for (int shift = 0; shift < 32; shift += 8) image += static_cast<char>(checksum >> shift);
  image += body;
  const auto system = terminology::read_image(image);
  if (!system) return 0;
  static std::size_t sink = 0;
  sink += terminology::ask_all(**system);
  if (!terminology::read_image(terminology::write_image(**system))) std::abort();
  return 0;
}
