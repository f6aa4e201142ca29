#include "formats/dicom/write.hpp"

#include "base/bytes.hpp"
#include "formats/dicom/internal/codecs.hpp"
#include "formats/dicom/internal/emitter.hpp"
#include "formats/dicom/internal/inflate.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using internal::Emitter;
using internal::Encoding;
using internal::Replacement;
using internal::Replacements;

/// Of this program: a UUID under 2.25, made once.
constexpr std::string_view kImplementation = "2.25.226483041826951362189734480105926193947";
constexpr std::string_view kImplementationVersion = "MERIDIAN";
constexpr Tag kImplementationVersionName{0x0002, 0x0013};
constexpr Encoding kMetaEncoding{true, ByteOrder::little};

std::string number_16(std::uint32_t value) {
  std::string out(2, '\0');
  store_little(out.data(), static_cast<std::uint16_t>(value));
  return out;
}

Replacement of(Vr vr, std::string value) {
  return {vr, std::move(value), {}, false};
}
Replacement removed() {
  return {Vr::un, {}, {}, true};
}

bool has_coded_pixels(const DataSet& set) {
  const Element* pixels = set.find(tags::kPixelData);
  return pixels != nullptr && pixels->is_encapsulated();
}

/// The elements that describe pixels which are laid down otherwise than before.
void describe(const PixelFormat& format, Replacements& out) {
  out[tags::kPhotometric] = of(Vr::cs, format.photometric);
  if (format.samples > 1) out[tags::kPlanarConfiguration] = of(Vr::us, number_16(0));
  out[tags::kExtendedOffsetTable] = removed();
  out[tags::kExtendedOffsetTableLengths] = removed();
}

class Transcoding {
 public:
  Transcoding(const File& file, const TransferSyntax& to, const WriteLimits& limits, Issues& issues)
      : file_(file), to_(to), limits_(limits), issues_(issues) {}

  Result<Replacements> replace(const DataSet& set) {
    const bool is_outermost = &set == &file_.data_set();
    const bool is_same = file_.transfer_syntax().uid == to_.uid;
    const bool is_coded = has_coded_pixels(set);
    Replacements out;
    if (!is_same && is_outermost && to_.is_encapsulated) {
      out = TRY(encoded(set));
    } else if (!is_same && is_coded) {
      out = TRY(decoded(set));
    }
    if (!is_outermost) return out;
    // Groups of commands and of meta information are none of a data set's: they would be read as what they are not.
    for (const Element& element : set.elements) {
      if (element.tag.group == 0x0000 || element.tag.group == tags::kTransferSyntax.group) out[element.tag] = removed();
    }
    return out;
  }

 private:
  /// Goes over all frames.
  template <typename Take>
  Result<PixelFormat> frames(const DataSet& set, Take take) {
    const FrameReader reader = TRY(FrameReader::open(set, file_.transfer_syntax(), limits_.pixels, issues_));
    const PixelFormat& all = reader.format();
    if (all.frame_bytes() * all.frames > limits_.max_pixel_bytes) {
      return fail(ErrorCode::too_large, "the frames have more bytes than max_pixel_bytes allows");
    }
    PixelFormat format;
    for (std::uint32_t i = 0; i < all.frames; ++i) {
      Frame frame = TRY(reader.read(i, issues_));
      TRY(take(frame));
      format = std::move(frame.format);
    }
    return format;
  }

  Result<Replacements> decoded(const DataSet& set) {
    Replacements out;
    std::string pixels;
    const PixelFormat format = TRY(frames(set, [&](const Frame& frame) -> Result<> {
      pixels += frame.bytes;
      return {};
    }));
    describe(format, out);
    if (to_.order == ByteOrder::big && format.bits_allocated > 16) {
      return fail(ErrorCode::unsupported, "decoded pixels of more than 16 bits are not written in big endian");
    }
    const bool is_bytes = format.bits_allocated == 8 && to_.is_explicit;
    out[tags::kPixelData] = of(is_bytes ? Vr::ob : Vr::ow, std::move(pixels));
    return out;
  }

  Result<Replacements> encoded(const DataSet& set) {
    Replacements out;
    if (set.find(tags::kPixelData) == nullptr) return out;
    Replacement pixels{Vr::ob, {}, {std::string()}, false};
    std::string offsets;
    std::uint64_t at = 0;
    const PixelFormat own = TRY(pixel_format(set, limits_.pixels, issues_));
    if (own.bits_allocated == 1) return fail(ErrorCode::unsupported, "single bits are not coded");
    const PixelFormat format = TRY(frames(set, [&](const Frame& frame) -> Result<> {
      std::string coded = TRY(internal::encode_dcmtk(frame.bytes, to_.uid, frame.format));
      char offset[4];
      store_little(offset, static_cast<std::uint32_t>(at));
      offsets.append(offset, sizeof offset);
      at += 8 + coded.size() + coded.size() % 2;
      pixels.fragments.push_back(std::move(coded));
      return {};
    }));
    if (at <= UINT32_MAX) pixels.fragments[0] = std::move(offsets);
    describe(format, out);
    out[tags::kPixelData] = std::move(pixels);
    return out;
  }

  const File& file_;
  const TransferSyntax& to_;
  const WriteLimits& limits_;
  Issues& issues_;
};

Result<std::string> meta(const File& file, const TransferSyntax& to) {
  Replacements all;
  all[tags::kMetaGroupLength] = removed();
  all[tags::kMetaVersion] = of(Vr::ob, std::string("\0\1", 2));
  const DataSet& own = file.meta();
  if (own.find(tags::kMediaStorageSopClass) == nullptr) {
    all[tags::kMediaStorageSopClass] = of(Vr::ui, text(file.data_set(), tags::kSopClass));
  }
  if (own.find(tags::kMediaStorageSopInstance) == nullptr) {
    all[tags::kMediaStorageSopInstance] = of(Vr::ui, text(file.data_set(), tags::kSopInstance));
  }
  all[tags::kTransferSyntax] = of(Vr::ui, std::string(to.uid));
  all[tags::kImplementationClass] = of(Vr::ui, std::string(kImplementation));
  all[kImplementationVersionName] = of(Vr::sh, std::string(kImplementationVersion));
  Emitter emitter(kMetaEncoding, [&](const DataSet&) -> Result<Replacements> { return all; });
  TRY(emitter.append(own));
  const std::string body = std::move(emitter).take();
  std::string length(4, '\0');
  store_little(length.data(), static_cast<std::uint32_t>(body.size()));
  return std::string(128, '\0') + "DICM" + std::string("\x02\0\0\0UL\x04\0", 8) + length + body;
}

}  // namespace

Result<std::string> transcode(const File& file, std::string_view transfer_syntax_uid, const WriteLimits& limits,
                              Issues& issues) {
  const TransferSyntax* to = find_transfer_syntax(transfer_syntax_uid);
  const bool is_coder = to != nullptr && (to->uid == uids::kRle || to->uid == uids::kJpegLossless);
  if (to == nullptr || (to->is_encapsulated && !is_coder && to->uid != file.transfer_syntax().uid)) {
    return fail(ErrorCode::unsupported, "files are not written in this transfer syntax");
  }
  std::string out = TRY(meta(file, *to));
  Transcoding transcoding(file, *to, limits, issues);
  Emitter emitter({to->is_explicit, to->order}, [&](const DataSet& set) { return transcoding.replace(set); });
  TRY(emitter.append(file.data_set()));
  std::string body = std::move(emitter).take();
  if (to->is_deflated) {
    body = TRY(internal::deflate(body));
    if (body.size() % 2 != 0) body += '\0';  // PS3.5, A.5
  }
  return out + body;
}

}  // namespace meridian::dicom
