// Any bytes as each file that is loaded; the first byte chooses which. Properties: no fault, limits hold, and what was
// built is a sound system: its image can be read back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/input.hpp"
#include "terminology/image.hpp"
#include "terminology/loaders.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  using terminology::FileKind;
  if (size == 0) return 0;
  const auto kind = static_cast<FileKind>(data[0] % (static_cast<unsigned>(FileKind::claml) + 1));
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  terminology::CodeSystemBuilder builder(terminology::about_of(kind), {.max_codes = 1'000});
  const auto source = memory_source(bytes);
  terminology::LoadState state;
  Issues issues;
  const Result<> done = terminology::load_file(kind, *source, builder, state, issues);
  if (!done) return 0;
  terminology::finish(builder, state);
  const auto built = builder.build();
  if (built && !terminology::read_image(terminology::write_image(*built->system))) std::abort();
  return 0;
}
