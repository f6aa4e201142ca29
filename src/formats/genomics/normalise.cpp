#include "formats/genomics/normalise.hpp"

#include <algorithm>

#include "formats/genomics/allele.hpp"
#include "formats/genomics/faults.hpp"
#include "formats/genomics/internal/record_parser.hpp"
#include "formats/genomics/internal/text.hpp"
#include "formats/genomics/split.hpp"

namespace meridian::genomics {
namespace {

constexpr std::uint64_t kStep = 100;  // bases fetched at a time

char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
}

bool same_bases(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return capital(x) == capital(y); });
}

/// Whether every allele ends (or begins) with the same base, as seen by `at`.
template <typename At>
bool all_share(const std::vector<std::string>& alleles, At at) {
  return std::all_of(alleles.begin(), alleles.end(),
                     [&](const std::string& one) { return capital(at(one)) == capital(at(alleles[0])); });
}

bool all_longer_than(const std::vector<std::string>& alleles, std::size_t size) {
  return std::all_of(alleles.begin(), alleles.end(), [&](const std::string& one) { return one.size() > size; });
}

void trim_left(Alleles& alleles) {
  std::size_t shared = 0;
  while (all_longer_than(alleles.all, shared + 1) &&
         all_share(alleles.all, [&](const std::string& one) { return one[shared]; })) {
    ++shared;
  }
  for (std::string& one : alleles.all) one.erase(0, shared);
  alleles.pos += shared;
}

bool can_move(const Record& record) {
  return is_bases(record.ref) && std::all_of(record.alts.begin(), record.alts.end(),
                                             [](std::string_view alt) { return kind_of(alt) == AlleleKind::bases; });
}

/// END follows REF where it says no more than REF does.
void move_end(const Record& record, std::uint64_t end, std::string& info) {
  const InfoField* field = record.find_info("END");
  if (field == nullptr) return;
  const auto said = internal::number_of<std::uint64_t>(field->value);
  if (!said || *said != record.pos + record.ref.size() - 1) return;
  const std::string before = "END=" + std::string(field->value);
  const std::size_t at = info.starts_with(before) ? 0 : info.find(";" + before);
  if (at == std::string::npos) return;
  info.replace(at + (at == 0 ? 0 : 1), before.size(), "END=" + std::to_string(end));
}

}  // namespace

Result<> align_left(Alleles& alleles, std::string_view contig, std::uint64_t window, Reference* reference) {
  std::vector<std::string>& all = alleles.all;
  std::string before;  // bases before alleles.pos, the nearest last
  std::uint64_t moved = 0;
  while (true) {
    const bool may_be_empty = reference != nullptr && alleles.pos > 1 && moved < window;
    if (!all_longer_than(all, may_be_empty ? 0 : 1)) break;
    if (!all_share(all, [](const std::string& one) { return one.back(); })) break;
    // An allele that becomes empty gets the base before it, which must be known first.
    const bool gets_empty = !all_longer_than(all, 1);
    if (gets_empty && all.size() == 1) break;
    if (gets_empty && before.empty()) {
      const std::uint64_t count = std::min(kStep, alleles.pos - 1);
      before = TRY(reference->bases(contig, alleles.pos - count, count));
      if (before.size() != count) break;
    }
    for (std::string& one : all) one.pop_back();
    if (!gets_empty) continue;
    for (std::string& one : all) one.insert(one.begin(), before.back());
    before.pop_back();
    --alleles.pos;
    ++moved;
  }
  trim_left(alleles);
  return {};
}

Result<> Normaliser::add(const Record& record, Issues& issues, std::string& out) {
  if (record.chrom != contig_) {
    give_out(UINT64_MAX, out);
    contig_ = record.chrom;
  }
  give_out(record.pos > options_.window ? record.pos - options_.window : 0, out);
  if (options_.split == Split::no || record.alts.size() < 2) {
    TRY(place(record, issues));
  } else {
    ++split_;
    Record one = record;
    std::string info;
    std::vector<std::string> samples(record.samples.size());
    for (std::size_t allele = 1; allele <= record.alts.size(); ++allele) {
      info = split_info(record, allele);
      one.info_text = info;
      one.info.clear();
      one.alts.assign(1, record.alts[allele - 1]);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = split_sample(record, i, allele);
        one.samples[i] = samples[i];
      }
      // END is looked up there.
      internal::each_piece(info, ';', [&](std::string_view text) {
        if (text.starts_with("END=")) one.info.push_back({text.substr(0, 3), text.substr(4), true, nullptr});
      });
      TRY(place(one, issues));
    }
  }
  if (held_.size() > options_.max_held) {
    return fail(ErrorCode::too_large, "more records than max_held lie within one window");
  }
  return {};
}

Result<> Normaliser::place(const Record& record, Issues& issues) {
  Alleles alleles{record.pos, {}};
  alleles.all.emplace_back(record.ref);
  for (const std::string_view alt : record.alts) alleles.all.emplace_back(alt);
  bool is_moved = options_.trim == Trim::yes && can_move(record) && record.pos > 0;
  if (is_moved && reference_ != nullptr) {
    const std::string there = TRY(reference_->bases(record.chrom, record.pos, record.ref.size()));
    if (!same_bases(there, record.ref)) {
      is_moved = false;
      issues.add(internal::record_fault(record, IssueType::conflict, faults::kReferenceDiffers, "REF", record.ref, {},
                                        Severity::warning));
    }
  }
  if (is_moved && alleles.all.size() > 1) {
    TRY(align_left(alleles, record.chrom, options_.window, reference_));
  } else if (is_moved) {
    alleles.all[0].resize(1);  // no alternate: the first base says where
  }
  const bool is_changed = alleles.pos != record.pos || alleles.all[0] != record.ref;
  changed_ += is_changed ? 1 : 0;

  Record moved = record;
  moved.pos = alleles.pos;
  moved.ref = alleles.all[0];
  for (std::size_t i = 0; i < moved.alts.size(); ++i) moved.alts[i] = alleles.all[i + 1];
  std::string info(record.info_text);
  if (is_changed) move_end(record, alleles.pos + alleles.all[0].size() - 1, info);
  moved.info_text = info;
  moved.info.clear();
  std::string line;
  write(moved, line);
  held_.emplace(alleles.pos, std::move(line));
  return {};
}

void Normaliser::give_out(std::uint64_t before, std::string& out) {
  while (!held_.empty() && held_.begin()->first < before) {
    out.append(held_.begin()->second);
    held_.erase(held_.begin());
  }
}

void Normaliser::finish(std::string& out) {
  give_out(UINT64_MAX, out);
}

}  // namespace meridian::genomics
