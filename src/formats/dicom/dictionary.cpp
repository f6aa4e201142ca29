#include "formats/dicom/dictionary.hpp"

#include <algorithm>
#include <map>

#include "formats/dicom/internal/dictionary_tables.hpp"

namespace meridian::dicom {
namespace {

using internal::DictionaryVr;

struct Found {
  DictionaryVr vr;
  std::string_view keyword;
};

std::optional<Found> find(Tag tag) {
  const auto rows = internal::dictionary_rows();
  const auto at = std::lower_bound(rows.begin(), rows.end(), tag.number(),
                                   [](const internal::DictionaryRow& row, std::uint32_t n) { return row.tag < n; });
  if (at != rows.end() && at->tag == tag.number()) return Found{at->vr, at->keyword};
  if (tag.is_private()) {
    if (tag.element >= 0x10 && tag.element <= 0xFF) return Found{DictionaryVr::LO, "PrivateCreator"};
    return std::nullopt;
  }
  if (tag.is_group_length()) return Found{DictionaryVr::UL, "GenericGroupLength"};
  for (const internal::DictionaryRange& range : internal::dictionary_ranges()) {
    if (tag.group >= range.group && tag.group <= range.group_to && tag.element >= range.element &&
        tag.element <= range.element_to) {
      return Found{range.vr, range.keyword};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view keyword(Tag tag) {
  const auto found = find(tag);
  return found ? found->keyword : std::string_view();
}

std::optional<Tag> tag_of(std::string_view keyword) {
  static const std::map<std::string_view, std::uint32_t> kByKeyword = [] {
    std::map<std::string_view, std::uint32_t> all;
    for (const internal::DictionaryRow& row : internal::dictionary_rows()) all.emplace(row.keyword, row.tag);
    return all;
  }();
  const auto at = kByKeyword.find(keyword);
  return at == kByKeyword.end() ? std::nullopt : std::optional<Tag>(Tag::of(at->second));
}

Vr vr_of(Tag tag, VrContext context) {
  const auto found = find(tag);
  if (!found) return tag.is_private() && tag.is_group_length() ? Vr::ul : Vr::un;
  if (found->vr == DictionaryVr::OB_OW) return Vr::ow;
  if (found->vr == DictionaryVr::US_SS) return context.is_signed ? Vr::ss : Vr::us;
  // Both are in alphabetical order.
  return static_cast<Vr>(static_cast<std::uint8_t>(found->vr) + 1);
}

}  // namespace meridian::dicom
