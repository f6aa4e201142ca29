// Any message through every map: the resources must be JSON that the schema knows, element by element, without faults
// of form; merging them again must change nothing; and the work is bounded by the limits.
#include <cstdint>
#include <string>

#include "mapping/testing/record.hpp"
#include "mapping/testing/soundness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  static mapping::Mapper mapper(mapping::testing::catalogue(), mapping::testing::context(),
                                {.max_resources = 500, .max_nodes = 20'000});
  static mapping::Merger merger(mapping::testing::catalogue()->merge_rules());
  static hl7v2::MessageParser messages;
  Issues issues;
  const hl7v2::Message message = messages.parse(std::string(reinterpret_cast<const char*>(data), size), issues);
  if (message) mapping::testing::require_sound(mapper.map(message), merger, 500);
  return 0;
}
