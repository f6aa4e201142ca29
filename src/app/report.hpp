// How commands tell people what they found: one form of line for all of them, which editors and terminals can follow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/issue.hpp"

namespace meridian::app {

/// `patient.json:4:16: error: Patient.birthDate: "1974-13-25" is not a date … [format-date]`, without a line break.
/// What is not known of the place is left out.
std::string issue_line(std::string_view file, const Issue& issue, Language language);

/// `3 resources`, `1 resource`; of a regular English word. `13,021` has its comma.
std::string counted(std::uint64_t count, std::string_view word);

/// `1 error, 2 warnings`.
std::string counted_faults(const Issues& issues, Language language);

/// A line to standard error: `meridian: …`.
void complain(std::string_view text);
/// That something could not be done with a file: named once, whether the error names it or not.
void complain_of(std::string_view file, const Error& error);
/// Each issue on a line of its own.
void complain_of(std::string_view file, const Issues& issues, Language language);
/// … but for those that only inform.
void complain_of_faults(std::string_view file, const Issues& issues, Language language);

}  // namespace meridian::app
