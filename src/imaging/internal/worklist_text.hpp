// What resources say, as DICOM writes it: names of persons, texts within their lengths, codes, days and times.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date_time.hpp"
#include "base/time_zone.hpp"
#include "formats/fhir/document.hpp"
#include "imaging/internal/node_text.hpp"
#include "imaging/item.hpp"
#include "imaging/worklist_rules.hpp"

namespace meridian::imaging::internal {

/// At most so many characters, in one line, without backslashes.
std::string limited(std::string_view text, std::size_t characters);

/// PN of a Patient's or a Practitioner's names: alphabetic=ideographic=phonetic, as far as they are known. What is
/// written in ideographs alone stands in the first group: a console that shows no other would show nobody.
std::string person_name(fhir::Node person);
/// Of a name in one text: a family name without parts.
std::string person_name(std::string_view spoken);

/// The text of a CodeableConcept, or how its first code is called, or that code.
std::string concept_text(fhir::Node value);
/// Each code of a CodeableConcept, and its text.
void add_said(fhir::Node value, std::vector<Said>& out);
/// Items of a code sequence: one for each coding that has a system. PS3.3, table 8.8-1
std::vector<Item> code_items(fhir::Node value);

struct LocalTime {
  std::string day;   ///< YYYYMMDD
  std::string time;  ///< HHMMSS; 000000 where only the day is known
};
/// Of a dateTime or an instant, as clocks of the zone show it. Nothing when it does not go to the day.
std::optional<LocalTime> local_time_of(std::string_view text, const TimeZone& zone);

}  // namespace meridian::imaging::internal
