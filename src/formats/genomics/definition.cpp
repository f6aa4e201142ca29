#include "formats/genomics/definition.hpp"

#include <charconv>

namespace meridian::genomics {
namespace {

constexpr std::string_view kTypes[] = {"Integer", "Float", "Flag", "Character", "String"};

}  // namespace

std::string_view name(ValueType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

std::optional<ValueType> value_type(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kTypes); ++i) {
    if (kTypes[i] == name) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

std::string to_string(Count count) {
  switch (count.kind) {
    case Count::Kind::fixed:
      return std::to_string(count.number);
    case Count::Kind::any:
      return ".";
    case Count::Kind::per_alternate:
      return "A";
    case Count::Kind::per_allele:
      return "R";
    case Count::Kind::per_genotype:
      return "G";
    case Count::Kind::per_ploidy:
      return "P";
    case Count::Kind::per_local_allele:
      return "L";
  }
  return {};
}

std::optional<Count> parse_count(std::string_view text, int version) {
  using Kind = Count::Kind;
  if (text == ".") return Count{Kind::any};
  if (text == "A") return Count{Kind::per_alternate};
  // R came with 4.2; files that say 4.1 have it all the same.
  if (text == "R") return Count{Kind::per_allele};
  if (text == "G") return Count{Kind::per_genotype};
  if (text == "P" && version >= 4) return Count{Kind::per_ploidy};
  if (version >= 5 && (text == "LA" || text == "LR" || text == "LG" || text == "M")) {
    return Count{Kind::per_local_allele};
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return Count{Kind::fixed, number};
}

std::uint64_t genotype_count(std::uint64_t alleles, std::uint64_t ploidy) {
  // Combinations of `ploidy` out of `alleles`, with repetition. Each division is without a rest.
  std::uint64_t count = 1;
  for (std::uint64_t i = 1; i <= ploidy; ++i) {
    const std::uint64_t factor = alleles + i - 1;
    if (factor > kMostGenotypes || count > kMostGenotypes) return kMostGenotypes;
    count = count * factor / i;
  }
  return count < kMostGenotypes ? count : kMostGenotypes;
}

}  // namespace meridian::genomics
