// BatchReader: the messages of a file, one after the other, however many and however large the file is.
//
//   BatchReader reader(*source);
//   while (auto item = TRY(reader.next(issues)))
//     if (item->kind == BatchItem::Kind::message) use(parser.parse_borrowed(item->bytes, issues));
//
//   file  = [ FHS ] { batch } [ FTS ]        batch = [ BHS ] { message } [ BTS ]
//
// A file of messages only is a batch too. An item begins where a line begins with MSH, FHS, BHS, BTS or FTS; blank
// lines and the frames of MLLP between items belong to none. Counts in BTS-1 and FTS-1 that are wrong, trailers that
// are missing, text before the first item and messages beyond the limit are Issues, and the next item comes.
//
// Bytes are given as they lie in the file, in any character set of bytes (not UTF-16): charset.hpp is for each message.
// Memory: the largest message and a chunk. Threads: one at a time. Errors: those of the source.
// Specification: HL7 v2.5.1, chapter 2, 2.10.3 (batch protocol).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/input.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian::hl7v2 {

struct BatchLimits {
  std::size_t max_message_bytes = std::size_t{64} << 20;
  std::size_t chunk_bytes = std::size_t{1} << 20;  ///< read at once
};

struct BatchItem {
  enum class Kind : std::uint8_t { file_header, batch_header, message, batch_trailer, file_trailer };
  Kind kind = Kind::message;
  std::string_view bytes;    ///< until the next call; with its line ends
  std::uint64_t number = 0;  ///< of a message, from 1
  std::uint64_t offset = 0;  ///< of its first byte in the (decompressed) file
  std::uint64_t line = 0;    ///< of its first byte, from 1; CR, LF and CR LF end lines
};

/// An item's bytes without a byte order mark, the frame of MLLP and blank lines around them; its last line end goes
/// too.
std::string_view without_frame(std::string_view item);

class BatchReader {
 public:
  explicit BatchReader(ByteSource& source, BatchLimits limits = {});

  /// The next item; nothing at the end.
  Result<std::optional<BatchItem>> next(Issues& issues);

  std::uint64_t messages() const { return messages_; }  ///< so far

 private:
  Result<> find_next(Issues& issues);
  Result<> fill();
  void pass(std::size_t end);
  void check(const BatchItem& item, Issues& issues);
  void check_end(Issues& issues);

  ByteSource& source_;
  BatchLimits limits_;
  std::string buffer_;
  std::size_t used_ = 0;                      // bytes of buffer_ that are filled
  std::size_t begin_ = 0;                     // of the item that is being looked at
  std::size_t next_ = 0;                      // of the one after it, or what is known not to begin one
  std::optional<BatchItem::Kind> kind_;       // of the item at begin_; nothing for text that is none
  std::optional<BatchItem::Kind> next_kind_;  // of the one at next_
  bool at_line_start_ = true;                 // next_ is one
  bool at_end_ = false;
  bool skipping_ = false;  // the item at begin_ is too large
  bool after_cr_ = false;
  std::uint64_t offset_ = 0;  // of begin_ in the file
  std::uint64_t line_ = 1;    // at begin_
  std::uint64_t messages_ = 0;
  std::uint64_t messages_in_batch_ = 0;
  std::uint64_t batches_ = 0;
  bool file_open_ = false;
  bool batch_open_ = false;
};

}  // namespace meridian::hl7v2
