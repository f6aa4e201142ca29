#include "formats/genomics/header.hpp"

#include <algorithm>
#include <set>

#include "formats/genomics/faults.hpp"
#include "formats/genomics/internal/meta_line.hpp"
#include "formats/genomics/internal/reserved.hpp"
#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics {
namespace {

constexpr std::string_view kFixed = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

std::string line_path(std::uint64_t line) {
  return "line " + std::to_string(line);
}

Issue line_fault(std::uint64_t line, IssueType type, const Message& message, std::vector<std::string> arguments = {}) {
  return {
      Severity::error, type, message, std::move(arguments), line_path(line), {0, static_cast<std::uint32_t>(line), 1}};
}

bool is_structured(const MetaLine& meta) {
  return meta.value.starts_with('<') && meta.key != "pedigreeDB";
}

/// Lines that are nothing but structured.
bool must_be_structured(std::string_view key) {
  for (const char* name : {"INFO", "FORMAT", "FILTER", "ALT", "contig", "META", "SAMPLE", "PEDIGREE"}) {
    if (key == name) return true;
  }
  return false;
}

template <typename Map>
const FieldDefinition* find_definition(const Map& map, std::string_view id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : found->second.get();
}

}  // namespace

std::string_view MetaLine::attribute(std::string_view name) const {
  for (const auto& [own, text] : attributes) {
    if (own == name) return text;
  }
  return {};
}

Header::Header() = default;
Header::Header(Header&&) noexcept = default;
Header& Header::operator=(Header&&) noexcept = default;
Header::~Header() = default;

bool Header::add_line(std::string_view line, std::uint64_t number, const Limits& limits, Issues& issues) {
  raw_.emplace_back(line);
  const bool is_first = lines_++ == 0;
  constexpr std::string_view kFormat = "##fileformat=VCFv4.";
  const bool is_format =
      line.size() == kFormat.size() + 1 && line.starts_with(kFormat) && line.back() >= '1' && line.back() <= '5';
  if (is_first) {
    if (is_format) {
      version_ = line.back() - '0';
    } else {
      issues.add(line_fault(number, IssueType::structure, faults::kFileFormat));
    }
  } else if (line.starts_with("##fileformat=")) {
    issues.add(line_fault(number, IssueType::structure, faults::kMetaTwice, {"fileformat"}));
  }
  if (line.starts_with("##")) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 2 || equals + 1 == line.size() ||
        !internal::all_graphic(line.substr(2, equals - 2))) {
      issues.add(line_fault(number, IssueType::structure, faults::kMetaForm));
      return true;
    }
    MetaLine meta;
    meta.key = line.substr(2, equals - 2);
    meta.value = line.substr(equals + 1);
    meta.line = number;
    add_meta(std::move(meta), issues);
    return true;
  }
  if (line.starts_with("#")) {
    add_columns(line, number, limits, issues);
    return false;
  }
  issues.add(line_fault(number, IssueType::structure, faults::kMetaForm));
  return true;
}

void Header::add_meta(MetaLine meta, Issues& issues) {
  if (is_structured(meta)) {
    const std::string_view wrong = internal::parse_structure(meta);
    if (!wrong.empty()) {
      const bool is_ours = must_be_structured(meta.key);
      Issue issue = line_fault(meta.line, IssueType::structure, faults::kMetaStructure, {std::string(wrong)});
      // Lines with tools' own keys are theirs; what they hold is kept as it stands.
      if (!is_ours) issue.severity = Severity::warning;
      issues.add(std::move(issue));
      if (is_ours) return;
      meta.attributes.clear();
    }
  } else if (must_be_structured(meta.key)) {
    issues.add(line_fault(meta.line, IssueType::structure, faults::kMetaStructure, {"it does not begin with <"}));
    return;
  }
  internal::check_meta(meta, version_, issues);
  const std::string id(meta.attribute("ID"));
  const auto place = [&](auto& into) {
    if (id.empty() || into.emplace(id, meta_.size()).second) return;
    Issue issue = line_fault(meta.line, IssueType::duplicate, faults::kMetaTwice, {id});
    issue.severity = Severity::warning;  // they say no more than that it exists
    issues.add(std::move(issue));
  };
  if (meta.key == "INFO") declare(info_, meta, issues);
  if (meta.key == "FORMAT") declare(format_, meta, issues);
  if (meta.key == "contig") place(contigs_);
  if (meta.key == "FILTER") place(filters_);
  if (meta.key == "ALT") place(symbols_);
  meta_.push_back(std::move(meta));
}

void Header::declare(Definitions& into, const MetaLine& meta, Issues& issues) {
  const std::string id(meta.attribute("ID"));
  const auto count = parse_count(meta.attribute("Number"), version_);
  const auto type = value_type(meta.attribute("Type"));
  if (id.empty() || !count || !type) return;
  const FieldDefinition* reserved =
      &into == &info_ ? internal::reserved_info(id, version_) : internal::reserved_format(id, version_);
  auto definition = std::make_unique<FieldDefinition>();
  definition->id = id;
  definition->count = *count;
  definition->type = *type;
  definition->description = meta.attribute("Description");
  definition->is_declared = true;
  definition->is_non_negative = reserved != nullptr && reserved->is_non_negative;
  if (!into.emplace(id, std::move(definition)).second) {
    issues.add(line_fault(meta.line, IssueType::duplicate, faults::kMetaTwice, {id}));
  }
}

void Header::add_columns(std::string_view line, std::uint64_t number, const Limits& limits, Issues& issues) {
  is_complete_ = true;
  if (!line.starts_with(kFixed) || (line.size() > kFixed.size() && line[kFixed.size()] != '\t')) {
    issues.add(line_fault(number, IssueType::structure, faults::kColumns));
    return;
  }
  if (line.size() == kFixed.size()) return;
  std::string_view rest = line.substr(kFixed.size() + 1);
  const std::size_t end = rest.find('\t');
  if (rest.substr(0, end) != "FORMAT" || end == std::string_view::npos) {
    issues.add(line_fault(number, IssueType::structure, faults::kColumns));
    if (rest.substr(0, end) == "FORMAT") has_format_ = true;
    return;
  }
  has_format_ = true;
  rest.remove_prefix(end + 1);
  std::set<std::string_view> seen;
  internal::each_piece(rest, '\t', [&](std::string_view name) {
    // Beyond the limit the reader stops at the first record, which has as many columns.
    if (samples_.size() > limits.max_samples) return;
    samples_.emplace_back(name);
    const std::string which = std::to_string(samples_.size());
    if (name.empty()) issues.add(line_fault(number, IssueType::required, faults::kEmptyName, {which}));
    if (!seen.insert(name).second) issues.add(line_fault(number, IssueType::duplicate, faults::kSampleTwice, {which}));
  });
}

const FieldDefinition* Header::info(std::string_view id) const {
  if (const FieldDefinition* own = find_definition(info_, id)) return own;
  return internal::reserved_info(id, version_);
}

const FieldDefinition* Header::format(std::string_view id) const {
  if (const FieldDefinition* own = find_definition(format_, id)) return own;
  return internal::reserved_format(id, version_);
}

const MetaLine* Header::contig(std::string_view id) const {
  const auto found = contigs_.find(id);
  return found == contigs_.end() ? nullptr : &meta_[found->second];
}

bool Header::has_filter(std::string_view id) const {
  return id == "PASS" || filters_.contains(id);
}

bool Header::has_symbol(std::string_view id) const {
  return symbols_.contains(id);
}

std::string_view Header::assembly() const {
  for (const MetaLine& meta : meta_) {
    if (meta.key == "reference" && !meta.value.starts_with('<')) return meta.value;
  }
  for (const MetaLine& meta : meta_) {
    if (meta.key != "contig") continue;
    const std::string_view assembly = meta.attribute("assembly");
    if (!assembly.empty()) return assembly;
  }
  return {};
}

std::string Header::text() const {
  std::string out;
  for (const std::string& line : raw_) out.append(line).append("\n");
  return out;
}

}  // namespace meridian::genomics
