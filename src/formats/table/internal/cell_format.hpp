// What a number in a cell means by its number format, and how it is written.
// Specification: ECMA-376 part 1, 18.8.30 (numFmt), 18.17.4 (dates and times).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::table::internal {

enum class CellFormat : std::uint8_t { number, date, time, date_time, elapsed };
enum class DateSystem : std::uint8_t { from_1900, from_1904 };

/// Of the formats that have no code in the file. Those of East Asia (27 to 36, 50 to 58) are dates, where they are not
/// times in every language.
CellFormat builtin_format(std::uint32_t id);
/// Of a code: `yyyy/m/d h:mm`, `[h]:mm`, `0.00"mg"`.
CellFormat format_of(std::string_view code);

/// Appends ISO 8601: 2024-05-01, 2024-05-01T08:30:00, 08:30:00 or, of elapsed time, PT26H30M. Milliseconds where there
/// are any; a date's time also where the format does not show it. False for numbers that are none.
bool append_date(std::string& out, double serial, CellFormat format, DateSystem system);

/// Appends a number as it was entered: what stands in the file; with an exponent, or a fraction and more than 15
/// digits, the shortest text of the same number. False for text that is no number.
bool append_number(std::string& out, std::string_view text);

}  // namespace meridian::table::internal
