#include "formats/dicom/internal/frames.hpp"

#include <span>

#include "base/bytes.hpp"

namespace meridian::dicom::internal {
namespace {

using Fragments = std::span<const std::string_view>;

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

std::optional<std::vector<FrameRange>> by_offsets(const std::vector<std::uint64_t>& offsets, Fragments fragments) {
  std::vector<FrameRange> ranges;
  std::uint64_t at = 0;
  std::size_t next = 0;  // of the offsets, which must ascend
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (next < offsets.size() && at == offsets[next]) {
      if (!ranges.empty()) ranges.back().end = i;
      ranges.push_back({i, fragments.size()});
      ++next;
    }
    at += 8 + fragments[i].size();
  }
  if (next != offsets.size() || ranges.empty() || ranges[0].begin != 0) return std::nullopt;
  return ranges;
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

std::optional<std::vector<FrameRange>> frame_ranges(const DataSet& image, const Element& pixels, Codec codec,
                                                    std::uint32_t frames) {
  const Fragments fragments = Fragments(pixels.fragments).subspan(1);
  if (fragments.empty() || fragments.size() < frames) return std::nullopt;
  std::vector<FrameRange> ranges;
  if (frames == 1) return std::vector<FrameRange>{{0, fragments.size()}};
  if (fragments.size() == frames) {
    for (std::size_t i = 0; i < frames; ++i) ranges.push_back({i, i + 1});
    return ranges;
  }
  if (const auto table = offsets(image, pixels, frames)) {
    if (auto found = by_offsets(*table, fragments)) return found;
  }
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (!begins(fragments[i], codec)) continue;
    if (!ranges.empty()) ranges.back().end = i;
    ranges.push_back({i, fragments.size()});
  }
  if (ranges.size() != frames || ranges[0].begin != 0) return std::nullopt;
  return ranges;
}

std::string codestream_of(const Element& pixels, FrameRange range) {
  std::string out;
  for (std::size_t i = range.begin; i < range.end; ++i) out += pixels.fragments[i + 1];
  return out;
}

}  // namespace meridian::dicom::internal
