// What a header or the specification says of a field of INFO or FORMAT: how many values it has, and of which type.
//
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, sections 1.4.2 and 1.4.4
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::genomics {

enum class ValueType : std::uint8_t { integer, floating, flag, character, string };
std::string_view name(ValueType type);  ///< "Integer", "Float"
std::optional<ValueType> value_type(std::string_view name);

/// The Number of a field.
struct Count {
  enum class Kind : std::uint8_t {
    fixed,             ///< as `number` says
    any,               ///< `.`
    per_alternate,     ///< A
    per_allele,        ///< R
    per_genotype,      ///< G
    per_ploidy,        ///< P, from 4.4
    per_local_allele,  ///< LA, LR, LG and M, from 4.5: depend on the sample's own alleles or on the bases
  };
  Kind kind = Kind::any;
  std::uint32_t number = 0;
  bool operator==(const Count&) const = default;
};
std::string to_string(Count count);
/// `version` is the minor version: 1 to 5.
std::optional<Count> parse_count(std::string_view text, int version);

struct FieldDefinition {
  std::string id;
  Count count;
  ValueType type = ValueType::string;
  std::string description;
  bool is_declared = false;      ///< by a line of the header; otherwise reserved, or seen without one
  bool is_non_negative = false;  ///< what the specification's own key may not be
};

/// How many genotypes there are of so many alleles (the reference included); capped at `kMostGenotypes`.
inline constexpr std::uint64_t kMostGenotypes = 1'000'000'000;
std::uint64_t genotype_count(std::uint64_t alleles, std::uint64_t ploidy);

}  // namespace meridian::genomics
