#include "imaging/attributes.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/json.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/internal/element_bytes.hpp"
#include "imaging/internal/record_bytes.hpp"

namespace meridian::imaging {
namespace {

using dicom::Tag;
using dicom::Vr;
using internal::put_16;
using internal::put_32;

constexpr std::size_t kMaxValueBytes = 1024;

constexpr Tag kPatientTags[] = {
    {0x0010, 0x0010},  // Patient's Name
    {0x0010, 0x0020},  // Patient ID
    {0x0010, 0x0021},  // Issuer of Patient ID
    {0x0010, 0x0030},  // Patient's Birth Date
    {0x0010, 0x0032},  // Patient's Birth Time
    {0x0010, 0x0040},  // Patient's Sex
    {0x0010, 0x1000},  // Other Patient IDs
    {0x0010, 0x4000},  // Patient Comments
};
constexpr Tag kStudyTags[] = {
    {0x0008, 0x0020},  // Study Date
    {0x0008, 0x0030},  // Study Time
    {0x0008, 0x0050},  // Accession Number
    {0x0008, 0x0090},  // Referring Physician's Name
    {0x0008, 0x0201},  // Timezone Offset From UTC
    {0x0008, 0x1030},  // Study Description
    {0x0008, 0x1060},  // Name of Physician(s) Reading Study
    {0x0010, 0x1010},  // Patient's Age
    {0x0010, 0x1020},  // Patient's Size
    {0x0010, 0x1030},  // Patient's Weight
    {0x0020, 0x000D},  // Study Instance UID
    {0x0020, 0x0010},  // Study ID
};
constexpr Tag kSeriesTags[] = {
    {0x0008, 0x0021},  // Series Date
    {0x0008, 0x0031},  // Series Time
    {0x0008, 0x0060},  // Modality
    {0x0008, 0x0070},  // Manufacturer
    {0x0008, 0x0080},  // Institution Name
    {0x0008, 0x1010},  // Station Name
    {0x0008, 0x103E},  // Series Description
    {0x0008, 0x1040},  // Institutional Department Name
    {0x0008, 0x1050},  // Performing Physician's Name
    {0x0008, 0x1070},  // Operators' Name
    {0x0008, 0x1090},  // Manufacturer's Model Name
    {0x0018, 0x0015},  // Body Part Examined
    {0x0018, 0x1030},  // Protocol Name
    {0x0018, 0x5100},  // Patient Position
    {0x0020, 0x000E},  // Series Instance UID
    {0x0020, 0x0011},  // Series Number
    {0x0020, 0x0052},  // Frame of Reference UID
    {0x0020, 0x0060},  // Laterality
    {0x0040, 0x0244},  // Performed Procedure Step Start Date
    {0x0040, 0x0245},  // Performed Procedure Step Start Time
};
constexpr Tag kInstanceTags[] = {
    {0x0008, 0x0008},  // Image Type
    {0x0008, 0x0016},  // SOP Class UID
    {0x0008, 0x0018},  // SOP Instance UID
    {0x0008, 0x0022},  // Acquisition Date
    {0x0008, 0x0023},  // Content Date
    {0x0008, 0x002A},  // Acquisition DateTime
    {0x0008, 0x0032},  // Acquisition Time
    {0x0008, 0x0033},  // Content Time
    {0x0020, 0x0012},  // Acquisition Number
    {0x0020, 0x0013},  // Instance Number
    {0x0028, 0x0008},  // Number of Frames
    {0x0028, 0x0010},  // Rows
    {0x0028, 0x0011},  // Columns
    {0x0028, 0x0100},  // Bits Allocated
    {0x0040, 0xA491},  // Completion Flag
    {0x0040, 0xA493},  // Verification Flag
    {0x0042, 0x0010},  // Document Title
    {0x0070, 0x0080},  // Content Label
    {0x0070, 0x0081},  // Content Description
};

bool is_before(const Attribute& attribute, Tag tag) {
  return attribute.tag < tag;
}

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += '\\';
    out += values[i];
  }
  if (out.size() > kMaxValueBytes) {
    out.resize(kMaxValueBytes);
    out.resize(valid_utf8_prefix(out));
  }
  return out;
}

/// The text of a value, its numbers written out.
std::string value_of(const dicom::DataSet& set, const dicom::Element& element) {
  const Vr vr = element.vr == Vr::un ? dicom::vr_of(element.tag) : element.vr;
  if (dicom::is_text(vr)) return joined(dicom::texts(set, element.tag));
  std::vector<std::string> values;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto number = dicom::integer(set, element.tag, i);
    if (!number) break;
    values.push_back(std::to_string(*number));
  }
  return joined(values);
}

/// A number of US or UL as bytes, others as they are; of even length.
std::string encoded(const Attribute& attribute) {
  std::string bytes;
  const std::size_t word = attribute.vr == Vr::us || attribute.vr == Vr::ss   ? 2
                           : attribute.vr == Vr::ul || attribute.vr == Vr::sl ? 4
                                                                              : 0;
  if (word == 0) {
    bytes = attribute.value;
    if (bytes.size() % 2 != 0) bytes += attribute.vr == Vr::ui ? '\0' : ' ';
    return bytes;
  }
  std::string_view left = attribute.value;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\\'), left.size());
    const auto number = static_cast<std::uint32_t>(std::strtoll(std::string(left.substr(0, end)).c_str(), nullptr, 10));
    word == 2 ? put_16(bytes, number) : put_32(bytes, number);
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return bytes;
}

}  // namespace

const Attribute* Attributes::find(Tag tag) const {
  const auto at = std::lower_bound(all_.begin(), all_.end(), tag, is_before);
  return at != all_.end() && at->tag == tag ? &*at : nullptr;
}

std::string_view Attributes::value(Tag tag) const {
  const Attribute* const found = find(tag);
  return found == nullptr ? std::string_view() : found->value;
}

void Attributes::set(Tag tag, Vr vr, std::string value) {
  const auto at = std::lower_bound(all_.begin(), all_.end(), tag, is_before);
  if (at != all_.end() && at->tag == tag) {
    *at = {tag, vr, std::move(value)};
  } else {
    all_.insert(at, {tag, vr, std::move(value)});
  }
}

void Attributes::set(Tag tag, std::string value) {
  set(tag, dicom::vr_of(tag), std::move(value));
}

void Attributes::add(const Attributes& other) {
  for (const Attribute& attribute : other.all_) {
    const Attribute* const own = find(attribute.tag);
    if (own == nullptr || own->value.empty()) set(attribute.tag, attribute.vr, attribute.value);
  }
}

std::span<const Tag> tags_of(Level level) {
  switch (level) {
    case Level::patient:
      return kPatientTags;
    case Level::study:
      return kStudyTags;
    case Level::series:
      return kSeriesTags;
    case Level::instance:
      break;
  }
  return kInstanceTags;
}

Attributes attributes_of(const dicom::DataSet& set, Level level) {
  Attributes out;
  for (const Tag tag : tags_of(level)) {
    const dicom::Element* const element = set.find(tag);
    if (element == nullptr || !element->items.empty()) continue;
    const Vr vr = dicom::vr_of(tag);
    out.set(tag, vr == Vr::un ? element->vr : vr, value_of(set, *element));
  }
  return out;
}

void append_element(std::string& out, const Attribute& attribute, bool is_explicit) {
  const std::string value = encoded(attribute);
  put_16(out, attribute.tag.group);
  put_16(out, attribute.tag.element);
  if (!is_explicit) {
    put_32(out, static_cast<std::uint32_t>(value.size()));
  } else {
    out += dicom::name(attribute.vr);
    if (dicom::has_long_length(attribute.vr)) {
      put_16(out, 0);
      put_32(out, static_cast<std::uint32_t>(value.size()));
    } else {
      put_16(out, static_cast<std::uint32_t>(value.size()));
    }
  }
  out += value;
}

bool is_ascii(const Attributes& attributes) {
  return std::ranges::all_of(attributes.all(), [](const Attribute& attribute) {
    return std::ranges::all_of(attribute.value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  });
}

std::string to_data_set(const Attributes& attributes, bool is_explicit) {
  std::string out;
  bool says_character_set = is_ascii(attributes);
  for (const Attribute& attribute : attributes.all()) {
    if (attribute.tag == dicom::tags::kCharacterSet) continue;  // of whoever asked
    if (!says_character_set && attribute.tag > dicom::tags::kCharacterSet) {
      append_element(out, {dicom::tags::kCharacterSet, Vr::cs, std::string(kUtf8)}, is_explicit);
      says_character_set = true;
    }
    append_element(out, attribute, is_explicit);
  }
  return out;
}

std::string to_json(const Attributes& attributes) {
  return data_set_to_json(to_data_set(attributes, true));
}

std::string data_set_to_json(const std::string& set) {
  // Its own writer knows how each VR is written; what it is given here is small.
  if (set.empty()) return "{}";
  Issues issues;
  const Result<dicom::File> file = connect::read_data_set(set, dicom::uids::kExplicitLittle, dicom::Limits(), issues);
  return file ? dicom::to_json(file->data_set()) : "{}";
}

void append(std::string& out, const Attributes& attributes) {
  internal::put_number(out, attributes.all().size());
  for (const Attribute& attribute : attributes.all()) {
    internal::put_number(out, std::uint64_t{attribute.tag.number()} << 8 | static_cast<std::uint8_t>(attribute.vr));
    internal::put_text(out, attribute.value);
  }
}

Attributes take_attributes(internal::RecordBytes& bytes) {
  Attributes out;
  const std::uint64_t count = bytes.number();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t tag_and_vr = bytes.number();
    const std::string_view value = bytes.text();
    if (tag_and_vr == 0) break;  // cut
    out.set(Tag::of(static_cast<std::uint32_t>(tag_and_vr >> 8)), static_cast<Vr>(tag_and_vr & 0xFF),
            std::string(value));
  }
  return out;
}

}  // namespace meridian::imaging
