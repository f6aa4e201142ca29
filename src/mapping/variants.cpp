#include "mapping/variants.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>

#include "formats/genomics/allele.hpp"
#include "formats/genomics/genotype.hpp"
#include "formats/genomics/normalise.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/internal/variant_json.hpp"
#include "mapping/messages.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

using genomics::AlleleKind;
using genomics::Genotype;
using genomics::Record;
using internal::CalledVariant;
using internal::VariantSubject;

constexpr std::size_t kMostPhaseSets = 10'000;  // of a sample, on one contig

std::string_view piece(std::string_view text, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t end = text.find(',');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find(','));
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// Digits of JSON for a decimal of VCF: no plus, no bare point, no infinity.
std::string json_decimal(std::string_view text) {
  const auto value = number<double>(text);
  if (!value || !(*value >= 0) || *value > 1e9) return {};
  char digits[32];
  const int size = std::snprintf(digits, sizeof digits, "%.6g", *value);
  return {digits, static_cast<std::size_t>(size)};
}

struct AllelicState {
  std::string_view code;
  std::string_view name;
};

/// Section "allelic state" of the guide, LOINC 53034-5.
AllelicState allelic_state(const Genotype& genotype, std::size_t allele, bool is_mitochondrial) {
  const auto same = static_cast<std::size_t>(std::count_if(genotype.alleles.begin(), genotype.alleles.end(),
                                                           [&](const auto& one) { return one.index == allele; }));
  const bool is_all = same == genotype.alleles.size();
  if (is_mitochondrial)
    return is_all ? AllelicState{"LA6704-6", "Homoplasmic"} : AllelicState{"LA6703-8", "Heteroplasmic"};
  if (genotype.alleles.size() == 1) return {"LA6707-9", "Hemizygous"};
  return is_all ? AllelicState{"LA6705-3", "Homozygous"} : AllelicState{"LA6706-1", "Heterozygous"};
}

}  // namespace

struct VariantMapper::State {
  struct Phased {
    std::string id;
    std::size_t haplotype;
  };
  struct Sample {
    std::size_t column;
    VariantSubject subject;
    std::vector<std::string> results;
    std::map<std::string, Phased, std::less<>> sets;  // the last variant of each, on this contig
  };

  const genomics::Header& header;
  VariantContext context;
  StableIds ids;
  internal::AnnotationColumns columns;
  internal::Assembly assembly;
  std::vector<Sample> samples;
  VariantCounts counts;
  std::string contig;
  bool is_told = false;

  State(const genomics::Header& of, VariantContext with)
      : header(of),
        context(std::move(with)),
        ids(context.tenant_key),
        columns(of),
        assembly(internal::assembly_of(context.assembly.empty() ? of.assembly() : context.assembly)) {
    const auto& names = of.samples();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool is_asked = context.samples.empty() || std::find(context.samples.begin(), context.samples.end(),
                                                                 names[i]) != context.samples.end();
      if (is_asked) samples.push_back({i, {context.patient, context.sample_system, internal::clean(names[i])}, {}, {}});
    }
    if (names.empty() && !context.patient.empty()) samples.push_back({0, {context.patient, {}, {}}, {}, {}});
  }

  std::string id_of(const char* type, const Sample& sample, const std::string& what) const {
    const std::string& whose = sample.subject.sample.empty() ? sample.subject.patient : sample.subject.sample;
    return ids.id(type, context.sample_system, whose + '|' + what).to_string();
  }

  void list(Sample& sample, const std::string& id) {
    if (sample.results.size() < context.max_results) {
      sample.results.push_back(id);
    } else {
      ++counts.unlisted;
    }
  }

  /// The allele itself, trimmed; false: it stands for no variant of its own.
  bool place(const Record& record, std::size_t allele, CalledVariant& variant) const {
    const std::string_view alt = record.alts[allele - 1];
    variant.contig = internal::clean(record.chrom);
    variant.change = internal::change_type(record.ref, alt);
    variant.assembly = assembly;
    switch (genomics::kind_of(alt)) {
      case AlleleKind::bases: {
        if (!genomics::is_bases(record.ref)) return false;
        genomics::Alleles alleles{record.pos, {std::string(record.ref), std::string(alt)}};
        if (!genomics::align_left(alleles, record.chrom, 0, nullptr)) return false;
        variant.from = alleles.pos;
        variant.to = alleles.pos + alleles.all[0].size() - 1;
        variant.ref = std::move(alleles.all[0]);
        variant.alt = std::move(alleles.all[1]);
        variant.change = internal::change_type(variant.ref, variant.alt);
        return true;
      }
      case AlleleKind::symbol:
        variant.from = record.pos;
        variant.to = symbol_end(record, allele);
        variant.copies = json_decimal(piece(record.info_value("CN"), allele - 1));
        return true;
      case AlleleKind::breakend:
      case AlleleKind::single:
        variant.from = record.pos;
        variant.to = record.pos;
        variant.ref = record.ref;
        variant.alt = alt;
        return true;
      default:
        return false;
    }
  }

  /// By SVLEN where it says how much of the reference the allele is of; otherwise by END.
  static std::uint64_t symbol_end(const Record& record, std::size_t allele) {
    const std::string_view type = genomics::symbol_type(record.alts[allele - 1]);
    if (type == "INS") return record.pos;
    const auto length = number<std::int64_t>(piece(record.info_value("SVLEN"), allele - 1));
    if (record.find_info("END") == nullptr && length && *length > INT32_MIN && *length < INT32_MAX) {
      return record.pos + static_cast<std::uint64_t>(*length < 0 ? -*length : *length);
    }
    return record.end();
  }

  void take_depths(const Record& record, const Sample& sample, std::size_t allele, CalledVariant& variant) const {
    if (header.samples().empty()) return;
    const std::string_view depths = record.value(sample.column, "AD");
    std::uint64_t all = 0;
    for (std::size_t i = 0; i <= record.alts.size(); ++i) {
      all += number<std::uint32_t>(piece(depths, i)).value_or(0);
    }
    const auto own = number<std::uint32_t>(piece(depths, allele));
    if (own) variant.depth = std::to_string(*own);
    variant.frequency = json_decimal(piece(record.value(sample.column, "AF"), allele - 1));
    if (variant.frequency.empty() && own && all > 0) {
      char text[32];
      const int size = std::snprintf(text, sizeof text, "%.6g", static_cast<double>(*own) / static_cast<double>(all));
      variant.frequency.assign(text, static_cast<std::size_t>(size));
    }
    if (const std::string_view copies = record.value(sample.column, "CN"); !copies.empty()) {
      variant.copies = json_decimal(copies);
    }
  }

  void take_source(const Record& record, CalledVariant& variant) const {
    using Source = VariantContext::Source;
    if (context.source == Source::somatic || record.find_info("SOMATIC") != nullptr) {
      variant.source = "LA6684-0";
      variant.source_name = "Somatic";
    } else if (context.source == Source::germline) {
      variant.source = "LA6683-2";
      variant.source_name = "Germline";
    }
  }

  void add_phase(const Record& record, Sample& sample, const Genotype& genotype, std::size_t allele,
                 const std::string& id, std::vector<std::string>& resources) {
    const std::string_view set = record.value(sample.column, "PS");
    if (set.empty() || set == "." || !genotype.is_phased() || genotype.alleles.size() != 2) return;
    if (genotype.alleles[0].index == genotype.alleles[1].index) return;
    const std::size_t haplotype = genotype.alleles[0].index == allele ? 0 : 1;
    const auto before = sample.sets.find(set);
    if (before == sample.sets.end()) {
      if (sample.sets.size() < kMostPhaseSets) sample.sets.emplace(set, Phased{id, haplotype});
      return;
    }
    const std::string own = id_of("Observation", sample, "phase|" + before->second.id + '|' + id);
    resources.push_back(
        internal::phase_json(own, before->second.haplotype == haplotype, before->second.id, id, sample.subject));
    list(sample, own);
    ++counts.phases;
    before->second = {id, haplotype};
  }

  void add_allele(const Record& record, Sample& sample, const Genotype* genotype, std::size_t allele,
                  std::vector<std::string>& resources) {
    CalledVariant variant;
    if (!place(record, allele, variant)) {
      ++counts.without;
      return;
    }
    const std::string assembly_name = std::to_string(static_cast<int>(assembly));
    const std::string what =
        assembly_name + '|' + internal::chromosome_name(variant.contig) + '|' + std::to_string(variant.from) + '|' +
        variant.ref + '|' +
        (variant.alt.empty() ? std::string(record.alts[allele - 1]) + std::to_string(variant.to) : variant.alt);
    variant.id = id_of("Observation", sample, "variant|" + what);
    if (genotype != nullptr) {
      const AllelicState state = allelic_state(*genotype, allele, internal::chromosome_name(variant.contig) == "MT");
      variant.state = state.code;
      variant.state_name = state.name;
    }
    take_depths(record, sample, allele, variant);
    take_source(record, variant);
    variant.notes = columns.notes(record, record.alts[allele - 1]);
    resources.push_back(internal::variant_json(variant, sample.subject));
    list(sample, variant.id);
    ++counts.variants;
    if (!variant.notes.significance.empty()) {
      const std::string id = id_of("Observation", sample, "implication|" + what);
      resources.push_back(internal::implication_json(id, variant, sample.subject));
      list(sample, id);
      ++counts.implications;
    }
    if (genotype != nullptr) add_phase(record, sample, *genotype, allele, variant.id, resources);
  }

  void add_sample(const Record& record, Sample& sample, std::vector<std::string>& resources) {
    if (header.samples().empty()) {
      for (std::size_t i = 1; i <= record.alts.size(); ++i) add_allele(record, sample, nullptr, i, resources);
      return;
    }
    const auto genotype = genomics::parse_genotype(record.value(sample.column, "GT"));
    if (!genotype || genotype->is_missing()) {
      ++counts.no_call;
      return;
    }
    bool has_alternate = false;
    for (std::size_t i = 1; i <= record.alts.size(); ++i) {
      const bool is_called = std::any_of(genotype->alleles.begin(), genotype->alleles.end(),
                                         [&](const auto& one) { return one.index == i; });
      if (!is_called) continue;
      has_alternate = true;
      add_allele(record, sample, &*genotype, i, resources);
    }
    if (!has_alternate) ++counts.reference;
  }

  /// Once: what the resources will lack.
  void tell(Issues& issues) {
    if (is_told) return;
    is_told = true;
    if (assembly == internal::Assembly::unknown) {
      issues.add({Severity::warning, IssueType::not_found, kNoAssembly, {}, "##reference"});
    }
    if (samples.empty()) issues.add({Severity::error, IssueType::not_found, kNoSample, {}, "#CHROM"});
  }
};

VariantMapper::VariantMapper(const genomics::Header& header, VariantContext context)
    : state_(std::make_unique<State>(header, std::move(context))) {}
VariantMapper::VariantMapper(VariantMapper&&) noexcept = default;
VariantMapper& VariantMapper::operator=(VariantMapper&&) noexcept = default;
VariantMapper::~VariantMapper() = default;

void VariantMapper::add(const Record& record, Issues& issues, std::vector<std::string>& resources) {
  State& state = *state_;
  state.tell(issues);
  if (record.chrom != state.contig) {
    state.contig = record.chrom;
    for (State::Sample& sample : state.samples) sample.sets.clear();
  }
  if (state.context.filtered == VariantContext::Filtered::left_out && record.filter != "PASS" && record.filter != ".") {
    ++state.counts.filtered;
    return;
  }
  for (State::Sample& sample : state.samples) state.add_sample(record, sample, resources);
}

void VariantMapper::finish(std::vector<std::string>& resources) {
  for (const State::Sample& sample : state_->samples) {
    const std::string id = state_->id_of("DiagnosticReport", sample, "report");
    resources.push_back(internal::variant_report_json(id, sample.results, sample.subject));
  }
}

const VariantCounts& VariantMapper::counts() const {
  return state_->counts;
}

}  // namespace meridian::mapping
