// Record: a line of a VCF file, taken apart where it lies. All views point into the line and last as long as it does.
//
//   for (std::size_t i = 0; i < record.samples.size(); ++i) use(record.value(i, "DP"));
//
// Values stand as they are written; `.` is missing. Percent encoding (4.3) is left: decode_percent().
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, section 1.6
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/genomics/definition.hpp"

namespace meridian::genomics {

struct InfoField {
  std::string_view key;
  std::string_view value;  ///< of a flag: empty
  bool has_value = false;
  const FieldDefinition* definition = nullptr;  ///< null: neither declared nor reserved
};

struct FormatField {
  std::string_view key;
  const FieldDefinition* definition = nullptr;
};

struct Record {
  std::uint64_t line = 0;    ///< its number in the file, from 1
  std::uint64_t offset = 0;  ///< of its first byte
  std::string_view text;     ///< the whole line, without its line break

  std::string_view chrom;
  std::uint64_t pos = 0;  ///< from 1; 0 is the telomere before it
  std::string_view id, ref, alt, qual, filter, info_text, format_text;
  bool has_format = false;  ///< the line has more columns than INFO

  std::vector<std::string_view> alts;  ///< none for `.`
  std::vector<InfoField> info;
  std::vector<FormatField> format;
  std::vector<std::string_view> samples;

  const InfoField* find_info(std::string_view key) const;  ///< null: not there
  std::string_view info_value(std::string_view key) const;
  std::optional<std::size_t> find_format(std::string_view key) const;
  /// Empty: the field is not there, or left out at the end of the sample.
  std::string_view value(std::size_t sample, std::string_view key) const;
  std::string_view value(std::size_t sample, std::size_t field) const;
  /// The last base that the record speaks of: END where it has one, otherwise by REF.
  std::uint64_t end() const;
};

/// The line as it is written, from its parts, with its line break.
void write(const Record& record, std::string& out);

/// `%3A` and the like, where they are well formed. Section 1.2 (from 4.3)
std::string decode_percent(std::string_view text);

}  // namespace meridian::genomics
