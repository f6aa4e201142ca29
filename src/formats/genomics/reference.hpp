// Reference: the sequence that variants are told against, piece by piece.
//
// A FASTA file is read through its index (.fai) and may be BGZF (.gzi); the index is asked for, never made. Threads:
// one at a time. Specification: https://samtools.github.io/hts-specs (faidx)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::genomics {

class Reference {
 public:
  virtual ~Reference() = default;
  /// Bases from `from` on, counted from 1, in capitals; fewer at the end of the contig, none beyond it or of a contig
  /// that is not there.
  virtual Result<std::string> bases(std::string_view contig, std::uint64_t from, std::uint64_t count) = 0;
};

Result<std::unique_ptr<Reference>> open_fasta(const std::string& path);

}  // namespace meridian::genomics
