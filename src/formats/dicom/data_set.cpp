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

std::vector<const Element*> DataSet::ordered() const {
  std::vector<const Element*> sorted;
  sorted.reserve(elements.size());
  for (const Element& element : elements) sorted.push_back(&element);
  if (is_sorted) return sorted;
  std::sort(sorted.begin(), sorted.end(), [](const Element* a, const Element* b) {
    return a->tag != b->tag ? a->tag < b->tag : a->offset < b->offset;
  });
  const auto same = [](const Element* a, const Element* b) { return a->tag == b->tag; };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

}  // namespace meridian::dicom
