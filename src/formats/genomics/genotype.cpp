#include "formats/genomics/genotype.hpp"

#include <algorithm>

#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics {
namespace {

using internal::is_digit;

/// Calls `use` with each allele and the separator before it (0: none); false: this is no genotype.
template <typename Use>
bool walk(std::string_view text, bool& ends_open, Use use) {
  constexpr std::uint32_t kMostIndex = 1'000'000'000;
  const char* at = text.data();
  const char* const end = at + text.size();
  char separator = 0;
  if (at != end && (*at == '/' || *at == '|')) separator = *at++;
  while (true) {
    if (at == end) return false;
    std::uint32_t index = Genotype::kMissing;
    if (*at == '.') {
      ++at;
    } else if (is_digit(*at)) {
      index = 0;
      while (at != end && is_digit(*at)) {
        index = index * 10 + static_cast<std::uint32_t>(*at++ - '0');
        if (index > kMostIndex) return false;
      }
    } else {
      return false;
    }
    use(index, separator);
    if (at == end) return true;
    if (*at != '/' && *at != '|') return false;
    separator = *at++;
    if (at == end) {
      ends_open = true;
      return true;
    }
  }
}

}  // namespace

std::optional<Genotype> parse_genotype(std::string_view text) {
  Genotype genotype;
  char first = 0;
  bool has_slash = false;
  const bool is_one = walk(text, genotype.ends_open, [&](std::uint32_t index, char separator) {
    if (genotype.alleles.empty()) {
      first = separator;
    } else {
      has_slash |= separator == '/';
    }
    if (genotype.alleles.size() < kMostPloidy) genotype.alleles.push_back({index, separator == '|'});
  });
  if (!is_one) return std::nullopt;
  // Without a mark, the first allele is phased if all others are; one allele alone is.
  if (first == 0) genotype.alleles[0].is_phased = !has_slash;
  return genotype;
}

bool Genotype::is_phased() const {
  return alleles.size() > 1 && std::all_of(alleles.begin(), alleles.end(), [](const Allele& a) { return a.is_phased; });
}

bool Genotype::is_missing() const {
  return std::all_of(alleles.begin(), alleles.end(), [](const Allele& a) { return a.index == kMissing; });
}

bool Genotype::is_reference() const {
  return std::all_of(alleles.begin(), alleles.end(), [](const Allele& a) { return a.index == 0; });
}

GenotypeShape genotype_shape(std::string_view text) {
  GenotypeShape shape;
  // What nearly all are: one digit, a separator, one digit.
  if (text.size() == 3 && is_digit(text[0]) && is_digit(text[2]) && (text[1] == '|' || text[1] == '/')) {
    shape.ploidy = 2;
    shape.greatest = static_cast<std::uint32_t>(std::max(text[0], text[2]) - '0');
    return shape;
  }
  const bool is_one = walk(text, shape.ends_open, [&](std::uint32_t index, char) {
    ++shape.ploidy;
    if (index != Genotype::kMissing) shape.greatest = std::max(shape.greatest, index);
  });
  if (!is_one) shape.ploidy = 0;
  return shape;
}

}  // namespace meridian::genomics
