// DataSet: the elements of a file, or of an item of a sequence, in their order; a tree of views into the file's bytes.
//
// Values stand as they were written, in the set's byte order and character set; values.hpp makes text and numbers of
// them. A data set lives no longer than the File that it came from. Immutable once read; threads may share it.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#chapter_7
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/dicom/charset.hpp"
#include "formats/dicom/tag.hpp"
#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::dicom {

struct DataSet;

struct Element {
  Tag tag;
  Vr vr = Vr::un;
  bool has_undefined_length = false;        ///< of a sequence, or encapsulated
  std::uint64_t offset = 0;                 ///< of its tag in the file; in the inflated data set where that is deflated
  std::string_view value;                   ///< empty where there are items or fragments
  std::vector<DataSet> items;               ///< of a sequence
  std::vector<std::string_view> fragments;  ///< encapsulated: the basic offset table, then the codec's bytes

  bool is_encapsulated() const { return !fragments.empty(); }
};

struct DataSet {
  std::vector<Element> elements;
  CharacterSet character_set;  ///< its own, or that of the set around it
  ByteOrder order = ByteOrder::little;
  bool is_sorted = true;  ///< by tags, ascending, each once

  /// The first with this tag; nullptr when there is none.
  const Element* find(Tag tag) const;
  /// All elements by their tags, each tag once: of two the first counts.
  std::vector<const Element*> ordered() const;
};

}  // namespace meridian::dicom
