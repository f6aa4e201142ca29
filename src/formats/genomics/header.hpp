// Header: the lines of a VCF file above its records.
//
//   Header header;
//   header.add_line("##fileformat=VCFv4.3", 1, limits, issues);      // true while the header goes on
//   header.add_line("#CHROM\tPOS…", 2, limits, issues);              // false: records follow
//
// Every line is kept as it stands, so that it can be written again; structured ones are taken apart too. Definitions
// stay where they are while the header lives. Faults: formats/genomics/faults.hpp. Threads: const is shared freely.
// Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf, section 1.4
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/issue.hpp"
#include "formats/genomics/definition.hpp"

namespace meridian::genomics {

/// What a file may have; beyond it reading stops with too_large.
struct Limits {
  std::size_t max_line_bytes = std::size_t{64} << 20;
  std::size_t max_header_bytes = std::size_t{64} << 20;
  std::size_t max_samples = 1'000'000;
  std::size_t max_alleles = 10'000;   ///< of one record
  std::size_t max_fields = 10'000;    ///< of INFO, or of FORMAT, of one record
  std::size_t max_contigs = 100'000;  ///< that records are on
};

/// A line of the header: `##key=value`.
struct MetaLine {
  std::string key;
  std::string value;                                            ///< as it stands
  std::vector<std::pair<std::string, std::string>> attributes;  ///< of `<…>`, in order, without quotes and escapes
  std::uint64_t line = 0;
  std::string_view attribute(std::string_view name) const;  ///< empty: none
};

class Header {
 public:
  Header();
  Header(Header&&) noexcept;
  Header& operator=(Header&&) noexcept;
  ~Header();

  /// Takes a line without its line break; whether further ones are awaited.
  bool add_line(std::string_view line, std::uint64_t number, const Limits& limits, Issues& issues);

  int version() const { return version_; }  ///< the minor version: 1 to 5
  const std::vector<MetaLine>& meta() const { return meta_; }
  const std::vector<std::string>& samples() const { return samples_; }
  bool has_format() const { return has_format_; }
  bool is_complete() const { return is_complete_; }

  /// Declared by a line, or reserved by the specification; null: neither.
  const FieldDefinition* info(std::string_view id) const;
  const FieldDefinition* format(std::string_view id) const;
  const MetaLine* contig(std::string_view id) const;
  bool has_contigs() const { return !contigs_.empty(); }
  bool has_filter(std::string_view id) const;
  bool has_symbol(std::string_view id) const;  ///< of ALT

  /// The reference that coordinates are of: `##reference`, otherwise the assembly of contigs. Empty: not said.
  std::string_view assembly() const;

  /// All lines, each with its line break.
  std::string text() const;

 private:
  using Definitions = std::map<std::string, std::unique_ptr<FieldDefinition>, std::less<>>;
  void add_columns(std::string_view line, std::uint64_t number, const Limits& limits, Issues& issues);
  void add_meta(MetaLine meta, Issues& issues);
  void declare(Definitions& into, const MetaLine& meta, Issues& issues);

  int version_ = 3;
  std::vector<MetaLine> meta_;
  std::vector<std::string> samples_;
  bool has_format_ = false;
  bool is_complete_ = false;
  std::uint64_t lines_ = 0;
  Definitions info_;
  Definitions format_;
  std::map<std::string, std::size_t, std::less<>> contigs_;  // places in meta_
  std::map<std::string, std::size_t, std::less<>> filters_;
  std::map<std::string, std::size_t, std::less<>> symbols_;
  std::vector<std::string> raw_;
};

}  // namespace meridian::genomics
