// RawPeer: a blocking socket for tests that says exactly the given bytes to a server and shows what comes back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::connect::testing {

class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port);
  RawPeer(RawPeer&& other) noexcept;
  RawPeer& operator=(RawPeer&&) = delete;
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer();

  bool is_connected() const { return descriptor_ >= 0; }
  /// False when the peer has closed.
  bool send(std::string_view bytes);
  /// As much as is taken without waiting; how many bytes that was.
  std::size_t send_what_is_taken(std::string_view bytes);
  void finish_sending();
  /// The content of the next frame, or "" when the other side closes first.
  std::string frame();
  /// So many bytes, or fewer when the other side closes first.
  std::string bytes(std::size_t count);
  /// Whether the other side closes without another byte (waits for it).
  bool is_closed();

 private:
  bool fill();
  int descriptor_ = -1;
  std::string in_;
};

std::string framed(std::string_view content);

}  // namespace meridian::connect::testing
