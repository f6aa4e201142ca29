// Continuation: a message that its sender cut into pieces, put together again.
//
//   MSH … OBX|5|TX|…|so far     ADD|      DSC|ptr|F        the first piece; ADD when a segment is cut
//   MSH … MSH-14 = ptr          ADD|and on|F …             the next: what follows `ADD|` goes right behind what was cut
//
// Pieces belong together by the pointer (DSC-1, then MSH-14) and the sender (MSH-3, MSH-4). The whole has the first
// piece's MSH and no DSC or ADD. Bytes and the number of open messages are bounded; the oldest open one is given up
// first, as an Issue. Threads: one at a time.
// Specification: HL7 v2.5.1, chapter 2, 2.10.2 (continuation), 2.15.1 (ADD), 2.15.4 (DSC).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {

struct ContinuationLimits {
  std::size_t max_bytes = std::size_t{64} << 20;  ///< of one message
  std::size_t max_total_bytes = std::size_t{256} << 20;
  std::size_t max_open = 1000;
};

class Reassembly {
 public:
  explicit Reassembly(ContinuationLimits limits = {}) : limits_(limits) {}

  /// The bytes of a whole message: of this one when it is not continued, of all its pieces when it is the last. Nothing
  /// while more must come, or when it is a piece of nothing that is open (an error in `issues`).
  std::optional<std::string> add(const Message& message, Issues& issues);

  std::size_t open() const { return open_.size(); }

 private:
  struct Piece {
    std::string sender;
    std::string pointer;  // of the next piece
    std::string bytes;
    bool is_cut = false;  // its last segment goes on
  };
  std::optional<Piece> take(std::string_view sender, std::string_view pointer);
  void make_room(Issues& issues);

  ContinuationLimits limits_;
  std::vector<Piece> open_;  // in the order they came
};

/// Whether the message says that it goes on in another.
bool is_continued(const Message& message);

}  // namespace meridian::hl7v2
