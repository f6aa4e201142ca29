// Query: what is looked for in the archive, from C-FIND, C-MOVE, C-GET or QIDO-RS, and whether something matches.
//
//   key        nothing        everything matches; the attribute is in the answer
//              1.2.3\1.2.4    one of these (UIDs)
//              20260101-      a range of days, times or both
//              LI*, L?        wild cards: any characters, any one
//              *              something or nothing
//              else           the same value
//
// Persons' names match without regard to case and to the parts that are written otherwise (`li ming` and `LI^MING`);
// each of the ways a name is written (alphabetic, ideographic, phonetic) counts. A day and a time, each a range, are
// one range from moment to moment where that is asked for. Values; free of threads.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html#sect_C.2.2.2
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "imaging/attributes.hpp"

namespace meridian::imaging {

struct Query {
  Level level = Level::study;
  Attributes keys;                     ///< what must match; empty values match all
  bool returns_all = false;            ///< all attributes of the level and of those above are in the answer
  bool names_match_by_words = false;   ///< a word of a name, from its beginning (QIDO-RS fuzzymatching)
  bool combines_day_and_time = false;  ///< ranges of both are one range, from moment to moment (QIDO-RS)
};

/// Of a C-FIND, C-MOVE or C-GET identifier, a data set in little endian. Errors: malformed_input (its level or its
/// values), unsupported (a level that the model does not have), too_large.
Result<Query> read_query(std::string_view identifier, bool is_explicit, bool is_patient_root);

/// Whether one value, such as an attribute of a study, is what a key asks for.
bool matches(const Attribute& key, std::string_view value, bool by_words = false);
/// Whether all keys among `of` hold; keys of tags that are not among them are left out of account.
bool matches(const Query& query, const Attributes& attributes, std::span<const dicom::Tag> of);

/// The first and last day that a key of VR DA allows; empty where it is open.
struct DayRange {
  std::string first;
  std::string last;
};
Result<DayRange> day_range(std::string_view value);

/// A name as it is compared: lower case, its parts in words, nothing that only tells them apart.
std::string folded_name(std::string_view value);

}  // namespace meridian::imaging
