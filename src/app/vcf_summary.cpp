#include "app/vcf_summary.hpp"

#include <fmt/format.h>

#include "app/progress.hpp"
#include "app/report.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/genomics/allele.hpp"

namespace meridian::app {
namespace {

constexpr std::size_t kMostContigs = 10'000;

const char* kind(const genomics::Record& record, std::string_view alt) {
  using genomics::AlleleKind;
  switch (genomics::kind_of(alt)) {
    case AlleleKind::bases:
      if (record.ref.size() == alt.size()) return alt.size() == 1 ? "SNV" : "MNV";
      return record.ref.size() < alt.size() ? "insertion" : "deletion";
    case AlleleKind::symbol:
      return "symbolic";
    case AlleleKind::breakend:
    case AlleleKind::single:
      return "breakend";
    default:
      return "other";
  }
}

bool is_transition(char a, char b) {
  const auto is = [&](char x, char y) { return (a == x && b == y) || (a == y && b == x); };
  return is('A', 'G') || is('C', 'T') || is('a', 'g') || is('c', 't');
}

}  // namespace

void VcfSummary::add(const genomics::Record& record) {
  ++records_;
  if (record.filter == "PASS") ++passed_;
  if (record.alts.size() > 1) ++multiallelic_;
  if (const auto known = contigs_.find(std::string(record.chrom)); known != contigs_.end()) {
    ++known->second;
  } else if (contigs_.size() < kMostContigs) {
    contigs_.emplace(record.chrom, 1);
  }
  for (const std::string_view alt : record.alts) {
    const std::string_view what = kind(record, alt);
    ++kinds_[std::string(what)];
    if (what == "SNV") ++(is_transition(record.ref[0], alt[0]) ? transitions_ : transversions_);
  }
}

std::string VcfSummary::text(const std::string& file, const genomics::Header& header) const {
  std::string out = fmt::format("{}: VCF 4.{}, {}, {}", file, header.version(), counted(records_, "record"),
                                counted(header.samples().size(), "sample"));
  if (!header.assembly().empty()) out += fmt::format(", of {}", header.assembly());
  out += '\n';
  std::string line;
  for (const auto& [what, count] : kinds_)
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", human_count(count), what);
  if (!line.empty()) out += "  alternates  " + line + '\n';
  if (transversions_ > 0) {
    out +=
        fmt::format("  Ti/Tv       {:.2f}\n", static_cast<double>(transitions_) / static_cast<double>(transversions_));
  }
  if (records_ > 0) {
    out += fmt::format("  records     {} passed, {} with several alternates\n", human_count(passed_),
                       human_count(multiallelic_));
  }
  line.clear();
  std::size_t told = 0;
  for (const auto& [contig, count] : contigs_) {
    if (++told > 30) break;
    line += fmt::format("{}{}: {}", line.empty() ? "" : ", ", contig, human_count(count));
  }
  if (contigs_.size() > 30) line += fmt::format(", and {} more", contigs_.size() - 30);
  if (!line.empty()) out += "  contigs     " + line + '\n';
  return out;
}

std::string VcfSummary::json(const std::string& file, const genomics::Header& header) const {
  fhir::JsonWriter json;
  const auto number = [&](const char* key, std::uint64_t value) {
    json.key(key).number(static_cast<std::int64_t>(value));
  };
  json.begin_object().key("file").string(file).key("version").string(fmt::format("4.{}", header.version()));
  json.key("samples").begin_array();
  for (const std::string& sample : header.samples()) json.string(sample);
  json.end_array();
  if (!header.assembly().empty()) json.key("assembly").string(header.assembly());
  number("records", records_);
  number("passed", passed_);
  number("multiallelic", multiallelic_);
  number("transitions", transitions_);
  number("transversions", transversions_);
  json.key("alternates").begin_object();
  for (const auto& [what, count] : kinds_) number(what.c_str(), count);
  json.end_object().key("contigs").begin_object();
  for (const auto& [contig, count] : contigs_) number(contig.c_str(), count);
  json.end_object().end_object();
  return std::move(json).take() + '\n';
}

}  // namespace meridian::app
