#include "formats/dicom/internal/frames.hpp"

#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace meridian::dicom::internal {
namespace {

using Fragments = std::span<const std::string_view>;

std::string joined(Fragments fragments) {
  std::string out;
  for (const std::string_view fragment : fragments) out += fragment;
  return out;
}

/// Where a frame's item begins, counted from the first fragment's item; a fragment's header has 8 bytes.
std::optional<std::vector<std::uint64_t>> offsets(const DataSet& image, const Element& pixels, std::uint32_t frames) {
  std::vector<std::uint64_t> all;
  if (const Element* extended = image.find(tags::kExtendedOffsetTable)) {
    if (extended->value.size() / 8 != frames) return std::nullopt;
    for (std::size_t i = 0; i < frames; ++i) all.push_back(load_little<std::uint64_t>(extended->value.data() + 8 * i));
    return all;
  }
  const std::string_view basic = pixels.fragments[0];
  if (basic.size() / 4 != frames) return std::nullopt;
  for (std::size_t i = 0; i < frames; ++i) all.push_back(load_little<std::uint32_t>(basic.data() + 4 * i));
  return all;
}

std::optional<std::string> by_offsets(const std::vector<std::uint64_t>& offsets, Fragments fragments,
                                      std::uint32_t index) {
  constexpr std::size_t kNone = SIZE_MAX;
  std::size_t begin = kNone;
  std::size_t end = fragments.size();
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (at == offsets[index]) begin = i;
    if (index + 1 < offsets.size() && at == offsets[index + 1]) end = i;
    at += 8 + fragments[i].size();
  }
  if (begin == kNone || end <= begin) return std::nullopt;
  return joined(fragments.subspan(begin, end - begin));
}

/// Whether a codestream of the codec begins here.
bool begins(std::string_view fragment, Codec codec) {
  switch (codec) {
    case Codec::jpeg:
    case Codec::jpeg_lossless:
    case Codec::jpeg_ls:
      return fragment.starts_with("\xFF\xD8");
    case Codec::jpeg_2000:
    case Codec::htj2k:
      return fragment.starts_with("\xFF\x4F\xFF\x51") || fragment.starts_with(std::string_view("\0\0\0\x0CjP", 6));
    default:
      return false;
  }
}

}  // namespace

std::optional<std::string> coded_frame(const DataSet& image, const Element& pixels, Codec codec, std::uint32_t index,
                                       std::uint32_t frames) {
  const Fragments fragments = Fragments(pixels.fragments).subspan(1);
  if (fragments.empty() || index >= frames) return std::nullopt;
  if (frames == 1) return joined(fragments);
  if (fragments.size() == frames) return std::string(fragments[index]);
  if (const auto table = offsets(image, pixels, frames)) {
    if (auto found = by_offsets(*table, fragments, index)) return found;
  }
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (begins(fragments[i], codec)) starts.push_back(i);
  }
  if (starts.size() != frames || starts[0] != 0) return std::nullopt;
  const std::size_t end = index + 1 < frames ? starts[index + 1] : fragments.size();
  return joined(fragments.subspan(starts[index], end - starts[index]));
}

}  // namespace meridian::dicom::internal
