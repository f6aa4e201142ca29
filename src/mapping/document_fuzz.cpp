// Any document through every map: as mapper_fuzz.cpp does with messages.
#include <cstdint>
#include <string_view>

#include "formats/cda/document.hpp"
#include "mapping/testing/record.hpp"
#include "mapping/testing/soundness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  static mapping::Mapper mapper(mapping::testing::catalogue(), mapping::testing::context(),
                                {.max_resources = 500, .max_nodes = 20'000});
  static mapping::Merger merger(mapping::testing::catalogue()->merge_rules());
  cda::CdaLimits limits;
  limits.max_tags = 5'000;
  Issues issues;
  const tree::Document document = cda::parse_document({reinterpret_cast<const char*>(data), size}, limits, issues);
  if (document) mapping::testing::require_sound(mapper.map(document), merger, 500);
  return 0;
}
