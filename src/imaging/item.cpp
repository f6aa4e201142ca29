#include "imaging/item.hpp"

#include <algorithm>
#include <utility>

#include "imaging/internal/element_bytes.hpp"

namespace meridian::imaging {
namespace {

using dicom::Tag;
using internal::put_16;
using internal::put_32;

bool is_ascii(const Item& item) {
  return imaging::is_ascii(item.attributes) && std::ranges::all_of(item.sequences, [](const Sequence& sequence) {
           return std::ranges::all_of(sequence.items, [](const Item& one) { return is_ascii(one); });
         });
}

/// Every element in the order of its tag.
std::string elements(const Item& item, bool is_explicit);

void append_sequence(std::string& out, const Sequence& sequence, bool is_explicit) {
  std::string content;
  for (const Item& item : sequence.items) {
    const std::string set = elements(item, is_explicit);
    put_16(content, dicom::tags::kItem.group);
    put_16(content, dicom::tags::kItem.element);
    put_32(content, static_cast<std::uint32_t>(set.size()));
    content += set;
  }
  put_16(out, sequence.tag.group);
  put_16(out, sequence.tag.element);
  if (is_explicit) out.append("SQ").append(2, '\0');
  put_32(out, static_cast<std::uint32_t>(content.size()));
  out += content;
}

// Items are made by us, or were read within a limit of depth: the recursion is no deeper.
std::string elements(const Item& item, bool is_explicit) {
  std::string out;
  auto sequence = item.sequences.begin();
  for (const Attribute& attribute : item.attributes.all()) {
    while (sequence != item.sequences.end() && sequence->tag < attribute.tag) {
      append_sequence(out, *sequence++, is_explicit);
    }
    append_element(out, attribute, is_explicit);
  }
  while (sequence != item.sequences.end()) append_sequence(out, *sequence++, is_explicit);
  return out;
}

}  // namespace

const Sequence* Item::find(Tag tag) const {
  const auto at = std::ranges::lower_bound(sequences, tag, {}, &Sequence::tag);
  return at != sequences.end() && at->tag == tag ? &*at : nullptr;
}

void Item::set(Tag tag, std::vector<Item> items) {
  const auto at = std::ranges::lower_bound(sequences, tag, {}, &Sequence::tag);
  if (at != sequences.end() && at->tag == tag) {
    at->items = std::move(items);
  } else {
    sequences.insert(at, {tag, std::move(items)});
  }
}

bool Item::operator==(const Item& other) const {
  return attributes == other.attributes && sequences == other.sequences;
}

std::string to_data_set(const Item& item, bool is_explicit) {
  if (is_ascii(item)) return elements(item, is_explicit);
  Item told = item;
  told.attributes.set(dicom::tags::kCharacterSet, dicom::Vr::cs, std::string(kUtf8));
  return elements(told, is_explicit);
}

std::string to_json(const Item& item) {
  return data_set_to_json(to_data_set(item, true));
}

}  // namespace meridian::imaging
