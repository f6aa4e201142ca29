// BodySource and BodySink: bodies that are not held whole in memory.
//
// A source is pulled: the server asks for more only when the socket has taken what was given, so a slow reader slows
// the source and memory stays at one piece. A sink is pushed to: the server reads on only when the sink has taken
// the last piece. Both are called from a pool thread, one call at a time, never two at once; neither may wait inside
// a call: "nothing yet" is told by `wait` and a later wake() of the Waker, from any thread, as often as one likes.
// Destroying the source or sink before its end tells it that the client has gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::http {

/// Wakes the exchange that waits. Copied freely, used from any thread, harmless after the exchange has ended.
class Waker {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void wake() = 0;
  };

  Waker() = default;
  explicit Waker(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  void wake() const {
    if (target_) target_->wake();
  }

 private:
  std::shared_ptr<Target> target_;
};

enum class Flow : unsigned char {
  more,  ///< go on at once
  wait,  ///< not now; the Waker says when
  end    ///< of a source: that was all
};

class BodySource {
 public:
  virtual ~BodySource() = default;

  /// Appends up to about `wanted` bytes to `out`. What was appended is sent whatever is returned. An error cuts the
  /// connection, since the head has gone out: the client sees an incomplete body, never a complete wrong one.
  virtual Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& waker) = 0;
  /// Moves past that many bytes without producing them, before the first pull, for ranges. False when this source
  /// cannot: then they are pulled and dropped.
  virtual bool skip(std::uint64_t bytes);
};

/// Where a request's body goes piece by piece; the handler that made it answers through its Responder.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// The next piece, already unchunked and decompressed. `more` or `wait`. An error ends the request with its problem.
  virtual Result<Flow> write(std::string_view bytes, const Waker& waker) = 0;
  /// The body is complete.
  virtual void finish() = 0;
};

/// A source over a string that is already there, handed out in pieces.
std::unique_ptr<BodySource> source_of(std::string text);
/// `size` bytes of the source from `first` on.
std::unique_ptr<BodySource> part_of(std::unique_ptr<BodySource> source, std::uint64_t first, std::uint64_t size);

}  // namespace meridian::http
