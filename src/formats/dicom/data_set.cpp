#include "formats/dicom/data_set.hpp"

#include <algorithm>

namespace meridian::dicom {

const Element* DataSet::find(Tag tag) const {
  if (!is_sorted) {
    const auto at = std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return e.tag == tag; });
    return at == elements.end() ? nullptr : &*at;
  }
  const auto at =
      std::lower_bound(elements.begin(), elements.end(), tag, [](const Element& e, Tag t) { return e.tag < t; });
  return at != elements.end() && at->tag == tag ? &*at : nullptr;
}

}  // namespace meridian::dicom
