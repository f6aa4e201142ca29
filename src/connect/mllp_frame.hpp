// MLLP's framing: which bytes of a stream are one message, however they were cut and whatever stands between them.
//
//   frame    = VT content FS CR              VT = 0x0B, FS = 0x1C, CR = 0x0D
//   example    0B 4D 53 48 7C … 0D 1C 0D     "MSH|…" CR in its frame
//
// A decoder is a pure state machine: the same bytes give the same frames in whatever pieces they come, and a piece may
// hold many. What deviates is taken as far as nobody could mean it otherwise, named (MllpFault), and counted:
//   bytes between frames          dropped; line ends there are common and not counted
//   "MSH", "FHS", "BHS" without VT   where a frame may begin: a frame
//   FS that no CR follows         before VT, LF or the peer's pause: the end of the frame; else content
//   VT within a frame             before "MSH", "FHS", "BHS": the frame before was cut off, dropped; else content
//   content beyond the limit      the beginning is kept, so that it can be answered; the rest is dropped to its end
// Memory: at most the limit of content. One thread at a time.
// Specification: HL7 Transport Specification, Minimal Lower Layer Protocol, Release 1,
// https://www.hl7.org/documentcenter/public/wg/inm/mllp_transport_specification.PDF
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian::connect {

enum class MllpFault : std::uint8_t {
  garbage_between,   ///< bytes outside of frames
  missing_start,     ///< no VT
  missing_return,    ///< FS without CR
  separator_inside,  ///< VT or FS within the content
  restarted,         ///< a frame was cut off by the next one
  too_large,         ///< the content is larger than the limit
  truncated,         ///< the stream ended within a frame
};
inline constexpr std::size_t kMllpFaults = 7;

/// "garbage-between": for metrics.
std::string_view name(MllpFault fault);

struct MllpDeviation {
  MllpFault fault;
  std::uint64_t bytes;  ///< dropped, or how many the content had; 0 when it is not about bytes
  bool operator==(const MllpDeviation&) const = default;
};
/// As a fault of the message that it came with or before.
Issue issue_of(const MllpDeviation& deviation);

struct MllpFrame {
  std::string content;
  bool is_cut = false;  ///< too large: only the beginning of the content is here
  /// What was wrong with it and with the bytes before it.
  std::vector<MllpDeviation> deviations;
};

struct MllpLimits {
  std::size_t content_bytes = 64 << 20;
  std::size_t kept_of_too_large = 4096;  ///< how much of one that is too large is handed on
};

class MllpDecoder {
 public:
  explicit MllpDecoder(MllpLimits limits = {}) : limits_(limits) {}

  /// Takes bytes from the front until a frame is complete or none are left: call until it gives nothing.
  std::optional<MllpFrame> take(std::string_view& bytes);
  /// Whether a frame is there but for its CR: a peer that pauses now does not send one. See pause().
  bool awaits_return() const { return state_ == State::after_end; }
  /// The peer sends nothing for the moment: an end without CR is an end.
  std::optional<MllpFrame> pause();
  /// The peer sends nothing more: the last frame if only its CR is lacking; what is cut off is counted.
  std::optional<MllpFrame> finish();

  /// Between frames, with nothing begun: a connection may be closed here.
  bool is_between() const { return state_ == State::between && candidate_.empty(); }
  std::size_t held_bytes() const { return content_.size(); }
  /// Dropped since the last frame: a peer that sends nothing else does not speak MLLP.
  std::uint64_t garbage_bytes() const { return garbage_; }
  /// How often each fault has been met, by its number.
  const std::array<std::uint64_t, kMllpFaults>& counts() const { return counts_; }

 private:
  enum class State : std::uint8_t { between, within, after_end, after_inner_start };

  std::optional<MllpFrame> complete();
  void take_between(std::string_view& bytes);
  void take_within(std::string_view& bytes);
  void take_after_inner_start(std::string_view& bytes);
  void begin();
  void append(std::string_view bytes);
  void deviate(MllpFault fault, std::uint64_t bytes = 0);
  void end_garbage();
  void drop_content(MllpFault why);

  MllpLimits limits_;
  State state_ = State::between;
  std::string content_;
  std::uint64_t content_size_ = 0;  // all of it, kept or not
  std::string candidate_;           // what may turn out to be the beginning of a message: at most two bytes
  bool may_begin_ = true;           // nothing but line ends since the last frame
  std::uint64_t garbage_ = 0;
  std::vector<MllpDeviation> deviations_;
  std::array<std::uint64_t, kMllpFaults> counts_{};
};

/// Whether a decoder gives back exactly this content: it has no FS CR, FS VT, FS LF, and no VT before a header segment.
bool is_mllp_content(std::string_view content);
/// The content in its frame. Errors: invalid_argument, when it cannot be told from its frame.
Result<std::string> mllp_frame(std::string_view content);

}  // namespace meridian::connect
