#include "formats/dicom/pixels.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/faults.hpp"
#include "formats/dicom/internal/codecs.hpp"
#include "formats/dicom/internal/frames.hpp"
#include "formats/dicom/internal/word_order.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using internal::CodestreamHeader;

tl::unexpected<Error> refuse(const Message& message, std::vector<std::string> arguments, const Element& pixels,
                             Issues& issues, ErrorCode code = ErrorCode::malformed_input) {
  Issue issue{Severity::fatal,      IssueType::value,      message,
              std::move(arguments), to_string(pixels.tag), {pixels.offset, 0, 0}};
  std::string said = to_string(pixels.tag) + ": " + text(issue, Language::english);
  issues.add(std::move(issue));
  return fail(code, std::move(said));
}

const Element* pixel_element(const DataSet& set) {
  for (const Tag tag : {tags::kPixelData, tags::kFloatPixelData, tags::kDoublePixelData}) {
    if (const Element* found = set.find(tag)) return found;
  }
  return nullptr;
}

/// A number of the image pixel module within bounds.
struct Asked {
  Tag tag;
  std::uint32_t* into;
  std::int64_t least;
  std::int64_t most;
  std::int64_t otherwise;  ///< when absent; -1: it must be there
};

bool is_ybr_422(const PixelFormat& format) {
  return format.photometric == "YBR_FULL_422" || format.photometric == "YBR_PARTIAL_422";
}

/// How many bytes a frame has that is not coded, for one of whole bytes.
std::uint64_t native_frame_bytes(const PixelFormat& format) {
  if (is_ybr_422(format) && format.samples == 3) return format.pixels() * 2 * (format.bits_allocated / 8);
  return format.frame_bytes();
}

std::string unpacked_bits(std::string_view bytes, std::uint64_t first, std::uint64_t count) {
  std::string out(count, '\0');
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t bit = first + i;
    out[i] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) >> (bit % 8) & 1);
  }
  return out;
}

/// One plane a sample, to one pixel after another.
std::string interleaved(std::string_view planes, const PixelFormat& format) {
  const std::size_t word = format.bits_allocated / 8;
  std::string out(planes.size(), '\0');
  for (std::uint64_t i = 0; i < format.pixels(); ++i) {
    for (std::uint32_t s = 0; s < format.samples; ++s) {
      planes.substr((s * format.pixels() + i) * word, word).copy(out.data() + (i * format.samples + s) * word, word);
    }
  }
  return out;
}

/// Y1 Y2 Cb Cr for two pixels (PS3.3, C.7.6.3.1.2).
std::string doubled_chroma(std::string_view packed, std::size_t word) {
  std::string out;
  out.reserve(packed.size() / 2 * 3);
  for (std::size_t at = 0; at + 4 * word <= packed.size(); at += 4 * word) {
    const std::string_view chroma = packed.substr(at + 2 * word, 2 * word);
    for (const std::size_t pixel : {0, 1}) {
      out += packed.substr(at + pixel * word, word);
      out += chroma;
    }
  }
  return out;
}

/// Bytes of a value of small samples. OW of big endian has them in swapped pairs, in which a frame may begin in the
/// middle.
std::string in_words(const DataSet& set, const Element& pixels, std::uint64_t first, std::uint64_t count) {
  if (set.order == ByteOrder::little || pixels.vr != Vr::ow) return std::string(pixels.value.substr(first, count));
  const std::uint64_t even = first - first % 2;
  const std::string ordered =
      internal::in_order(pixels.value.substr(even, count + 2), pixels.vr, set.order, ByteOrder::little);
  return ordered.substr(first - even, count);
}

Result<Frame> native_frame(const DataSet& set, const Element& pixels, PixelFormat format, std::uint32_t index,
                           Issues& issues) {
  Frame frame;
  if (format.bits_allocated == 1) {
    const std::uint64_t count = format.pixels() * format.samples;
    const std::uint64_t needed = ((std::uint64_t{index} + 1) * count + 7) / 8;
    if (pixels.value.size() < needed) {
      return refuse(faults::kPixelsShort, {std::to_string(pixels.value.size()), std::to_string(needed)}, pixels,
                    issues);
    }
    const std::uint64_t first = index * count / 8;
    frame.bytes = unpacked_bits(in_words(set, pixels, first, needed - first), index * count % 8, count);
    format.bits_allocated = 8;
  } else {
    const std::uint64_t bytes = native_frame_bytes(format);
    const std::uint64_t needed = (std::uint64_t{index} + 1) * bytes;
    if (pixels.value.size() < needed) {
      return refuse(faults::kPixelsShort, {std::to_string(pixels.value.size()), std::to_string(needed)}, pixels,
                    issues);
    }
    if (format.bits_allocated == 8) {
      frame.bytes = in_words(set, pixels, index * bytes, bytes);
    } else {
      const Vr words = format.bits_allocated == 16 ? Vr::ow : format.bits_allocated == 32 ? Vr::ol : Vr::ov;
      frame.bytes = internal::in_order(pixels.value.substr(index * bytes, bytes), words, set.order, ByteOrder::little);
    }
    if (is_ybr_422(format) && format.samples == 3) {
      frame.bytes = doubled_chroma(frame.bytes, format.bits_allocated / 8);
      format.photometric = format.photometric == "YBR_FULL_422" ? "YBR_FULL" : "YBR_PARTIAL";
      format.is_planar = false;
      if (frame.bytes.size() != format.frame_bytes()) {
        return refuse(faults::kPixelsMissing, {"an even number of columns"}, pixels, issues);
      }
    }
    if (format.is_planar && format.samples > 1) frame.bytes = interleaved(frame.bytes, format);
  }
  format.is_planar = false;
  format.frames = 1;
  frame.format = std::move(format);
  return frame;
}

std::string described(std::uint32_t rows, std::uint32_t columns, std::uint32_t samples, std::uint32_t bits) {
  return std::to_string(rows) + " rows, " + std::to_string(columns) + " columns, " + std::to_string(samples) +
         " samples of " + std::to_string(bits) + " bits";
}

bool fits(const CodestreamHeader& header, const PixelFormat& format) {
  return header.rows == format.rows && header.columns == format.columns && header.samples == format.samples &&
         header.precision >= 2 && header.precision <= format.bits_allocated;
}

/// Whether frames of this codec can be decoded at all, and where they lie.
Result<std::vector<internal::FrameRange>> coded_ranges(const DataSet& set, const Element& pixels,
                                                       const TransferSyntax& syntax, const PixelFormat& format,
                                                       Issues& issues) {
  if (syntax.codec == Codec::other || syntax.codec == Codec::none) {
    return fail(ErrorCode::unsupported, "frames of " + std::string(syntax.name) + " are kept, but not decoded");
  }
  if (format.kind == SampleKind::real || format.bits_allocated < 8) {
    return refuse(faults::kPixelsMissing, {to_string(tags::kBitsAllocated)}, pixels, issues);
  }
  auto ranges = internal::frame_ranges(set, pixels, syntax.codec, format.frames);
  if (!ranges) {
    return refuse(faults::kFragments, {std::to_string(pixels.fragments.size() - 1), std::to_string(format.frames)},
                  pixels, issues);
  }
  return std::move(*ranges);
}

Result<Frame> coded_frame(const Element& pixels, internal::FrameRange range, const TransferSyntax& syntax,
                          PixelFormat format, std::uint32_t index, Issues& issues) {
  const std::string codestream = internal::codestream_of(pixels, range);
  CodestreamHeader header;
  if (syntax.codec != Codec::rle) {
    const auto read = internal::read_codestream_header(codestream, syntax.codec);
    if (!read) {
      return refuse(faults::kCodestream, {std::string(syntax.name), std::to_string(index), "its header cannot be read"},
                    pixels, issues);
    }
    header = *read;
    if (!fits(header, format)) {
      return refuse(faults::kCodestreamDiffers,
                    {std::to_string(index), described(header.rows, header.columns, header.samples, header.precision),
                     described(format.rows, format.columns, format.samples, format.bits_allocated)},
                    pixels, issues);
    }
  }
  format.is_planar = false;
  format.frames = 1;
  Result<std::string> bytes = fail(ErrorCode::unsupported, "");
  switch (syntax.codec) {
    case Codec::jpeg_2000:
    case Codec::htj2k: {
      bytes = syntax.codec == Codec::jpeg_2000 ? internal::decode_openjpeg(codestream, header, format)
                                               : internal::decode_openjph(codestream, header, format);
      if (format.photometric == "YBR_RCT" || format.photometric == "YBR_ICT") format.photometric = "RGB";
      break;
    }
    case Codec::rle:
      bytes = internal::decode_rle(codestream, format);
      break;
    default:
      bytes = internal::decode_dcmtk(codestream, syntax.uid, header.precision, format);
  }
  if (!bytes) {
    if (bytes.error().code() != ErrorCode::malformed_input) return fail(std::move(bytes).error());
    return refuse(faults::kCodestream, {std::string(syntax.name), std::to_string(index), bytes.error().message()},
                  pixels, issues);
  }
  return Frame{std::move(format), std::move(*bytes)};
}

}  // namespace

Result<PixelFormat> pixel_format(const DataSet& set, const PixelLimits& limits, Issues& issues) {
  const Element* pixels = pixel_element(set);
  if (pixels == nullptr) return fail(ErrorCode::not_found, "the data set has no pixels");
  PixelFormat format;
  const bool is_real = pixels->tag != tags::kPixelData;
  const std::int64_t real_bits = pixels->tag == tags::kDoublePixelData ? 64 : 32;
  std::uint32_t is_signed = 0;
  std::uint32_t planar = 0;
  const Asked all[] = {
      {tags::kRows, &format.rows, 1, UINT16_MAX, -1},
      {tags::kColumns, &format.columns, 1, UINT16_MAX, -1},
      {tags::kSamplesPerPixel, &format.samples, 1, 4, 1},
      {tags::kBitsAllocated, &format.bits_allocated, 1, 64, is_real ? real_bits : -1},
      {tags::kPixelRepresentation, &is_signed, 0, 1, 0},
      {tags::kPlanarConfiguration, &planar, 0, 1, 0},
      {tags::kNumberOfFrames, &format.frames, 1, INT32_MAX, 1},
  };
  for (const Asked& asked : all) {
    const auto found = integer(set, asked.tag);
    std::int64_t value = found.value_or(asked.otherwise);
    // Some writers count no frames where there is one.
    if (asked.tag == tags::kNumberOfFrames && value == 0) value = 1;
    if (value < asked.least || value > asked.most) {
      return refuse(faults::kPixelsMissing, {to_string(asked.tag) + " " + std::string(keyword(asked.tag))}, *pixels,
                    issues);
    }
    *asked.into = static_cast<std::uint32_t>(value);
  }
  const std::uint32_t bits = format.bits_allocated;
  if (bits != 1 && bits != 8 && bits != 16 && bits != 32 && bits != 64) {
    return refuse(faults::kPixelsMissing, {to_string(tags::kBitsAllocated) + " BitsAllocated"}, *pixels, issues);
  }
  format.bits_stored =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(integer(set, tags::kBitsStored).value_or(bits), 1, bits));
  format.high_bit = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(integer(set, tags::kHighBit).value_or(format.bits_stored - 1), 0, bits - 1));
  format.is_signed = is_signed == 1;
  format.is_planar = planar == 1 && format.samples > 1;
  format.kind = is_real ? SampleKind::real : SampleKind::whole;
  format.photometric = text(set, tags::kPhotometric);
  const std::uint64_t bytes = format.pixels() * format.samples * std::max<std::uint64_t>(1, bits / 8);
  if (bytes > limits.max_frame_bytes) {
    return refuse(faults::kTooMuch, {std::to_string(limits.max_frame_bytes), "bytes in a frame (max_frame_bytes)"},
                  *pixels, issues, ErrorCode::too_large);
  }
  return format;
}

struct FrameReader::State {
  const DataSet& set;
  const Element& pixels;
  TransferSyntax syntax;
  PixelFormat format;
  std::vector<internal::FrameRange> ranges = {};  // of coded frames
};

FrameReader::FrameReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FrameReader::FrameReader(FrameReader&&) noexcept = default;
FrameReader::~FrameReader() = default;

const PixelFormat& FrameReader::format() const {
  return state_->format;
}

Result<FrameReader> FrameReader::open(const DataSet& set, const TransferSyntax& syntax, const PixelLimits& limits,
                                      Issues& issues) {
  PixelFormat format = TRY(pixel_format(set, limits, issues));
  const Element& pixels = *pixel_element(set);
  auto state = std::make_unique<State>(State{set, pixels, syntax, std::move(format)});
  if (pixels.is_encapsulated()) state->ranges = TRY(coded_ranges(set, pixels, syntax, state->format, issues));
  return FrameReader(std::move(state));
}

Result<Frame> FrameReader::read(std::uint32_t index, Issues& issues) const {
  const State& state = *state_;
  if (index >= state.format.frames) {
    return refuse(faults::kNoFrame, {std::to_string(index), std::to_string(state.format.frames)}, state.pixels, issues);
  }
  if (!state.pixels.is_encapsulated()) return native_frame(state.set, state.pixels, state.format, index, issues);
  return coded_frame(state.pixels, state.ranges[index], state.syntax, state.format, index, issues);
}

Result<Frame> decode_frame(const File& file, std::uint32_t index, const PixelLimits& limits, Issues& issues) {
  return TRY(FrameReader::open(file.data_set(), file.transfer_syntax(), limits, issues)).read(index, issues);
}

}  // namespace meridian::dicom
