// Dialects: what some machines say otherwise than the standard has it, and how it is to be understood: names in a
// character set that is not declared, numbers without their issuer, what stands in private elements.
//
//   dialect: scanner-3                       # a file of catalog/dicom/dialects
//   about: Names are GB 18030, and nothing says so.
//   when: { Manufacturer: "Example*", SpecificCharacterSet: "" }      # all of them; "" is: not there, or empty
//   character_set: GB18030                   # instead of what is declared
//   set: { IssuerOfPatientID: HOSP }         # where the data set says nothing of it
//   take: { SeriesDescription: { from: "(0029,xx08)", creator: EXAMPLE HEADER } }     # likewise, from a private
//   element
//
// Objects stay as they came, bit for bit; what is found, listed and told to the record is the corrected reading. All
// dialects that fit are laid over a data set, in the order of their files. Immutable; threads may share it.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_7.8 (private elements)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "imaging/attributes.hpp"

namespace meridian::imaging {

/// An element of a private block, wherever the block was put: `(0029,xx08)` of the creator.
struct PrivateElement {
  dicom::Tag tag;  ///< the block left out: 0029,0008
  std::string creator;
};

struct Dialect {
  std::string name;
  std::vector<Attribute> when;  ///< patterns; an empty one: not there, or empty
  std::optional<dicom::CharacterSet> character_set;
  std::vector<Attribute> set;
  std::vector<std::pair<dicom::Tag, PrivateElement>> take;
};

/// One file's dialect. Faults are added as "scanner.yaml:7: …"; nothing is given back then.
std::optional<Dialect> parse_dialect(const std::string& yaml, const std::string& origin,
                                     std::vector<std::string>& faults);

class Dialects {
 public:
  Dialects() = default;
  explicit Dialects(std::vector<Dialect> all) : all_(std::move(all)) {}
  /// Every *.yaml of a folder; a folder that is not there has none. invalid_argument with a line for each fault.
  static Result<Dialects> read(const std::string& folder);

  /// The data set as it is to be understood. Lives no longer than the data set and these dialects.
  dicom::DataSet corrected(const dicom::DataSet& set) const;
  std::size_t size() const { return all_.size(); }

 private:
  std::vector<Dialect> all_;
};

}  // namespace meridian::imaging
