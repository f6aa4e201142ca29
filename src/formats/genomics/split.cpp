#include "formats/genomics/split.hpp"

#include <vector>

#include "formats/genomics/genotype.hpp"
#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics {
namespace {

/// Where the genotype of alleles a <= b stands in a list of two chromosomes.
std::size_t diploid_place(std::size_t a, std::size_t b) {
  return b * (b + 1) / 2 + a;
}

void append_pieces(std::string_view value, const std::vector<std::size_t>& places, std::string& out) {
  bool is_first = true;
  for (const std::size_t place : places) {
    if (!is_first) out += ',';
    out.append(internal::piece(value, ',', place));
    is_first = false;
  }
}

/// The values of the allele; everything where there are not as many as there should be.
void append_values(std::string_view value, Count count, std::size_t alternates, std::size_t allele, std::string& out) {
  const std::size_t values = internal::count_pieces(value, ',');
  const std::size_t alleles = alternates + 1;
  const bool is_per_genotype = count.kind == Count::Kind::per_genotype;
  // Of one chromosome, as many genotypes as alleles.
  const bool is_per_allele = (count.kind == Count::Kind::per_allele || is_per_genotype) && values == alleles;
  if (count.kind == Count::Kind::per_alternate && values == alternates) {
    append_pieces(value, {allele - 1}, out);
  } else if (is_per_allele) {
    append_pieces(value, {0, allele}, out);
  } else if (is_per_genotype && values == genotype_count(alleles, 2)) {
    append_pieces(value, {0, diploid_place(0, allele), diploid_place(allele, allele)}, out);
  } else {
    out.append(value);
  }
}

/// Separators stay as they are.
void append_genotype(std::string_view value, std::size_t allele, std::string& out) {
  for (std::size_t i = 0; i < value.size();) {
    if (!internal::is_digit(value[i])) {
      out += value[i++];
      continue;
    }
    std::size_t index = 0;
    for (; i < value.size() && internal::is_digit(value[i]); ++i) {
      index = index * 10 + static_cast<std::size_t>(value[i] - '0');
    }
    out += index == allele ? '1' : '0';
  }
}

}  // namespace

std::string split_info(const Record& record, std::size_t allele) {
  if (record.info.empty()) return std::string(record.info_text);
  std::string out;
  for (const InfoField& field : record.info) {
    if (!out.empty()) out += ';';
    out.append(field.key);
    if (!field.has_value) continue;
    out += '=';
    if (field.definition == nullptr) {
      out.append(field.value);
    } else {
      append_values(field.value, field.definition->count, record.alts.size(), allele, out);
    }
  }
  return out;
}

std::string split_sample(const Record& record, std::size_t sample, std::size_t allele) {
  std::string out;
  std::size_t field = 0;
  internal::each_piece(record.samples[sample], ':', [&](std::string_view value) {
    if (field > 0) out += ':';
    const FormatField* about = field < record.format.size() ? &record.format[field] : nullptr;
    if (about != nullptr && about->key == "GT") {
      append_genotype(value, allele, out);
    } else if (about != nullptr && about->definition != nullptr) {
      append_values(value, about->definition->count, record.alts.size(), allele, out);
    } else {
      out.append(value);
    }
    ++field;
  });
  return out;
}

}  // namespace meridian::genomics
