// Variants: called genotypes of a VCF file become FHIR Observations of the Genomics Reporting guide, streamed.
//
//   VariantMapper mapper(reader.header(), context);
//   while (TRY(reader.next(record, issues))) mapper.add(record, issues, resources);   // appends JSON, a few a record
//   mapper.finish(resources);                                                         // a DiagnosticReport a sample
//
// For each sample and each alternate that its genotype holds there is one `variant`; with INFO/CLNSIG a
// `diagnostic-implication` that is derived from it; and where two follow one another in one phase set (PS), a
// `sequence-phase-relationship`. Alleles are trimmed, positions count from 1. Genotypes of the reference, missing ones,
// filtered records, and alleles that say nothing of their own (`*`, `<*>`) are counted and make nothing.
// The subject is the patient given, otherwise a Patient named by the sample; the specimen is the sample. A file without
// samples makes resources only for a patient given, who is taken to have each of its alternates.
// Ids are stable (stable_id.hpp): by sample, assembly and trimmed variant, whatever file says it.
// Memory: the ids that the report lists, at most `max_results` a sample. Threads: one at a time.
// Specification: https://hl7.org/fhir/uv/genomics-reporting/STU2/
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/issue.hpp"

namespace meridian::genomics {
class Header;
struct Record;
}  // namespace meridian::genomics

namespace meridian::mapping {

struct VariantContext {
  enum class Source : std::uint8_t { not_said, germline, somatic };
  enum class Filtered : std::uint8_t { left_out, taken };
  std::string tenant_key;                       ///< secret; ids are HMACs under it
  std::string patient;                          ///< `Patient/123`; empty: named by the sample
  std::string sample_system = "urn:id:sample";  ///< URI of whose names the samples have
  std::vector<std::string> samples;             ///< only these; empty: all
  std::string assembly;              ///< GRCh37, GRCh38; empty: as the header says, where that is one of them
  Source source = Source::not_said;  ///< INFO/SOMATIC says it too
  Filtered filtered = Filtered::left_out;
  std::size_t max_results = 10'000;
};

struct VariantCounts {
  std::uint64_t variants = 0;
  std::uint64_t implications = 0;
  std::uint64_t phases = 0;
  std::uint64_t reference = 0;  ///< genotypes
  std::uint64_t no_call = 0;    ///< genotypes
  std::uint64_t filtered = 0;   ///< records
  std::uint64_t without = 0;    ///< alleles that stand for no variant of their own
  std::uint64_t unlisted = 0;   ///< results beyond max_results, which no report lists
};

class VariantMapper {
 public:
  /// `header` outlives it. What it cannot make of the header is an issue of the first record.
  VariantMapper(const genomics::Header& header, VariantContext context);
  VariantMapper(VariantMapper&&) noexcept;
  VariantMapper& operator=(VariantMapper&&) noexcept;
  ~VariantMapper();

  void add(const genomics::Record& record, Issues& issues, std::vector<std::string>& resources);
  void finish(std::vector<std::string>& resources);
  const VariantCounts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::mapping
