// Item: a data set of a few attributes and of sequences of such: what a query with sequences asks for, and its answers.
//
// Attributes and sequences each in ascending order of their tags. Values; free of threads.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_7.5
#pragma once

#include <string>
#include <vector>

#include "imaging/attributes.hpp"

namespace meridian::imaging {

struct Sequence;

struct Item {
  Attributes attributes;
  std::vector<Sequence> sequences;

  /// nullptr: nothing is said of it. Said and without items is something.
  const Sequence* find(dicom::Tag tag) const;
  /// Instead of what was said before.
  void set(dicom::Tag tag, std::vector<Item> items);
  bool operator==(const Item& other) const;
};

struct Sequence {
  dicom::Tag tag;
  std::vector<Item> items;
  bool operator==(const Sequence&) const = default;
};

/// Little endian, in UTF-8 where ASCII is not enough, and says so.
std::string to_data_set(const Item& item, bool is_explicit);
/// A JSON object, as PS3.18, annex F.
std::string to_json(const Item& item);

}  // namespace meridian::imaging
