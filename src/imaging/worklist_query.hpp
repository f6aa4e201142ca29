// WorklistKeys: what a modality asks the worklist for, and whether a scheduled procedure step is that.
//
// Matched is what query.hpp says, sequences by their one item; the day and the time of a step, each a range, are one
// range from moment to moment. A key of something that steps do not say is left out of account, as the standard has it
// for keys that are not supported, and is empty in answers. Values; free of threads.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html#sect_K.6.1.2
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "imaging/item.hpp"
#include "imaging/query.hpp"

namespace meridian::imaging {

class Dialects;
struct WorklistKeySequence;

struct WorklistKeys {
  Query query;  ///< of which the keys, and that days and times are combined
  std::vector<WorklistKeySequence> sequences;

  bool empty() const { return query.keys.all().empty() && sequences.empty(); }
  const WorklistKeys* find(dicom::Tag sequence) const;
  WorklistKeys& in(dicom::Tag sequence);  ///< made where there is none
  void set(dicom::Tag tag, std::string value) { query.keys.set(tag, std::move(value)); }
};
struct WorklistKeySequence {
  dicom::Tag tag;
  WorklistKeys keys;  ///< of its item; empty: all of it is asked for
};

inline constexpr dicom::Tag kStepSequence{0x0040, 0x0100};

/// Of a C-FIND identifier, a data set in little endian. `dialects`, where given, say in which character set a machine
/// means it. Errors: malformed_input, too_large.
Result<WorklistKeys> read_worklist_keys(std::string_view identifier, bool is_explicit,
                                        const Dialects* dialects = nullptr);
/// Of names and values as in a URL: keywords or tags; those of a step are looked for in it. Errors: invalid_argument.
Result<WorklistKeys> worklist_keys(std::span<const std::pair<std::string, std::string>> pairs);

bool matches(const WorklistKeys& keys, const Item& item);
/// Of the item what is asked for; empty what it does not say.
Item answer(const WorklistKeys& keys, const Item& item);

/// The key's value when it stands for itself: one, without wild cards. Empty otherwise.
std::string single_value(const WorklistKeys* keys, dicom::Tag tag);

}  // namespace meridian::imaging
