// WorklistRules: what the catalogue says of the modality worklist: which orders are of which modality, at which station
// they are done, and how much is shown.
//
//   # catalog/dicom/worklist.yaml
//   days_before: 1                # what is not asked for by day, patient or accession number is shown from so many
//   days_after: 30                # days ago to so many days ahead
//   limit: 2000                   # steps of one query; more is an error
//   candidates: 20000             # orders and appointments that are looked at for one query; likewise
//   hide_archived: true           # orders of which there is a study already
//   modalities:                   # the first that fits counts
//     - { modality: CT, system: "http://loinc.org", codes: ["24627-2"] }
//     - { modality: US, texts: ["*ultrasound*", "*超声*"] }
//   stations:
//     - { title: CT1, modality: CT, name: CT ground floor, places: [Location/ct-1, "CT room 1"] }
//     - { title: MR1, modality: MR }       # without places: whatever of the modality is not for another station
//
// An order that says its modality itself, as a code of DICOM's (DCM), or of HL7's table 0074, needs no rule. Places are
// references, numbers or names of locations and devices; texts and names may have the wild cards `*` and `?`, and case
// does not count. Every fault is told with its line. Values; free of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace meridian::imaging {

struct ModalityRule {
  std::string modality;
  std::string system;              ///< empty: of whatever system
  std::vector<std::string> codes;  ///< one of these
  std::vector<std::string> texts;  ///< or words that fit one of these; folded
  bool operator==(const ModalityRule&) const = default;
};

struct Station {
  std::string title;  ///< AE title
  std::string own;    ///< the title, folded
  std::string name;
  std::string modality;
  std::vector<std::string> places;  ///< folded
  bool operator==(const Station&) const = default;
};

struct WorklistRules {
  std::uint32_t days_before = 1;
  std::uint32_t days_after = 30;
  std::uint32_t limit = 2'000;
  std::uint32_t candidates = 20'000;
  bool hides_archived = true;
  std::vector<ModalityRule> modalities = {};
  std::vector<Station> stations = {};
  bool operator==(const WorklistRules&) const = default;
};

inline constexpr std::string_view kWorklistFile = "worklist.yaml";

/// Faults are added as "worklist.yaml:7: …"; nothing is given back then.
std::optional<WorklistRules> parse_worklist_rules(const std::string& yaml, const std::string& origin,
                                                  std::vector<std::string>& faults);
/// Of worklist.yaml in the folder; what is not there says nothing. invalid_argument with a line for each fault.
Result<WorklistRules> read_worklist_rules(const std::string& folder);

/// One word of what an order says: a code of a system, and how it is called.
struct Said {
  std::string system;
  std::string code;
  std::string text;
};

/// Whether this is one of DICOM's codes of modalities by which something is acquired or done.
bool is_modality(std::string_view code);
/// The modality that DICOM's own codes, the rules, or HL7's table 0074 tell, in this order. Empty: none.
std::string modality_of(const WorklistRules& rules, const std::vector<Said>& said);
/// Whether this says that an order is one of imaging, of whatever modality.
bool is_of_imaging(const std::vector<Said>& category);
/// The stations of a modality that are named by one of the places, or are at one; else those that stand for no place.
/// `modality` empty: of any.
std::vector<const Station*> stations_at(const WorklistRules& rules, std::string_view modality,
                                        const std::vector<std::string>& places);

}  // namespace meridian::imaging
