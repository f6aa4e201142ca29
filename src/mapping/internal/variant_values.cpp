#include "mapping/internal/variant_values.hpp"

#include <algorithm>
#include <charconv>

#include "formats/genomics/allele.hpp"
#include "mapping/internal/text_rules.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kClinVar = "http://www.ncbi.nlm.nih.gov/clinvar";
constexpr std::string_view kDbSnp = "http://www.ncbi.nlm.nih.gov/projects/SNP";
constexpr std::size_t kMostNotes = 50;  // of one kind, of one allele

/// Calls `use` with each piece.
template <typename Use>
void each(std::string_view text, std::string_view separators, Use use) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    if (end != 0) use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// The piece with that number; empty ones count.
std::string_view piece(std::string_view text, char separator, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t end = text.find(separator);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find(separator));
}

std::string plain(std::string_view text) {
  return clean(genomics::decode_percent(text));
}

/// The entry of the allele, otherwise the first: annotators write alleles in several ways.
std::string_view entry_of(std::string_view list, std::string_view alt) {
  std::string_view first;
  std::string_view found;
  each(list, ",", [&](std::string_view entry) {
    if (first.empty()) first = entry;
    if (found.empty() && entry.substr(0, entry.find('|')) == alt) found = entry;
  });
  return found.empty() ? first : found;
}

struct Significance {
  std::string_view word;
  const char* code;
  const char* display;
};
// Answers of LOINC 53037-8; ClinVar's old numbers too.
constexpr Significance kSignificances[] = {
    {"Pathogenic", "LA6668-3", "Pathogenic"},
    {"Likely_pathogenic", "LA26332-9", "Likely pathogenic"},
    {"Uncertain_significance", "LA26333-7", "Uncertain significance"},
    {"Likely_benign", "LA26334-5", "Likely benign"},
    {"Benign", "LA6675-8", "Benign"},
    {"5", "LA6668-3", "Pathogenic"},
    {"4", "LA26332-9", "Likely pathogenic"},
    {"0", "LA26333-7", "Uncertain significance"},
    {"3", "LA26334-5", "Likely benign"},
    {"2", "LA6675-8", "Benign"},
};

void take_significance(std::string_view text, VariantNotes& notes) {
  each(text, ",|/", [&](std::string_view word) {
    while (word.starts_with('_')) word.remove_prefix(1);
    if (notes.significance.size() >= kMostNotes || word.empty() || word == "." || word == "not_provided") return;
    for (const Significance& one : kSignificances) {
      if (one.word == word) {
        notes.significance.push_back({kLoinc, one.code, one.display});
        return;
      }
    }
    std::string told = plain(word);
    std::replace(told.begin(), told.end(), '_', ' ');
    notes.significance.push_back({{}, {}, std::move(told)});  // in words alone
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// RefSeq: the versions of NC_000001 to NC_000024.
constexpr int kVersions37[] = {10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9};
constexpr int kVersions38[] = {11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12,
                               11, 9,  10, 10, 11, 10, 10, 11, 9,  11, 11, 10};

}  // namespace

AnnotationColumns::AnnotationColumns(const genomics::Header& header) {
  if (const genomics::FieldDefinition* csq = header.info("CSQ")) {
    const std::size_t at = csq->description.find("Format: ");
    if (at != std::string::npos) {
      std::string_view names = std::string_view(csq->description).substr(at + 8);
      while (!names.empty()) {
        const std::size_t end = names.find('|');
        csq_.emplace_back(names.substr(0, end));
        if (end == std::string_view::npos) break;
        names.remove_prefix(end + 1);
      }
    }
  }
  for (const genomics::MetaLine& meta : header.meta()) is_clinvar_ |= meta.key == "source" && meta.value == "ClinVar";
}

std::size_t AnnotationColumns::column(std::string_view name) const {
  return static_cast<std::size_t>(std::find(csq_.begin(), csq_.end(), name) - csq_.begin());
}

void AnnotationColumns::take_csq(std::string_view entry, VariantNotes& notes) const {
  const auto take = [&](std::string& into, const char* name) {
    if (const std::size_t at = column(name); into.empty() && at < csq_.size()) into = plain(piece(entry, '|', at));
  };
  take(notes.gene, "SYMBOL");
  take(notes.gene_id, "HGNC_ID");
  take(notes.transcript, "Feature");
  take(notes.coding_change, "HGVSc");
  take(notes.protein_change, "HGVSp");
  if (is_number(notes.gene_id)) notes.gene_id.insert(0, "HGNC:");
}

VariantNotes AnnotationColumns::notes(const genomics::Record& record, std::string_view alt) const {
  VariantNotes notes;
  if (const std::string_view csq = record.info_value("CSQ"); !csq.empty()) take_csq(entry_of(csq, alt), notes);
  if (const std::string_view ann = record.info_value("ANN"); !ann.empty() && notes.gene.empty()) {
    // Allele | Annotation | Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Biotype | Rank | HGVS.c | HGVS.p
    const std::string_view entry = entry_of(ann, alt);
    notes.gene = plain(piece(entry, '|', 3));
    notes.transcript = plain(piece(entry, '|', 6));
    notes.coding_change = plain(piece(entry, '|', 9));
    notes.protein_change = plain(piece(entry, '|', 10));
    if (!notes.coding_change.empty() && notes.coding_change.find(':') == std::string::npos &&
        !notes.transcript.empty()) {
      notes.coding_change.insert(0, notes.transcript + ":");
    }
  }
  if (const std::string_view gene = record.info_value("GENEINFO"); !gene.empty() && notes.gene.empty()) {
    notes.gene = plain(gene.substr(0, gene.find_first_of(":|")));
  }
  if (notes.gene == ".") notes.gene.clear();
  each(record.id, ";", [&](std::string_view id) {
    if (notes.known_as.size() >= kMostNotes) return;
    if (id.starts_with("rs") && is_number(id.substr(2))) notes.known_as.push_back({kDbSnp, std::string(id), {}});
    if (is_clinvar_ && is_number(id)) notes.known_as.push_back({kClinVar, std::string(id), {}});
  });
  each(record.info_value("RS"), ",|", [&](std::string_view id) {
    if (notes.known_as.size() < kMostNotes && is_number(id)) {
      notes.known_as.push_back({kDbSnp, "rs" + std::string(id), {}});
    }
  });
  take_significance(record.info_value("CLNSIG"), notes);
  each(record.info_value("CLNDN"), ",|", [&](std::string_view name) {
    if (notes.conditions.size() >= kMostNotes || name == "." || name == "not_provided" || name == "not_specified")
      return;
    if (name.starts_with('_')) return;  // a part behind a comma
    std::string told = plain(name);
    std::replace(told.begin(), told.end(), '_', ' ');
    notes.conditions.push_back(std::move(told));
  });
  return notes;
}

Assembly assembly_of(std::string_view text) {
  for (const char* name : {"GRCh38", "hg38", "b38", "Homo_sapiens_assembly38"}) {
    if (text.find(name) != std::string_view::npos) return Assembly::grch38;
  }
  for (const char* name : {"GRCh37", "hg19", "b37", "g1k_v37", "hs37"}) {
    if (text.find(name) != std::string_view::npos) return Assembly::grch37;
  }
  return Assembly::unknown;
}

std::string chromosome_name(std::string_view contig) {
  if (contig.starts_with("chr")) contig.remove_prefix(3);
  return contig == "M" ? "MT" : std::string(contig);
}

std::string reference_sequence(std::string_view contig, Assembly assembly) {
  if (contig.starts_with("NC_") || contig.starts_with("NG_") || contig.starts_with("NT_")) return clean(contig);
  if (assembly == Assembly::unknown) return {};
  const std::string name = chromosome_name(contig);
  // chrM of hg19 is another sequence than MT of GRCh37.
  if (name == "MT") return assembly == Assembly::grch38 || contig == "MT" ? "NC_012920.1" : "";
  int number = name == "X" ? 23 : name == "Y" ? 24 : 0;
  if (is_number(name) && name.size() <= 2) std::from_chars(name.data(), name.data() + name.size(), number);
  if (number < 1 || number > 24 || (is_number(name) && number > 22)) return {};
  const int version = (assembly == Assembly::grch38 ? kVersions38 : kVersions37)[number - 1];
  std::string accession = std::to_string(number);
  accession.insert(0, 6 - accession.size(), '0');
  return "NC_" + accession + "." + std::to_string(version);
}

VariantCode change_type(std::string_view ref, std::string_view alt) {
  constexpr std::string_view kOntology = "http://www.sequenceontology.org";
  const auto term = [&](const char* code, const char* display) { return VariantCode{kOntology, code, display}; };
  const std::string_view type = genomics::symbol_type(alt);
  if (type == "DEL") return term("SO:0000159", "deletion");
  if (type == "INS") return term("SO:0000667", "insertion");
  if (type == "DUP") return term("SO:1000035", "duplication");
  if (type == "INV") return term("SO:1000036", "inversion");
  if (type == "CNV") return term("SO:0001019", "copy_number_variation");
  const genomics::AlleleKind kind = genomics::kind_of(alt);
  if (kind == genomics::AlleleKind::breakend || kind == genomics::AlleleKind::single) {
    return term("SO:0001021", "chromosome_breakpoint");
  }
  if (kind != genomics::AlleleKind::bases) return term("SO:0001059", "sequence_alteration");
  if (ref.size() == 1 && alt.size() == 1) return term("SO:0001483", "SNV");
  if (ref.size() == alt.size()) return term("SO:0002007", "MNV");
  if (alt.size() == 1 && ref[0] == alt[0]) return term("SO:0000159", "deletion");
  if (ref.size() == 1 && ref[0] == alt[0]) return term("SO:0000667", "insertion");
  return term("SO:1000032", "delins");
}

}  // namespace meridian::mapping::internal
