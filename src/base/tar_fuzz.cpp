// Whatever the bytes: entries keep to their sizes, and reading an archive does not depend on how its bytes arrive.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/tar.hpp"

namespace {

using namespace meridian;

/// Gives out at most `step` bytes at a time.
class Steps final : public ByteSource {
 public:
  Steps(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = std::min({into.size(), step_, bytes_.size()});
    bytes_.copy(into.data(), count);
    bytes_.remove_prefix(count);
    used_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return used_; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  std::string_view bytes_;
  std::size_t step_;
  std::uint64_t used_ = 0;
};

/// Everything that the archive says, as one text.
std::string told(std::string_view bytes, std::size_t step) {
  Steps source(bytes, step);
  TarLimits limits;
  limits.max_total_bytes = std::uint64_t{1} << 20;
  TarReader tar(source, limits);
  std::string out;
  for (;;) {
    auto entry = tar.next();
    if (!entry) return out + entry.error().message();
    if (!*entry) return out + "end";
    auto content = tar.read_entry();
    if (!content) return out + content.error().message();
    if (content->size() != (*entry)->size) std::abort();
    out += (*entry)->name + "=" + *content + ";";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (told(bytes, SIZE_MAX) != told(bytes, 97)) std::abort();
  return 0;
}
