// Values of elements as text in UTF-8, numbers, dates and names of persons.
//
// What is absent, empty or no value of its kind gives nothing; several values are those apart by backslashes. UN is
// read as the dictionary's VR. Text comes without the padding of its VR. Threads may share data sets.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_6.2
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/date_time.hpp"
#include "formats/dicom/data_set.hpp"

namespace meridian::dicom {

/// The first value.
std::string text(const DataSet& set, Tag tag);
std::vector<std::string> texts(const DataSet& set, Tag tag);
/// Of an element of this set, whose VR is one of text.
std::vector<std::string> texts(const DataSet& set, const Element& element);

/// Of numbers in bytes, or written out (IS, DS).
std::vector<double> numbers(const DataSet& set, Tag tag);
std::optional<std::int64_t> integer(const DataSet& set, Tag tag, std::size_t index = 0);
/// How many numbers in bytes there are, and one of them; of OB and UN each byte counts.
std::size_t count_numbers(const Element& element);
std::int64_t integer_at(const DataSet& set, const Element& element, std::size_t index);
std::uint64_t unsigned_at(const DataSet& set, const Element& element, std::size_t index);
double real_at(const DataSet& set, const Element& element, std::size_t index);

/// The items of a sequence.
std::span<const DataSet> items(const DataSet& set, Tag tag);

/// DA: `20260131`, `2026.01.31`.
std::optional<Date> date(const DataSet& set, Tag tag);
/// A day, and a time where there is one; with the offset of Timezone Offset From UTC, where the set has one, or `zone`.
std::optional<DateTime> date_time(const DataSet& set, Tag date, Tag time, std::optional<UtcOffset> zone = {});
/// DT.
std::optional<DateTime> date_time(const DataSet& set, Tag tag);
/// What Timezone Offset From UTC (0008,0201) says.
std::optional<UtcOffset> utc_offset(const DataSet& set);

/// One way to write a name. https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_6.2.1
struct NameGroup {
  std::string family;
  std::string given;
  std::string middle;
  std::string prefix;
  std::string suffix;
  bool is_empty() const;
  bool operator==(const NameGroup&) const = default;
};
struct PersonName {
  NameGroup alphabetic;
  NameGroup ideographic;
  NameGroup phonetic;
  bool operator==(const PersonName&) const = default;
};
/// Of a value in UTF-8.
PersonName parse_person_name(std::string_view text);
std::optional<PersonName> person_name(const DataSet& set, Tag tag);

}  // namespace meridian::dicom
