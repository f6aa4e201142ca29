// Genotypes: `0/1`, `1|2`, `.`, and from 4.4 `|0|1` with a mark of phase before the first allele.
//
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, section 1.6.2 (GT)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace meridian::genomics {

struct Genotype {
  static constexpr std::uint32_t kMissing = UINT32_MAX;
  struct Allele {
    std::uint32_t index = kMissing;  ///< 0: the reference
    bool is_phased = false;
  };
  std::vector<Allele> alleles;
  bool ends_open = false;  ///< a separator stands at the end; seen, and read as if it were not there

  bool is_phased() const;  ///< every allele is, and there are two at least
  bool is_missing() const;
  /// Called, and nothing but the reference.
  bool is_reference() const;
};

/// Nullopt: this is no genotype. At most `kMostPloidy` alleles are read.
inline constexpr std::size_t kMostPloidy = 1'000;
std::optional<Genotype> parse_genotype(std::string_view text);

/// The same without memory: ploidy and the greatest allele. Ploidy 0: no genotype.
struct GenotypeShape {
  std::uint32_t ploidy = 0;
  std::uint32_t greatest = 0;
  bool ends_open = false;
};
GenotypeShape genotype_shape(std::string_view text);

}  // namespace meridian::genomics
