// Reader: a VCF file, record by record, in bounded memory.
//
//   auto source = TRY(open_variants("calls.vcf.gz"));          // input.hpp: text, gzip, BGZF, BCF, a region
//   Reader reader = TRY(Reader::open(std::move(source), {}, issues));
//   while (TRY(reader.next(record, issues))) use(record);      // its views last until the next call
//
// Nothing is kept but one line (at most Limits::max_line_bytes) and the header. A line that nothing can be made of is
// said, counted and passed over. Paths of issues: `line 12, INFO/DP`, `line 12, sample 3, GT`: a sample by its number,
// since its name may be a patient's.
// Errors: those of the source; malformed_input (no header, another kind of file); too_large (Limits).
// Threads: one at a time. Specification: https://samtools.github.io/hts-specs/VCFv4.5.pdf
#pragma once

#include <cstdint>
#include <memory>

#include "base/input.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"

namespace meridian::genomics {

class Reader {
 public:
  /// Reads the header.
  static Result<Reader> open(std::unique_ptr<ByteSource> source, const Limits& limits, Issues& issues);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  const Header& header() const;
  /// False at the end.
  Result<bool> next(Record& record, Issues& issues);

  std::uint64_t records() const;      ///< given out
  std::uint64_t left_out() const;     ///< lines that nothing could be made of
  std::uint64_t consumed() const;     ///< bytes of the file, for progress
  bool has_carriage_returns() const;  ///< lines end with CR LF

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::genomics
