// What a variant's record says of genes, changes and significance, whoever annotated it, and the codes for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"

namespace meridian::mapping::internal {

struct VariantCode {
  std::string_view system;
  std::string code;
  std::string display;
};

/// Of one allele, from ANN (SnpEff), CSQ (VEP), GENEINFO and CLNSIG (ClinVar); what is not said is empty.
struct VariantNotes {
  std::string gene;                   ///< symbol
  std::string gene_id;                ///< of HGNC, `HGNC:1100`
  std::string transcript;             ///< `NM_000059.4`
  std::string coding_change;          ///< HGVS: `NM_000059.4:c.68del`
  std::string protein_change;         ///< HGVS: `NP_000050.3:p.…`
  std::vector<VariantCode> known_as;  ///< dbSNP, ClinVar
  std::vector<VariantCode> significance;
  std::vector<std::string> conditions;
};

/// Which column of CSQ is which: its Description says.
class AnnotationColumns {
 public:
  explicit AnnotationColumns(const genomics::Header& header);
  VariantNotes notes(const genomics::Record& record, std::string_view alt) const;

 private:
  void take_csq(std::string_view entry, VariantNotes& notes) const;
  std::size_t column(std::string_view name) const;
  std::vector<std::string> csq_;  // names of columns
  bool is_clinvar_ = false;       // ID is ClinVar's number
};

enum class Assembly : std::uint8_t { unknown, grch37, grch38 };
/// `GRCh38`, `hg19`, `file:///…/human_g1k_v37.fasta`
Assembly assembly_of(std::string_view text);
/// `1` or `chr1` to `NC_000001.11`; empty: not known.
std::string reference_sequence(std::string_view contig, Assembly assembly);
/// Without `chr`; `MT` for the mitochondrion.
std::string chromosome_name(std::string_view contig);
/// Sequence Ontology
VariantCode change_type(std::string_view ref, std::string_view alt);

}  // namespace meridian::mapping::internal
