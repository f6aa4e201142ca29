// What 4.4 and later ask of structural variants: SVLEN, SVCLAIM, copy numbers, tandem repeats, phase sets.
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, sections 3, 4 and 5.6
#include <cmath>
#include <cstdlib>

#include "formats/genomics/allele.hpp"
#include "formats/genomics/faults.hpp"
#include "formats/genomics/genotype.hpp"
#include "formats/genomics/internal/record_parser.hpp"
#include "formats/genomics/internal/text.hpp"
#include "formats/genomics/internal/values.hpp"

namespace meridian::genomics::internal {
namespace {

std::optional<double> real(std::string_view text) {
  if (!is_float(text)) return std::nullopt;
  return std::strtod(std::string(text).c_str(), nullptr);
}

class Structural {
 public:
  Structural(const Record& record, Issues& issues) : record_(record), issues_(issues) {}

  void check() {
    bool has_symbol = false;
    for (std::size_t i = 0; i < record_.alts.size(); ++i) {
      has_symbol |= kind_of(record_.alts[i]) == AlleleKind::symbol;
      check_allele(i);
    }
    check_intervals();
    if (has_symbol) {
      check_copy_lengths();
      check_repeats();
    }
    check_samples();
  }

 private:
  void add(const Message& message, const std::string& where, std::string_view at,
           std::vector<std::string> arguments = {}, Severity severity = Severity::error) {
    issues_.add(record_fault(record_, IssueType::business_rule, message, where, at, std::move(arguments), severity));
  }
  std::string_view of_allele(std::string_view key, std::size_t allele) const {
    return piece(record_.info_value(key), ',', allele);
  }
  static bool is_missing(std::string_view value) { return value.empty() || value == "."; }

  void check_allele(std::size_t i) {
    const std::string_view allele = record_.alts[i];
    const AlleleKind kind = kind_of(allele);
    const std::string_view length = of_allele("SVLEN", i);
    if (kind == AlleleKind::bases) {
      if (!is_missing(length)) add(faults::kSvLengthOfBases, "INFO/SVLEN", length);
      return;
    }
    const std::string_view type = symbol_type(allele);
    const bool is_copy = type == "DEL" || type == "DUP";
    const bool has_length = is_copy || type == "CNV" || type == "INS";
    if (has_length && is_missing(length)) add(faults::kSvLength, "ALT", allele, {std::string(allele)});
    const std::string_view claim = of_allele("SVCLAIM", i);
    if (is_missing(claim)) {
      if (is_copy) add(faults::kSvClaim, "ALT", allele, {std::string(allele), "D, J or DJ"});
      return;
    }
    if (claim != "D" && claim != "J" && claim != "DJ") {
      add(faults::kSvClaim, "INFO/SVCLAIM", claim, {std::string(allele), "D, J or DJ"});
    } else if (type == "CNV" && claim != "D") {
      add(faults::kSvClaim, "INFO/SVCLAIM", claim, {std::string(allele), "D"});
    } else if ((type == "INS" || type == "INV" || kind == AlleleKind::breakend) && claim != "J") {
      add(faults::kSvClaim, "INFO/SVCLAIM", claim, {std::string(allele), "J"});
    }
  }

  /// Lists of pairs, from below 0 to above it.
  void check_interval(std::string_view text, const std::string& where, std::uint64_t pairs) {
    if (is_missing(text)) return;
    if (count_pieces(text, ',') != 2 * pairs) {
      add(faults::kCount, where, text,
          {std::to_string(count_pieces(text, ',')), std::to_string(2 * pairs), "two each"});
      return;
    }
    for (std::size_t i = 0; i < pairs; ++i) {
      const auto low = real(piece(text, ',', 2 * i));
      const auto high = real(piece(text, ',', 2 * i + 1));
      if ((low && *low > 0) || (high && *high < 0)) add(faults::kInterval, where, text);
    }
  }

  void check_intervals() {
    const std::uint64_t alleles = record_.alts.size();
    if (alleles == 0) return;
    for (const char* key : {"CIPOS", "CIEND", "CILEN", "CICN"}) {
      const std::string_view text = record_.info_value(key);
      if (!text.empty()) check_interval(text, "INFO/" + std::string(key), alleles);
    }
    for (const char* key : {"MEINFO", "METRANS"}) {
      const std::string_view text = record_.info_value(key);
      if (is_missing(text) || count_pieces(text, ',') == 4 * alleles) continue;
      add(faults::kCount, "INFO/" + std::string(key), text,
          {std::to_string(count_pieces(text, ',')), std::to_string(4 * alleles), "four each"});
    }
  }

  /// Section 1.6.2 (CN): all alleles that it counts have one length.
  void check_copy_lengths() {
    if (!record_.find_format("CN")) return;
    std::string_view first;
    for (std::size_t i = 0; i < record_.alts.size(); ++i) {
      const std::string_view type = symbol_type(record_.alts[i]);
      if (type != "DEL" && type != "DUP" && type != "CNV") continue;
      const std::string_view length = of_allele("SVLEN", i);
      if (is_missing(length)) continue;
      if (first.empty()) first = length;
      if (length != first) add(faults::kCopyLengths, "INFO/SVLEN", length);
    }
  }

  /// Section 5.6: RN repeats an allele, and as many values in all the lists.
  void check_repeats() {
    std::uint64_t repeats = 0;
    for (std::size_t i = 0; i < record_.alts.size(); ++i) {
      if (record_.alts[i] != "<CNV:TR>") continue;
      repeats += number_of<std::uint32_t>(of_allele("RN", i)).value_or(1);
    }
    if (repeats == 0) return;
    const std::string_view units = record_.info_value("RUS");
    const std::string_view lengths = record_.info_value("RUL");
    if (is_missing(units) && is_missing(lengths)) add(faults::kRepeatUnit, "ALT", record_.alt);
    const auto as_many = [&](const char* key, std::uint64_t each) {
      const std::string_view text = record_.info_value(key);
      if (is_missing(text) || count_pieces(text, ',') == repeats * each) return;
      add(faults::kCount, "INFO/" + std::string(key), text,
          {std::to_string(count_pieces(text, ',')), std::to_string(repeats * each), "RN"});
    };
    for (const char* key : {"RUS", "RUL", "RUC", "RB"}) as_many(key, 1);
    for (const char* key : {"CIRUC", "CIRB"}) as_many(key, 2);
    check_units(units, lengths, repeats);
  }

  void check_units(std::string_view units, std::string_view lengths, std::uint64_t repeats) {
    const std::string_view counts = record_.info_value("RUC");
    const std::string_view bases = record_.info_value("RB");
    double in_all = 0;
    bool are_whole = true;
    for (std::uint64_t i = 0; i < repeats && i < record_.info_text.size(); ++i) {
      const std::string_view unit = piece(units, ',', i);
      const auto length = number_of<std::uint64_t>(piece(lengths, ',', i));
      if (length && !is_missing(unit) && *length != unit.size()) add(faults::kRepeatLength, "INFO/RUL", lengths);
      const auto count = real(piece(counts, ',', i));
      const auto total = real(piece(bases, ',', i));
      if (count) {
        in_all += *count;
        are_whole &= *count == std::floor(*count);
      }
      const double each = length             ? static_cast<double>(*length)
                          : is_missing(unit) ? 0
                                             : static_cast<double>(unit.size());
      if (count && total && each > 0 && std::abs(*count * each - *total) >= each) {
        add(faults::kRepeatBases, "INFO/RB", bases, {}, Severity::warning);
      }
    }
    const std::string_view each = record_.info_value("RUB");
    if (is_missing(each) || is_missing(counts)) return;
    if (!are_whole || static_cast<double>(count_pieces(each, ',')) != in_all) {
      add(faults::kRepeatCounts, "INFO/RUB", each);
    }
  }

  void check_samples() {
    const auto interval = record_.find_format("CICN");
    if (interval && !record_.find_format("CN")) add(faults::kNeedsCopies, "FORMAT", record_.format_text);
    const auto sets = record_.find_format("PSL");
    if (!interval && !sets) return;
    for (std::size_t i = 0; i < record_.samples.size(); ++i) {
      const std::string where = "sample " + std::to_string(i + 1);
      if (interval) {
        const std::string_view text = record_.value(i, *interval);
        if (count_pieces(text, ',') == 2) check_interval(text, where + ", CICN", 1);
      }
      if (sets) check_phase_sets(i, *sets, where);
    }
  }

  /// An allele that is not phased is in no set; what is in none has no ordinal and no quality.
  void check_phase_sets(std::size_t sample, std::size_t field, const std::string& where) {
    const std::string_view sets = record_.value(sample, field);
    const auto genotype = parse_genotype(record_.value(sample, std::size_t{0}));
    if (is_missing(sets) || !genotype) return;
    const std::string_view ordinals = record_.value(sample, "PSO");
    const std::string_view qualities = record_.value(sample, "PSQ");
    for (std::size_t i = 0; i < genotype->alleles.size(); ++i) {
      const bool is_in = !is_missing(piece(sets, ',', i));
      if (is_in && !genotype->alleles[i].is_phased) add(faults::kPhaseSet, where + ", PSL", sets, {"PSL"});
      if (is_in) continue;
      if (!is_missing(piece(ordinals, ',', i))) add(faults::kPhaseSet, where + ", PSO", ordinals, {"PSO"});
      if (!is_missing(piece(qualities, ',', i))) add(faults::kPhaseSet, where + ", PSQ", qualities, {"PSQ"});
    }
  }

  const Record& record_;
  Issues& issues_;
};

}  // namespace

void check_structural(const Record& record, int version, Issues& issues) {
  if (version >= 4) Structural(record, issues).check();
}

}  // namespace meridian::genomics::internal
