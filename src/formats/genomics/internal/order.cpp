#include "formats/genomics/internal/order.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "formats/genomics/allele.hpp"
#include "formats/genomics/faults.hpp"
#include "formats/genomics/internal/record_parser.hpp"

namespace meridian::genomics::internal {
namespace {

constexpr std::size_t kMostInWindow = 4'096;

std::uint64_t mixed(std::string_view ref, std::string_view alt) {
  return hash64(ref) * 0x9E3779B97F4A7C15ULL ^ hash64(alt);
}

}  // namespace

void Order::check(const Record& record, const Limits& limits, Issues& issues) {
  // `<1>` is contig 1 of the assembly file.
  std::string_view contig = record.chrom;
  if (contig.size() > 2 && contig.front() == '<' && contig.back() == '>') contig = contig.substr(1, contig.size() - 2);
  if (contig != contig_) {
    contig_ = contig;
    window_.clear();
    if (seen_.size() < limits.max_contigs && !seen_.insert(contig_).second) {
      issues.add(record_fault(record, IssueType::structure, faults::kScattered, "CHROM", record.chrom, {}));
    }
  } else if (record.pos < pos_) {
    issues.add(record_fault(record, IssueType::structure, faults::kUnsorted, "POS", record.chrom, {}));
    window_.clear();
  }
  pos_ = record.pos;
  look_for_twins(record, issues);
}

void Order::look_for_twins(const Record& record, Issues& issues) {
  std::erase_if(window_, [&](const Variant& variant) { return variant.pos < record.pos; });
  for (const std::string_view whole : record.alts) {
    if (kind_of(whole) != AlleleKind::bases || window_.size() >= kMostInWindow) continue;
    std::string_view ref = record.ref;
    std::string_view alt = whole;
    while (ref.size() > 1 && alt.size() > 1 && ref.back() == alt.back()) {
      ref.remove_suffix(1);
      alt.remove_suffix(1);
    }
    std::uint64_t pos = record.pos;
    while (ref.size() > 1 && alt.size() > 1 && ref.front() == alt.front()) {
      ref.remove_prefix(1);
      alt.remove_prefix(1);
      ++pos;
    }
    const Variant variant{pos, mixed(ref, alt)};
    if (std::find(window_.begin(), window_.end(), variant) != window_.end()) {
      issues.add(record_fault(record, IssueType::duplicate, faults::kDuplicate, "ALT", whole, {}));
    } else {
      window_.push_back(variant);
    }
  }
}

}  // namespace meridian::genomics::internal
