// Values of records as other people's programs write them: times in many orders, results with a comparator.
#pragma once

#include <string>
#include <string_view>

namespace meridian::mapping::internal {

enum class DateOrder : std::uint8_t { year_first, day_first, month_first };

/// A time as HL7 v2 writes it (`20240131`, `20240131153000.5+0800`) from `2024-01-31T15:30:00.5+08:00`, `2024/1/31
/// 15:30`, `2024年1月31日 下午3:30`, `31.01.2024`, `1/31/2024 3:30 PM`, or as it is already. A year comes first
/// whatever the order says when it has four digits. Empty: it is none.
std::string compact_time(std::string_view text, DateOrder order);

/// Seconds since 1970, or milliseconds where there are more than 11 digits, as HL7 v2 writes it, in UTC.
std::string time_of_epoch(std::string_view text);

struct Measured {
  std::string comparator;  ///< of FHIR: <, <=, >=, >
  std::string number;      ///< as JSON writes it; empty: it is not a number
};
/// `5.4`, `<0.5`, `≥ 100`, `+1`, `1,234.5` (a thousand), `.5`.
Measured read_measured(std::string_view text);

}  // namespace meridian::mapping::internal
