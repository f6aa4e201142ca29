// What `meridian vcf` was asked to do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meridian::app {

struct VcfOptions {
  enum class Task : std::uint8_t { info, validate, normalise, to_fhir };
  enum class Format : std::uint8_t { text, json };
  enum class Source : std::uint8_t { not_said, germline, somatic };
  Task task = Task::info;
  std::vector<std::string> files;
  Format format = Format::text;      ///< info, validate
  std::string region;                ///< `chr:from-to`; empty: all
  std::string reference;             ///< normalise: a FASTA file; empty: split and trim only
  bool keeps_multiallelic = false;   ///< normalise
  std::string patient;               ///< to_fhir: a reference; empty: named by the sample
  std::string sample_system;         ///< to_fhir: empty: the mapping's own
  std::vector<std::string> samples;  ///< to_fhir: empty: all
  std::string assembly;              ///< to_fhir: empty: as the header says
  Source source = Source::not_said;  ///< to_fhir
  bool takes_filtered = false;       ///< to_fhir
};

}  // namespace meridian::app
