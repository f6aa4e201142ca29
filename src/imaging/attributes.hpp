// Attributes: what is said of a patient, a study, a series or an instance in a few elements: what is searched and what
// answers say.
//
// Values are text in UTF-8, several apart by backslashes, without padding; sequences are none of them. In ascending
// order of tags, each once. Values; free of threads.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html#sect_C.6,
// https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.6.3.3
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/dicom/data_set.hpp"
#include "imaging/instance.hpp"

namespace meridian::imaging {

struct Attribute {
  dicom::Tag tag;
  dicom::Vr vr = dicom::Vr::un;
  std::string value;
  bool operator==(const Attribute&) const = default;
};

class Attributes {
 public:
  /// nullptr: nothing is said of it. Said and empty is something.
  const Attribute* find(dicom::Tag tag) const;
  /// Empty when nothing is said.
  std::string_view value(dicom::Tag tag) const;
  /// Instead of what was said before.
  void set(dicom::Tag tag, dicom::Vr vr, std::string value);
  void set(dicom::Tag tag, std::string value);  ///< its VR from the dictionary
  /// What the other says and this does not.
  void add(const Attributes& other);
  std::span<const Attribute> all() const { return all_; }
  bool operator==(const Attributes&) const = default;

 private:
  std::vector<Attribute> all_;
};

/// The tags that the archive keeps of each level, those that it counts left out.
std::span<const dicom::Tag> tags_of(Level level);
/// What the data set says of one level. Values beyond 1024 bytes are cut to whole characters.
Attributes attributes_of(const dicom::DataSet& set, Level level);

/// As a data set, little endian, in UTF-8 where ASCII is not enough, and says so.
std::string to_data_set(const Attributes& attributes, bool is_explicit);
/// A JSON object, as PS3.18, annex F.
std::string to_json(const Attributes& attributes);

// Their parts, for data sets with sequences (item.hpp).
inline constexpr std::string_view kUtf8 = "ISO_IR 192";
bool is_ascii(const Attributes& attributes);
void append_element(std::string& out, const Attribute& attribute, bool is_explicit);
/// Of a data set of explicit VR, little endian, that is right.
std::string data_set_to_json(const std::string& set);

namespace internal {
class RecordBytes;
}
// On disks: as internal/record_bytes.hpp has it.
void append(std::string& out, const Attributes& attributes);
Attributes take_attributes(internal::RecordBytes& bytes);

}  // namespace meridian::imaging
