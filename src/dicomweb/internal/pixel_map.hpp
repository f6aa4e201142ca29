// Where the pixels of an archived object lie in its file, so that frames are given out without reading all of it.
//
// Elements of group 7FE0 and above stand behind the head that the archive keeps; this walks over their headers, and,
// where pixels are encapsulated, over those of the fragments. Values; any thread. Errors: malformed_input, io_failure.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_A.4
#pragma once

#include <cstdint>
#include <vector>

#include "base/file_system.hpp"
#include "dicomweb/internal/parts.hpp"
#include "formats/dicom/file.hpp"
#include "imaging/instance.hpp"

namespace meridian::dicomweb::internal {

struct TailElement {
  dicom::Tag tag;
  dicom::Vr vr = dicom::Vr::un;
  Extent value;                  ///< of encapsulated pixels, from the first item on to the file's end
  bool is_encapsulated = false;  ///< nothing behind it is looked at
};

/// In their order; none where the object has no pixels apart.
Result<std::vector<TailElement>> tail_of(const RandomAccessFile& file, const imaging::StoredInstance& stored,
                                         const dicom::TransferSyntax& syntax);
/// Pixel data among them, of whatever kind; nullptr when there is none.
const TailElement* pixels_in(const std::vector<TailElement>& tail);

/// The fragments of each of so many frames.
Result<std::vector<std::vector<Extent>>> encapsulated_frames(const RandomAccessFile& file,
                                                             const std::vector<TailElement>& tail,
                                                             std::uint32_t frames);

}  // namespace meridian::dicomweb::internal
