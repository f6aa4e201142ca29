// A frame as a picture of eight bits, as people see it.
//
// Grey: the modality's scale (slope and intercept, or its table), then a window, or a table of values of interest, then
// inverted where 0 is white (MONOCHROME1). The window is that of the options, else of the frame's or the file's, else
// all values there are. Colours: RGB, YBR, and palettes. Overlays, presentation states and colour profiles are left
// out. Errors: those of decode_frame; unsupported for other photometric interpretations. Threads may share a File.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.11,
// https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.7.6.3.1.2
#pragma once

#include <optional>
#include <string>

#include "formats/dicom/pixels.hpp"

namespace meridian::dicom {

struct Window {
  double center = 0;
  double width = 1;  ///< at least 1
};

struct RenderOptions {
  std::optional<Window> window;
  PixelLimits limits;
};

struct Picture {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t samples = 1;  ///< 1: grey; 3: red, green, blue
  std::string bytes;
};

/// Frames count from 0.
Result<Picture> render(const File& file, std::uint32_t index, const RenderOptions& options, Issues& issues);
/// https://www.w3.org/TR/png/
Result<std::string> to_png(const Picture& picture);
/// Baseline JPEG; `quality` from 1 to 100. Errors: unsupported (more than 65,500 rows or columns).
Result<std::string> to_jpeg(const Picture& picture, int quality);

}  // namespace meridian::dicom
