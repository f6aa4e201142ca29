// Resources of the Genomics Reporting guide, written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/internal/variant_values.hpp"

namespace meridian::mapping::internal {

/// Who and what it is of.
struct VariantSubject {
  std::string patient;  ///< a reference; empty: by the sample's name
  std::string sample_system;
  std::string sample;  ///< empty: a file without samples
};

/// One allele of one sample.
struct CalledVariant {
  std::string id;
  std::string contig;
  std::uint64_t from = 0;  ///< from 1, both ends included
  std::uint64_t to = 0;
  std::string ref;  ///< empty for symbols
  std::string alt;
  VariantCode change;
  Assembly assembly = Assembly::unknown;
  std::string_view state;  ///< LOINC answer, of 53034-5; empty: not known
  std::string_view state_name;
  std::string_view source;  ///< LOINC answer, of 48002-0
  std::string_view source_name;
  std::string frequency;  ///< JSON number
  std::string depth;      ///< JSON number
  std::string copies;     ///< JSON number
  VariantNotes notes;
};

std::string variant_json(const CalledVariant& variant, const VariantSubject& subject);
std::string implication_json(const std::string& id, const CalledVariant& variant, const VariantSubject& subject);
std::string phase_json(const std::string& id, bool is_cis, const std::string& first, const std::string& second,
                       const VariantSubject& subject);
std::string variant_report_json(const std::string& id, const std::vector<std::string>& results,
                                const VariantSubject& subject);

}  // namespace meridian::mapping::internal
