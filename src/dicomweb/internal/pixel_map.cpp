#include "dicomweb/internal/pixel_map.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "formats/dicom/dictionary.hpp"

namespace meridian::dicomweb::internal {
namespace {

using dicom::Tag;
using dicom::Vr;

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::size_t kMaxElements = 64;  // behind the head
constexpr std::size_t kMaxFragments = 4'000'000;
constexpr std::uint64_t kMaxTable = std::uint64_t{64} << 20;

tl::unexpected<Error> broken() {
  return fail(ErrorCode::malformed_input, "the structure of the pixels does not hold");
}

class Walker {
 public:
  Walker(const RandomAccessFile& file, std::uint64_t end, dicom::ByteOrder order)
      : file_(file), end_(end), is_big_(order == dicom::ByteOrder::big) {}

  std::uint64_t end() const { return end_; }

  Result<> read(std::uint64_t at, std::span<char> into) const {
    if (at > end_ || into.size() > end_ - at) return broken();
    if (TRY(file_.read_at(at, into)) != into.size()) return fail(ErrorCode::io_failure, "the object is shorter");
    return {};
  }
  std::uint16_t number_16(const char* at) const {
    return is_big_ ? load_big<std::uint16_t>(at) : load_little<std::uint16_t>(at);
  }
  std::uint32_t number_32(const char* at) const {
    return is_big_ ? load_big<std::uint32_t>(at) : load_little<std::uint32_t>(at);
  }
  Tag tag(const char* at) const { return {number_16(at), number_16(at + 2)}; }

 private:
  const RandomAccessFile& file_;
  const std::uint64_t end_;
  const bool is_big_;
};

/// One element's header; `at` goes behind its value.
Result<TailElement> element_at(const Walker& walker, std::uint64_t& at, bool is_explicit) {
  std::array<char, 12> bytes{};
  TRY(walker.read(at, std::span(bytes).first(8)));
  TailElement element;
  element.tag = walker.tag(bytes.data());
  std::uint32_t length = 0;
  std::uint64_t header = 8;
  if (!is_explicit) {
    element.vr = dicom::vr_of(element.tag);
    length = walker.number_32(bytes.data() + 4);
  } else {
    element.vr = dicom::vr_of(bytes[4], bytes[5]).value_or(Vr::un);
    if (dicom::has_long_length(element.vr)) {
      header = 12;
      TRY(walker.read(at, bytes));
      length = walker.number_32(bytes.data() + 8);
    } else {
      length = walker.number_16(bytes.data() + 6);
    }
  }
  element.value.at = at + header;
  element.is_encapsulated = length == kUndefined;
  element.value.size = element.is_encapsulated ? walker.end() - element.value.at : length;
  if (element.value.at > walker.end() || element.value.size > walker.end() - element.value.at) return broken();
  at = element.value.at + element.value.size;
  return element;
}

/// The items of encapsulated pixels, the offset table first.
Result<std::vector<Extent>> fragments_of(const Walker& walker, const TailElement& pixels) {
  std::vector<Extent> fragments;
  std::uint64_t at = pixels.value.at;
  while (true) {
    std::array<char, 8> header{};
    TRY(walker.read(at, header));
    const Tag tag = walker.tag(header.data());
    if (tag == dicom::tags::kSequenceEnd) return fragments;
    const std::uint32_t length = walker.number_32(header.data() + 4);
    at += header.size();
    if (tag != dicom::tags::kItem || length > walker.end() - at) return broken();
    if (fragments.size() == kMaxFragments) return fail(ErrorCode::too_large, "there are too many fragments");
    fragments.push_back({at, length});
    at += length;
  }
}

Result<std::vector<std::uint64_t>> table_of(const Walker& walker, Extent extent, std::size_t word) {
  if (extent.size > kMaxTable) return fail(ErrorCode::too_large, "the offset table is longer than 64 MB");
  std::string bytes(extent.size, '\0');
  TRY(walker.read(extent.at, bytes));
  std::vector<std::uint64_t> offsets;
  for (std::size_t at = 0; at + word <= bytes.size(); at += word) {
    offsets.push_back(word == 8 ? load_little<std::uint64_t>(bytes.data() + at)
                                : load_little<std::uint32_t>(bytes.data() + at));
  }
  return offsets;
}

}  // namespace

Result<std::vector<TailElement>> tail_of(const RandomAccessFile& file, const imaging::StoredInstance& stored,
                                         const dicom::TransferSyntax& syntax) {
  std::vector<TailElement> tail;
  const Walker walker(file, stored.bytes, syntax.order);
  for (std::uint64_t at = stored.pixels_at; at != 0 && at < stored.bytes && tail.size() < kMaxElements;) {
    TailElement element = TRY(element_at(walker, at, syntax.is_explicit));
    if (element.tag == dicom::tags::kTrailingPadding) break;
    tail.push_back(element);
    if (element.is_encapsulated) break;
  }
  return tail;
}

const TailElement* pixels_in(const std::vector<TailElement>& tail) {
  const auto at = std::ranges::find_if(tail, [](const TailElement& element) {
    return element.tag == dicom::tags::kPixelData || element.tag == dicom::tags::kFloatPixelData ||
           element.tag == dicom::tags::kDoublePixelData;
  });
  return at == tail.end() ? nullptr : &*at;
}

Result<std::vector<std::vector<Extent>>> encapsulated_frames(const RandomAccessFile& file,
                                                             const std::vector<TailElement>& tail,
                                                             std::uint32_t frames) {
  const TailElement* const pixels = pixels_in(tail);
  if (pixels == nullptr || !pixels->is_encapsulated) return fail(ErrorCode::not_found, "there are no coded pixels");
  const Walker walker(file, pixels->value.at + pixels->value.size, dicom::ByteOrder::little);
  std::vector<Extent> fragments = TRY(fragments_of(walker, *pixels));
  if (fragments.size() < 2 || frames == 0 || fragments.size() - 1 < frames) return broken();
  std::vector<std::uint64_t> offsets = TRY(table_of(walker, fragments.front(), 4));
  for (const TailElement& element : tail) {
    if (element.tag == dicom::tags::kExtendedOffsetTable) offsets = TRY(table_of(walker, element.value, 8));
  }
  fragments.erase(fragments.begin());
  std::vector<std::vector<Extent>> out(frames);
  if (frames == 1) {
    out.front() = std::move(fragments);
    return out;
  }
  if (fragments.size() == frames) {
    for (std::size_t i = 0; i < frames; ++i) out[i].push_back(fragments[i]);
    return out;
  }
  // Offsets count from the first fragment's item, as do the fragments' own.
  if (offsets.size() != frames || !std::ranges::is_sorted(offsets)) return broken();
  const std::uint64_t origin = fragments.front().at - 8;
  for (const Extent& fragment : fragments) {
    const auto after = std::ranges::upper_bound(offsets, fragment.at - 8 - origin);
    if (after == offsets.begin()) return broken();
    out[static_cast<std::size_t>(after - offsets.begin()) - 1].push_back(fragment);
  }
  if (std::ranges::any_of(out, [](const auto& frame) { return frame.empty(); })) return broken();
  return out;
}

}  // namespace meridian::dicomweb::internal
