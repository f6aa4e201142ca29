// Property: whatever is accepted is written in every encoding and reads again to the same JSON; its text is UTF-8; its
// frames, where they decode, are as long as their format says.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/utf8.hpp"
#include "formats/dicom/json.hpp"
#include "formats/dicom/values.hpp"
#include "formats/dicom/write.hpp"

namespace {

void require(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "line %d does not hold\n", line);
  std::abort();
}

using namespace meridian;         // NOLINT(google-build-using-namespace): a program of one function
using namespace meridian::dicom;  // NOLINT(google-build-using-namespace)

std::string json_of(const File& file) {
  return to_json(file.data_set(), {SIZE_MAX, ""});
}

void use_values(const DataSet& set) {
  constexpr std::size_t kMost = 100;  // each is looked up again, which takes as long as an unordered set is
  for (std::size_t i = 0; i < set.elements.size() && i < kMost; ++i) {
    const Element& element = set.elements[i];
    integer(set, element.tag);
    numbers(set, element.tag);
    date_time(set, element.tag);
    person_name(set, element.tag);
    for (const DataSet& item : element.items) use_values(item);
  }
}

bool has_coded_pixels(const DataSet& set) {
  for (const Element& element : set.elements) {
    if (element.is_encapsulated()) return true;
    for (const DataSet& item : element.items) {
      if (has_coded_pixels(item)) return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits;
  limits.max_inflated_bytes = std::uint64_t{1} << 20;
  limits.max_elements = 10'000;
  WriteLimits write_limits;
  write_limits.pixels.max_frame_bytes = std::uint64_t{1} << 20;
  write_limits.max_pixel_bytes = std::uint64_t{1} << 20;
  Issues issues;
  const auto file = read_file(std::string(reinterpret_cast<const char*>(data), size), limits, issues);
  require(file.has_value() != issues.has_fatal());
  if (!file) return 0;
  require(is_valid_utf8(json_of(*file)));
  require(is_valid_utf8(dump(*file)));
  use_values(file->data_set());

  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto frame = decode_frame(*file, i, write_limits.pixels, issues);
    if (frame) require(frame->bytes.size() == frame->format.frame_bytes());
  }

  const auto plain = transcode(*file, uids::kExplicitLittle, write_limits, issues);
  if (!plain) return 0;
  limits = {};
  Issues again;
  const auto base = read_file(*plain, limits, again);
  require(base.has_value());
  // Fragments in a file whose transfer syntax has none: nobody can say what codes them.
  if (has_coded_pixels(base->data_set())) return 0;
  const std::string said = json_of(*base);
  for (const std::string_view uid : {uids::kDeflated, uids::kExplicitBig, uids::kImplicitLittle}) {
    const auto other = transcode(*base, uid, write_limits, again);
    require(other.has_value());
    const auto read = read_file(*other, limits, again);
    // Implicit VR keeps no VR that the dictionary does not have.
    if (uid == uids::kImplicitLittle) continue;
    require(read.has_value());
    const auto back = transcode(*read, uids::kExplicitLittle, write_limits, again);
    require(back.has_value());
    const auto read_back = read_file(*back, limits, again);
    require(read_back.has_value() && json_of(*read_back) == said);
  }
  return 0;
}
