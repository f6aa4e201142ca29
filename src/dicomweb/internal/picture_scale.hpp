// A picture cut out and made larger or smaller, for people's eyes.
#pragma once

#include <cstdint>

#include "formats/dicom/render.hpp"

namespace meridian::dicomweb::internal {

/// Part of a picture, in its own pixels; of nothing the whole.
struct Cut {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  bool flips_columns = false;
  bool flips_rows = false;
};

/// The cut, which lies within the picture, turned over as it says.
dicom::Picture cut_out(const dicom::Picture& picture, const Cut& cut);
/// As large as fits into so many columns and rows, its shape kept: smaller by the mean of the pixels that fall
/// together, larger by lines between neighbours.
dicom::Picture fitted(const dicom::Picture& picture, std::uint32_t columns, std::uint32_t rows);

}  // namespace meridian::dicomweb::internal
