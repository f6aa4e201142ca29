// NDJSON: one JSON text a line, files of any size in bounded memory.
//
// NdjsonReader gives line after line. Under it NdjsonChunks reads pieces of whole lines and NdjsonLines splits one;
// with these, pieces can be worked on by several threads (ndjson_parallel.hpp).
//
//   NdjsonReader reader(*source);
//   while (auto line = TRY(reader.next(issues))) document = parser.parse_borrowed(line->text, issues);
//
// Lines end with LF or CR LF, the last one with the file too; blank lines are passed over; a byte order mark at the
// beginning is too. A line longer than the limit is an Issue and the next one goes on. Memory: one chunk, which
// grows to the longest line allowed. What a line holds is not looked at.
// Threads: one at a time each; different chunks at once.
// Specification: https://github.com/ndjson/ndjson-spec, https://hl7.org/fhir/uv/bulkdata/ (format)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/input.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian::fhir {

struct NdjsonLimits {
  std::size_t max_line_bytes = std::size_t{64} << 20;
  std::size_t chunk_bytes = std::size_t{1} << 20;  ///< read at once
};

struct NdjsonLine {
  std::string_view text;     ///< without its line end
  std::uint64_t number = 0;  ///< from 1, blank lines counted
  std::uint64_t offset = 0;  ///< of its first byte in the (decompressed) file

  /// A position within the line as one in the file.
  Position in_file(Position within) const;
};

/// A piece of whole lines. Its memory is reused when it is filled again.
class NdjsonChunk {
 public:
  std::string_view text() const { return std::string_view(buffer_).substr(0, length_); }
  std::uint64_t first_line() const { return first_line_; }
  std::uint64_t offset() const { return offset_; }

 private:
  friend class NdjsonChunks;
  std::string buffer_;  // as large as it ever had to be
  std::size_t length_ = 0;
  std::uint64_t first_line_ = 1;
  std::uint64_t offset_ = 0;
};

/// Reads a source chunk by chunk. The source must outlive it.
class NdjsonChunks {
 public:
  explicit NdjsonChunks(ByteSource& source, NdjsonLimits limits = {});

  /// Fills the chunk; false at the end. Errors: those of the source.
  Result<bool> next(NdjsonChunk& chunk, Issues& issues);

  const NdjsonLimits& limits() const { return limits_; }

 private:
  Result<bool> fill(NdjsonChunk& chunk, std::size_t size);
  Result<> skip_line();

  ByteSource& source_;
  NdjsonLimits limits_;
  std::string rest_;  // the beginning of a line, after what the last chunk ended with
  std::uint64_t line_ = 1;
  std::uint64_t offset_ = 0;
  bool at_end_ = false;
  bool has_begun_ = false;
};

/// The lines of a chunk that are not blank.
class NdjsonLines {
 public:
  NdjsonLines(const NdjsonChunk& chunk, const NdjsonLimits& limits)
      : rest_(chunk.text()), limits_(limits), line_(chunk.first_line()), offset_(chunk.offset()) {}

  std::optional<NdjsonLine> next(Issues& issues);

 private:
  std::string_view rest_;
  NdjsonLimits limits_;
  std::uint64_t line_;
  std::uint64_t offset_;
};

/// Line after line.
class NdjsonReader {
 public:
  explicit NdjsonReader(ByteSource& source, NdjsonLimits limits = {}) : chunks_(source, limits) {}

  /// The next line that is not blank, borrowed until the next call; nothing at the end.
  Result<std::optional<NdjsonLine>> next(Issues& issues);

 private:
  NdjsonChunks chunks_;
  NdjsonChunk chunk_;
  std::optional<NdjsonLines> lines_;
};

}  // namespace meridian::fhir
