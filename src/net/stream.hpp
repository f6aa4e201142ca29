// Stream: bytes both ways with one peer, awaited from a coroutine on the Stream's Loop.
//
// Plain TCP, a Unix socket or TLS over either; whoever talks does not know which. An operation first tries, and only
// what would block goes to the loop, so that a busy connection costs one system call a read. A read and a write may
// wait at the same time; two reads may not. A Stream is used, and destroyed, on its Loop's thread only, and never
// while an operation waits: close() or cancel() first, the operation then ends with `cancelled`.
// The deadline covers every operation until it is set anew; one that passes ends what waits with `timed_out`.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/io.hpp"
#include "net/task.hpp"

namespace meridian::net {

enum class IoStatus : std::uint8_t { ok, would_block, end, timed_out, cancelled, failed };

struct [[nodiscard]] IoResult {
  std::size_t bytes = 0;
  IoStatus status = IoStatus::ok;
  explicit operator bool() const { return status == IoStatus::ok; }
};

/// What an operation waits for; TLS may have to write in order to read.
enum class Readiness : std::uint8_t { readable, writable };

struct PeerAddress {
  std::string address;  ///< "127.0.0.1", "::1", "unix"
  std::uint16_t port = 0;
};

struct PeerCertificate {
  std::string subject;  ///< RFC 2253; empty when the peer showed none
  std::string sha256;   ///< fingerprint, lower-case hexadecimal
};

/// Someone who waits for a socket.
class Waiter {
 public:
  virtual void ready(IoStatus status) = 0;

 protected:
  ~Waiter() = default;
};

class Stream : public Expiring {
 public:
  explicit Stream(Loop& loop) : loop_(loop) {}

  class ReadAwaiter;
  class WriteAwaiter;
  class ReadableAwaiter;

  /// Reads what is there, at least one byte; `end` when the peer has finished.
  ReadAwaiter read_some(char* to, std::size_t size);
  /// Writes some of two pieces (the second may be empty), at least one byte.
  WriteAwaiter write_some(std::string_view first, std::string_view second = {});
  /// Waits until a read would not block, without holding a buffer meanwhile.
  ReadableAwaiter readable();
  /// Writes all of both.
  Task<IoStatus> write_all(std::string_view first, std::string_view second = {});

  void set_deadline(Deadline deadline);
  /// Ends whatever waits with `cancelled`; later operations too.
  void cancel();
  /// Whether the peer has finished or failed, as far as can be told without reading.
  virtual bool peer_has_gone() = 0;
  /// Tells the peer that nothing more will come.
  virtual void shutdown_write() = 0;
  virtual void close() = 0;

  virtual const PeerAddress& peer() const = 0;
  virtual const PeerCertificate* certificate() const { return nullptr; }
  virtual bool is_encrypted() const { return false; }

  Loop& loop() const { return loop_; }

  // For streams that wrap another, and for the awaiters.
  struct Attempt {
    IoResult result;
    Readiness wants = Readiness::readable;  ///< when the result is would_block
  };
  virtual Attempt try_read(char* to, std::size_t size) = 0;
  virtual Attempt try_write(std::string_view first, std::string_view second) = 0;
  /// Calls the waiter once, later, on the loop's thread.
  virtual void wait(Readiness readiness, Waiter& waiter) = 0;
  /// Whether bytes are known to be there already, above the socket.
  virtual bool has_buffered() const { return false; }

 protected:
  void expired() override;
  virtual void cancel_waits() = 0;
  IoStatus stopped() const { return stopped_; }

 private:
  friend class AwaitedOperation;
  IoStatus stopped_ = IoStatus::ok;  // or timed_out, cancelled
  Loop& loop_;
  int in_a_row_ = 0;  // operations that did not wait; then others on the loop get their turn
};

/// What the awaiters share: try, wait, try again.
class AwaitedOperation : public Waiter {
 public:
  explicit AwaitedOperation(Stream& stream) : stream_(stream) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> handle);
  void ready(IoStatus status) override;

 protected:
  ~AwaitedOperation() = default;
  virtual Stream::Attempt attempt() = 0;
  Stream& stream_;
  IoResult result_;

 private:
  void go_on(IoResult result);
  Readiness wants_ = Readiness::readable;
  bool yielding_ = false;
  std::coroutine_handle<> handle_;
};

class Stream::ReadAwaiter final : public AwaitedOperation {
 public:
  ReadAwaiter(Stream& stream, char* to, std::size_t size) : AwaitedOperation(stream), to_(to), size_(size) {}
  IoResult await_resume() const { return result_; }

 private:
  Attempt attempt() override { return stream_.try_read(to_, size_); }
  char* to_;
  std::size_t size_;
};

class Stream::WriteAwaiter final : public AwaitedOperation {
 public:
  WriteAwaiter(Stream& stream, std::string_view first, std::string_view second)
      : AwaitedOperation(stream), first_(first), second_(second) {}
  IoResult await_resume() const { return result_; }

 private:
  Attempt attempt() override { return stream_.try_write(first_, second_); }
  std::string_view first_;
  std::string_view second_;
};

class Stream::ReadableAwaiter final : public AwaitedOperation {
 public:
  explicit ReadableAwaiter(Stream& stream) : AwaitedOperation(stream) {}
  IoStatus await_resume() const { return result_.status; }

 private:
  Attempt attempt() override;
  bool waited_ = false;
};

inline Stream::ReadAwaiter Stream::read_some(char* to, std::size_t size) {
  return {*this, to, size};
}
inline Stream::WriteAwaiter Stream::write_some(std::string_view first, std::string_view second) {
  return {*this, first, second};
}
inline Stream::ReadableAwaiter Stream::readable() {
  return ReadableAwaiter(*this);
}

}  // namespace meridian::net
