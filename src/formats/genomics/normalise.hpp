// Normaliser: one way to write each variant. Records of several alternates become one each, alleles lose what they
// share, and insertions and deletions move as far left as the reference lets them.
//
//   Normaliser normaliser(header, options, reference);
//   normaliser.add(record, issues, out);            // appends lines of VCF that are ready, in order
//   normaliser.finish(out);
//
// Without a reference nothing moves: alleles are split and trimmed only. Symbols, breakends and stars stay as they are,
// and so does a record whose REF is not what the reference has (kReferenceDiffers). Splitting cuts the values of Number
// A, R and G to the allele, as `bcftools norm -m-` does; genotypes keep that allele as 1 and take others for 0.
// Memory: the records of `window` bases. Records must come in order. Threads: one at a time.
// Specification: Tan, Abecasis, Kang (2015), https://doi.org/10.1093/bioinformatics/btv112
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"
#include "formats/genomics/reference.hpp"

namespace meridian::genomics {

enum class Split : std::uint8_t { no, yes };
enum class Trim : std::uint8_t { no, yes };

struct NormaliseOptions {
  Split split = Split::yes;
  Trim trim = Trim::yes;             ///< no: split only, whatever the reference
  std::uint64_t window = 1'000;      ///< how far a variant may move left
  std::size_t max_held = 1'000'000;  ///< records held back to be sorted
};

/// Where alleles stand and what they are; the reference first.
struct Alleles {
  std::uint64_t pos = 0;
  std::vector<std::string> all;
};
/// Trims what all share, and moves left by at most `window` bases with a reference. Not for symbols.
Result<> align_left(Alleles& alleles, std::string_view contig, std::uint64_t window, Reference* reference);

class Normaliser {
 public:
  /// Both outlive it; `reference` may be null.
  Normaliser(const Header& header, const NormaliseOptions& options, Reference* reference)
      : header_(header), options_(options), reference_(reference) {}

  Result<> add(const Record& record, Issues& issues, std::string& out);
  void finish(std::string& out);

  std::uint64_t split() const { return split_; }      ///< records made several
  std::uint64_t changed() const { return changed_; }  ///< written in another way or at another place

 private:
  Result<> place(const Record& record, Issues& issues);
  void give_out(std::uint64_t before, std::string& out);

  const Header& header_;
  NormaliseOptions options_;
  Reference* reference_;
  std::string contig_;
  std::multimap<std::uint64_t, std::string> held_;
  std::uint64_t split_ = 0;
  std::uint64_t changed_ = 0;
};

}  // namespace meridian::genomics
