#include "formats/genomics/internal/record_parser.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/utf8.hpp"
#include "formats/genomics/allele.hpp"
#include "formats/genomics/faults.hpp"
#include "formats/genomics/genotype.hpp"
#include "formats/genomics/internal/text.hpp"
#include "formats/genomics/internal/values.hpp"

namespace meridian::genomics::internal {
namespace {

constexpr std::size_t kFixedColumns = 8;
constexpr std::size_t kMostUndeclared = 10'000;  // names remembered

/// `[A-Za-z_][0-9A-Za-z_.]*`, and `%` of an encoded character, which files of other programs have.
/// Sections 1.6.1, 1.6.2
bool is_key(std::string_view key) {
  const bool begins_well = !key.empty() && (is_letter(key[0]) || key[0] == '_');
  if (!begins_well) return key == "1000G";
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '%'; });
}

/// `3M1D`
bool is_cigar(std::string_view text) {
  constexpr std::string_view kOperations = "MIDNSHPX=";
  bool has_number = false;
  bool ends = false;
  for (const char c : text) {
    if (is_digit(c)) {
      has_number = true;
      ends = false;
    } else if (kOperations.find(c) != std::string_view::npos) {
      if (!has_number && !ends) has_number = true;  // the number may be left out
      ends = true;
      has_number = false;
    } else {
      return false;
    }
  }
  return ends;
}

std::string sample_path(std::size_t sample, std::string_view key) {
  std::string path = "sample " + std::to_string(sample + 1);
  if (!key.empty()) path.append(", ").append(key);
  return path;
}

/// How many values a field has where that follows from the record alone.
std::optional<std::uint64_t> values_needed(const Count& count, std::uint64_t alternates) {
  switch (count.kind) {
    case Count::Kind::fixed:
      return count.number;
    case Count::Kind::per_alternate:
      return alternates;
    case Count::Kind::per_allele:
      return alternates + 1;
    default:
      return std::nullopt;
  }
}

}  // namespace

Issue record_fault(const Record& record, IssueType type, const Message& message, const std::string& where,
                   std::string_view at, std::vector<std::string> arguments, Severity severity) {
  Position position{record.offset, static_cast<std::uint32_t>(record.line), 1};
  if (at.data() >= record.text.data() && at.data() <= record.text.data() + record.text.size() && at.data() != nullptr) {
    const auto column = static_cast<std::size_t>(at.data() - record.text.data());
    position.offset += column;
    position.column = static_cast<std::uint32_t>(column + 1);
  }
  std::string path = "line " + std::to_string(record.line);
  if (!where.empty()) path.append(", ").append(where);
  return {severity, type, message, std::move(arguments), std::move(path), position};
}

void RecordParser::add(IssueType type, const Message& message, const std::string& where, std::string_view at,
                       std::vector<std::string> arguments, Severity severity) {
  issues_->add(record_fault(*record_, type, message, where, at, std::move(arguments), severity));
}

void RecordParser::leave_out(const char* where, std::size_t limit, const char* name) {
  has_too_much_ = true;
  add(IssueType::too_long, faults::kTooMuch, where, {}, {std::to_string(limit), name});
}

void RecordParser::note_undeclared(const std::string& what, std::string_view at) {
  if (undeclared_.size() >= kMostUndeclared || !undeclared_.insert(what).second) return;
  add(IssueType::not_found, faults::kUndeclared, what, at, {what}, Severity::warning);
}

bool RecordParser::parse(std::string_view line, std::uint64_t number, std::uint64_t offset, Record& record,
                         Issues& issues) {
  record_ = &record;
  issues_ = &issues;
  has_too_much_ = false;
  record.line = number;
  record.offset = offset;
  record.text = line;
  record.alts.clear();
  record.info.clear();
  record.format.clear();
  record.samples.clear();
  if (line.empty()) {
    add(IssueType::structure, faults::kEmptyLine, {}, line, {}, Severity::warning);
    return false;
  }
  std::string_view columns[kFixedColumns];
  std::string_view rest = line;
  std::size_t count = 0;
  bool has_more = true;
  while (count < kFixedColumns && has_more) {
    const std::size_t end = rest.find('\t');
    columns[count++] = rest.substr(0, end);
    has_more = end != std::string_view::npos;
    rest.remove_prefix(has_more ? end + 1 : rest.size());
  }
  if (count < kFixedColumns) {
    add(IssueType::structure, faults::kTooFewColumns, {}, line, {std::to_string(count), std::to_string(kFixedColumns)});
    return false;
  }
  record.chrom = columns[0];
  record.id = columns[2];
  record.ref = columns[3];
  record.alt = columns[4];
  record.qual = columns[5];
  record.filter = columns[6];
  record.info_text = columns[7];
  const auto pos = number_of<std::uint64_t>(columns[1]);
  if (!pos || *pos > INT64_MAX / 2 || (columns[1].size() > 1 && columns[1][0] == '0')) {
    add(IssueType::value, faults::kPosition, "POS", columns[1]);
    return false;
  }
  record.pos = *pos;
  if (header_.version() >= 3 && !is_valid_utf8(line)) add(IssueType::value, faults::kNotUtf8, {}, line);

  parse_fixed(record);
  parse_alleles(record);
  parse_info(record);
  record.format_text = {};
  record.has_format = has_more;
  if (has_more) {
    const std::size_t end = rest.find('\t');
    record.format_text = rest.substr(0, end);
    parse_format(record);
    if (end != std::string_view::npos) parse_samples(record, rest.substr(end + 1));
  }
  if (record.samples.size() != header_.samples().size() || (has_more && !header_.has_format())) {
    const std::size_t before = kFixedColumns + (header_.has_format() ? 1 : 0);
    add(IssueType::structure, faults::kSampleColumns, {}, line,
        {std::to_string(kFixedColumns + (has_more ? 1 : 0) + record.samples.size()),
         std::to_string(before + header_.samples().size())});
  }
  if (has_too_much_) return false;
  if (header_.version() >= 4) check_structural(record, header_.version(), issues);
  return true;
}

void RecordParser::parse_fixed(const Record& record) {
  const int version = header_.version();
  // <name>: of the assembly file.
  std::string_view contig = record.chrom;
  if (contig.size() > 2 && contig.front() == '<' && contig.back() == '>') contig = contig.substr(1, contig.size() - 2);
  if (!is_contig_name(contig, version) || contig.starts_with(':')) {
    add(IssueType::value, faults::kCharacter, "CHROM", record.chrom);
  } else if (header_.has_contigs()) {
    const MetaLine* meta = header_.contig(contig);
    if (meta == nullptr) {
      note_undeclared("contig " + std::string(contig), record.chrom);
    } else if (const auto length = number_of<std::uint64_t>(meta->attribute("length"))) {
      // One beyond is the telomere behind it.
      if (record.pos > *length + 1) {
        add(IssueType::value, faults::kBeyondContig, "POS", record.chrom, {}, Severity::warning);
      }
    }
  }
  const auto list = [&](std::string_view text, const char* where, bool may_repeat) {
    if (text == ".") return;
    std::vector<std::string_view> seen;
    each_piece(text, ';', [&](std::string_view one) {
      if (one.empty() || one == ".") {
        add(IssueType::value, faults::kEmpty, where, text);
      } else if (!all_graphic(one)) {
        add(IssueType::value, faults::kCharacter, where, one);
      } else if (!may_repeat && std::find(seen.begin(), seen.end(), one) != seen.end()) {
        add(IssueType::duplicate, faults::kTwice, where, one, {std::string(one)});
      }
      if (seen.size() < limits_.max_fields) seen.push_back(one);
    });
  };
  list(record.id, "ID", version < 3);
  if (record.filter != "PASS") {
    list(record.filter, "FILTER", version < 3);
    if (record.filter != ".") {
      each_piece(record.filter, ';', [&](std::string_view one) {
        if (one == "0") add(IssueType::value, faults::kMetaValue, "FILTER", one, {"FILTER", "0"});
        if (!one.empty() && !header_.has_filter(one)) note_undeclared("FILTER/" + std::string(one), one);
      });
    }
  }
  if (record.qual != "." && (!is_float(record.qual) || record.qual[0] == '-')) {
    add(IssueType::value, faults::kQuality, "QUAL", record.qual);
  }
}

void RecordParser::parse_alleles(Record& record) {
  const int version = header_.version();
  if (!is_bases(record.ref)) add(IssueType::value, faults::kBases, "REF", record.ref);
  if (record.alt == ".") return;
  std::size_t missing = 0;
  bool is_too_many = false;
  each_piece(record.alt, ',', [&](std::string_view allele) {
    if (record.alts.size() == limits_.max_alleles) {
      is_too_many = true;
      return;
    }
    record.alts.push_back(allele);
    switch (kind_of(allele)) {
      case AlleleKind::bases:
        if (allele == record.ref) add(IssueType::business_rule, faults::kSameAsReference, "ALT", allele);
        break;
      case AlleleKind::symbol: {
        const std::string_view id = allele.substr(1, allele.size() - 2);
        if (!is_symbol(id, version)) {
          add(IssueType::value, faults::kSymbol, "ALT", allele);
        } else if (!header_.has_symbol(id)) {
          note_undeclared("ALT/" + std::string(id), allele);
        }
        break;
      }
      case AlleleKind::missing:
        ++missing;
        break;
      case AlleleKind::wrong:
        add(IssueType::value, faults::kAllele, "ALT", allele);
        break;
      default:
        break;
    }
  });
  if (missing > 0) add(IssueType::value, faults::kEmpty, "ALT", record.alt);
  if (is_too_many) leave_out("ALT", limits_.max_alleles, "max_alleles");
}

void RecordParser::parse_info(Record& record) {
  if (record.info_text == ".") return;
  if (record.info_text.empty()) {
    add(IssueType::value, faults::kEmpty, "INFO", record.info_text);
    return;
  }
  bool is_too_many = false;
  each_piece(record.info_text, ';', [&](std::string_view text) {
    if (record.info.size() == limits_.max_fields) {
      is_too_many = true;
      return;
    }
    const std::size_t equals = text.find('=');
    InfoField field;
    field.key = text.substr(0, equals);
    field.has_value = equals != std::string_view::npos;
    if (field.has_value) field.value = text.substr(equals + 1);
    const std::size_t place = record.info.size();
    const bool is_known = place < info_before_.size() && info_before_[place].key == field.key;
    if (is_known) {
      field.definition = info_before_[place].definition;
    } else {
      field.definition = header_.info(field.key);
      if (place == info_before_.size()) info_before_.push_back({});
      if (place < info_before_.size()) info_before_[place] = {std::string(field.key), field.definition};
      const bool is_name = header_.version() >= 3 ? is_key(field.key) : !field.key.empty() && all_graphic(field.key);
      if (!is_name) {
        add(IssueType::value, faults::kKey, "INFO", text);
        info_before_[place].key.clear();  // to be said of the next record too
      } else if (field.definition == nullptr || !field.definition->is_declared) {
        note_undeclared("INFO/" + std::string(field.key), text);
      }
    }
    check_info(record, field);
    record.info.push_back(field);
  });
  if (is_too_many) leave_out("INFO", limits_.max_fields, "max_fields");
  for (std::size_t i = 1; i < record.info.size(); ++i) {
    for (std::size_t before = 0; before < i && before < 100; ++before) {
      const std::string_view key = record.info[i].key;
      if (key.size() != record.info[before].key.size() || key != record.info[before].key) continue;
      add(IssueType::duplicate, faults::kTwice, "INFO/" + std::string(key), key, {std::string(key)});
      break;
    }
  }
  if (const InfoField* end = record.find_info("END"); end != nullptr && header_.version() != 3) {
    const auto value = number_of<std::uint64_t>(end->value);
    if (value && *value < record.pos) {
      add(IssueType::business_rule, faults::kEnd, "INFO/END", end->value, {}, Severity::warning);
    }
  }
}

template <typename Where>
void RecordParser::check_type(const FieldDefinition& definition, const ValueScan& scan, std::string_view value,
                              const Where& where) {
  if (!scan.is_type) {
    const bool is_text = definition.type == ValueType::string;
    add(IssueType::value, faults::kType, where(), value, {std::string(name(definition.type))},
        is_text ? Severity::warning : Severity::error);
  } else if (definition.is_non_negative && scan.is_negative) {
    add(IssueType::value, faults::kNegative, where(), value);
  }
}

void RecordParser::check_info(const Record& record, const InfoField& field) {
  const auto where = [&] { return "INFO/" + std::string(field.key); };
  if (field.definition == nullptr) return;
  const FieldDefinition& definition = *field.definition;
  if (definition.type == ValueType::flag) {
    if (field.has_value && field.value != "0" && field.value != "1") {
      add(IssueType::value, faults::kFlagValue, where(), field.value);
    }
    return;
  }
  if (!field.has_value || field.value.empty()) {
    // AC= of no alternate is a list without values.
    const bool is_list = field.has_value && definition.count.kind != Count::Kind::fixed;
    add(IssueType::value, faults::kNoValue, where(), field.key, {}, is_list ? Severity::warning : Severity::error);
    return;
  }
  const ValueScan scan = scan_values(field.value, definition.type);
  check_type(definition, scan, field.value, where);
  if (header_.version() < 3 && !all_graphic(field.value))
    add(IssueType::value, faults::kCharacter, where(), field.value);
  if (definition.id == "CIGAR" && !scan.is_missing) {
    each_piece(field.value, ',', [&](std::string_view one) {
      if (one != "." && !is_cigar(one)) add(IssueType::value, faults::kCigar, where(), one);
    });
  }
  // Of G, nobody says in INFO what the ploidy is.
  const std::uint64_t needed = values_needed(definition.count, record.alts.size()).value_or(scan.count);
  if (needed == scan.count || scan.is_missing) return;
  // A record without alternates may keep one value; a text in quotation marks is one.
  if (needed == 0 && scan.count == 1) return;
  if (needed == 1 && definition.type == ValueType::string && field.value.starts_with('"') &&
      field.value.ends_with('"')) {
    return;
  }
  add(IssueType::value, faults::kCount, where(), field.value,
      {std::to_string(scan.count), std::to_string(needed), to_string(definition.count)});
}

void RecordParser::parse_format(Record& record) {
  if (record.format_text.empty()) {
    add(IssueType::value, faults::kEmpty, "FORMAT", record.format_text);
    return;
  }
  if (record.format_text != format_text_ || format_keys_.empty()) {
    format_text_ = record.format_text;
    format_keys_.clear();
    format_definitions_.clear();
    bool is_sound = true;
    each_piece(record.format_text, ':', [&](std::string_view key) {
      if (format_keys_.size() == limits_.max_fields) {
        if (!has_too_much_) leave_out("FORMAT", limits_.max_fields, "max_fields");
        is_sound = false;
        return;
      }
      const bool is_name = header_.version() >= 3 ? is_key(key) : !key.empty() && all_graphic(key);
      const bool is_none = key == "." && record.format_text == ".";
      if (!is_name && !is_none) {
        add(IssueType::value, faults::kKey, "FORMAT", key.empty() ? record.format_text : key);
        is_sound = false;
      }
      if (key == "GT" && !format_keys_.empty()) {
        add(IssueType::structure, faults::kGenotypeFirst, "FORMAT", key);
        is_sound = false;
      }
      if (std::find(format_keys_.begin(), format_keys_.end(), key) != format_keys_.end()) {
        add(IssueType::duplicate, faults::kTwice, "FORMAT", key, {std::string(key)});
        is_sound = false;
      }
      const FieldDefinition* definition = header_.format(key);
      if (is_name && (definition == nullptr || !definition->is_declared)) {
        note_undeclared("FORMAT/" + std::string(key), key);
      }
      // What is not declared is not held to the specification's type: callers' own GL are many.
      format_keys_.emplace_back(key);
      format_definitions_.push_back(definition);
    });
    if (!is_sound) format_text_.clear();  // to be said of the next record too
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < format_keys_.size(); ++i) {
    record.format.push_back({record.format_text.substr(at, format_keys_[i].size()), format_definitions_[i]});
    at += format_keys_[i].size() + 1;
  }
}

void RecordParser::parse_samples(Record& record, std::string_view columns) {
  while (record.samples.size() < limits_.max_samples) {
    const auto* tab = static_cast<const char*>(std::memchr(columns.data(), '\t', columns.size()));
    const std::size_t size = tab == nullptr ? columns.size() : static_cast<std::size_t>(tab - columns.data());
    record.samples.push_back(columns.substr(0, size));
    check_sample(record, record.samples.size() - 1);
    if (tab == nullptr) return;
    columns.remove_prefix(size + 1);
  }
  leave_out("samples", limits_.max_samples, "max_samples");
}

void RecordParser::check_sample(const Record& record, std::size_t sample) {
  const std::string_view text = record.samples[sample];
  if (text.empty()) {
    add(IssueType::value, faults::kEmpty, sample_path(sample, {}), text);
    return;
  }
  std::uint32_t ploidy = 0;
  std::string_view rest = text;
  for (std::size_t i = 0;; ++i) {
    const std::size_t end = rest.find(':');
    const std::string_view value = rest.substr(0, end);
    if (i >= record.format.size()) {
      add(IssueType::structure, faults::kMoreValues, sample_path(sample, {}), value);
      return;
    }
    const FormatField& field = record.format[i];
    if (i == 0 && field.key == "GT") {
      const GenotypeShape shape = genotype_shape(value);
      ploidy = shape.ploidy;
      if (ploidy == 0) {
        add(IssueType::value, faults::kGenotype, sample_path(sample, "GT"), value);
      } else if (shape.greatest > record.alts.size()) {
        // Where ALT is missing, an allele that is not told may have been called.
        add(IssueType::value, faults::kAlleleRange, sample_path(sample, "GT"), value, {},
            record.alts.empty() ? Severity::warning : Severity::error);
      }
      if (shape.ends_open) {
        add(IssueType::value, faults::kGenotypeEnd, sample_path(sample, "GT"), value, {}, Severity::warning);
      }
    } else {
      check_sample_value(record, sample, field, value, ploidy);
    }
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

void RecordParser::check_sample_value(const Record& record, std::size_t sample, const FormatField& field,
                                      std::string_view value, std::uint32_t ploidy) {
  if (value == ".") return;
  const auto where = [&] { return sample_path(sample, field.key); };
  if (value.empty()) {
    add(IssueType::value, faults::kEmpty, where(), value, {}, Severity::warning);
    return;
  }
  if (field.definition == nullptr) return;
  const FieldDefinition& definition = *field.definition;
  const ValueScan scan = scan_values(value, definition.type);
  if (definition.is_declared) check_type(definition, scan, value, where);
  std::uint64_t needed = values_needed(definition.count, record.alts.size()).value_or(scan.count);
  if (definition.count.kind == Count::Kind::per_genotype) {
    // Without a genotype two chromosomes are taken for granted.
    needed = genotype_count(record.alts.size() + 1, ploidy == 0 ? 2 : ploidy);
  } else if (definition.count.kind == Count::Kind::per_ploidy && ploidy > 0) {
    needed = ploidy;
  }
  // Without alternates the values may still be those of an allele that is not told.
  const bool is_by_allele =
      definition.count.kind != Count::Kind::fixed && definition.count.kind != Count::Kind::per_ploidy;
  if (needed == scan.count || (record.alts.empty() && is_by_allele)) return;
  add(IssueType::value, faults::kCount, where(), value,
      {std::to_string(scan.count), std::to_string(needed), to_string(definition.count)});
}

}  // namespace meridian::genomics::internal
