// Pixels of images: what they are, and frames of them as plain samples.
//
//   Frame first = TRY(dicom::decode_frame(file, 0, {}, issues));
//   FrameReader frames = TRY(dicom::FrameReader::open(file.data_set(), file.transfer_syntax(), {}, issues));
//   for (std::uint32_t i = 0; i < frames.format().frames; ++i) use(TRY(frames.read(i, issues)));
//
// Samples come little endian, one pixel's beside each other, in bits_allocated; of codecs too: JPEG (baseline,
// extended, lossless), JPEG-LS, JPEG 2000, High-Throughput JPEG 2000, RLE. Colours of JPEG become RGB where the data
// set says that they are YBR, as those of JPEG 2000 do; others stay what they are. Single bits become bytes of 0 and 1;
// YBR_FULL_422 that is not coded becomes YBR_FULL. A codestream whose own header does not fit the data set is refused
// before it is decoded. Errors: malformed_input with a fatal Issue; too_large with the limit's name; not_found when
// there are no pixels; unsupported for video and other codecs. Memory: a frame, and what its codec needs. Threads may
// share a File. Specification: https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.7.6.3,
// https://dicom.nema.org/medical/dicom/current/output/html/part05.html#chapter_8
#pragma once

#include <memory>
#include <string>

#include "formats/dicom/file.hpp"

namespace meridian::dicom {

enum class SampleKind : std::uint8_t { whole, real };  ///< real: IEEE 754, of 32 or 64 bits

struct PixelFormat {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t samples = 1;         ///< of a pixel
  std::uint32_t bits_allocated = 8;  ///< of a sample; as the file has it 1, 8, 16, 32 or 64
  std::uint32_t bits_stored = 8;
  std::uint32_t high_bit = 7;
  bool is_signed = false;
  bool is_planar = false;  ///< one plane a sample after another (Planar Configuration 1)
  SampleKind kind = SampleKind::whole;
  std::string photometric;  ///< "MONOCHROME2", "RGB"
  std::uint32_t frames = 1;

  std::uint64_t pixels() const { return std::uint64_t{rows} * columns; }
  /// Of samples in whole bytes.
  std::uint64_t frame_bytes() const { return pixels() * samples * (bits_allocated / 8); }
  bool operator==(const PixelFormat&) const = default;
};

struct PixelLimits {
  std::uint64_t max_frame_bytes = std::uint64_t{1} << 30;
};

struct Frame {
  PixelFormat format;  ///< of these bytes: one frame, never planar
  std::string bytes;
};

/// As the data set says it of its pixel data.
Result<PixelFormat> pixel_format(const DataSet& set, const PixelLimits& limits, Issues& issues);

/// All frames of an image, one after another or in any order. Lives no longer than the data set.
class FrameReader {
 public:
  /// Of an item (an icon), too.
  static Result<FrameReader> open(const DataSet& set, const TransferSyntax& syntax, const PixelLimits& limits,
                                  Issues& issues);
  FrameReader(FrameReader&&) noexcept;
  ~FrameReader();

  const PixelFormat& format() const;  ///< as the data set says it
  /// Frames count from 0.
  Result<Frame> read(std::uint32_t index, Issues& issues) const;

 private:
  struct State;
  explicit FrameReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One frame alone.
Result<Frame> decode_frame(const File& file, std::uint32_t index, const PixelLimits& limits, Issues& issues);

}  // namespace meridian::dicom
