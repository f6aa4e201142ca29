// Alleles of ALT: bases, symbols such as <DEL>, breakends, and the stars.
//
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, sections 1.6.1 and 5.4
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meridian::genomics {

enum class AlleleKind : std::uint8_t {
  bases,
  missing,      ///< `.`: no alternate
  overlapping,  ///< `*`: gone by a deletion further up
  unspecified,  ///< `<*>` or `<NON_REF>`: any other allele
  symbol,       ///< `<DEL>`, `<DUP:TANDEM>`
  breakend,     ///< `G[17:198982[`
  single,       ///< `.A`, `A.`: a breakend whose mate is not known
  wrong,
};
AlleleKind kind_of(std::string_view allele);

bool is_bases(std::string_view text);  ///< A, C, G, T, N, of either case; not empty
/// What may stand between the angle brackets of ALT: any word, or one of the specification's with parts behind colons.
bool is_symbol(std::string_view id, int version);
/// The word of a symbol before its first colon: DEL of `<DEL:ME>`. Empty: no symbol.
std::string_view symbol_type(std::string_view allele);
bool is_contig_name(std::string_view name, int version);

struct Breakend {
  std::string_view bases;   ///< that stand for REF, inserted ones among them
  std::string_view contig;  ///< of the mate; without angle brackets
  std::uint64_t position = 0;
  bool joins_after = false;    ///< the mate's piece comes after these bases: t[p[ and t]p]
  bool extends_right = false;  ///< the mate's piece extends to the right of its position: [p[
};
std::optional<Breakend> parse_breakend(std::string_view allele);

}  // namespace meridian::genomics
