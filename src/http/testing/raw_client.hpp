// RawClient: a blocking socket for tests: says exactly the given bytes and shows exactly what comes back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::http::testing {

struct RawResponse {
  int status = 0;    ///< 0: no complete response came
  std::string head;  ///< with the status line and the empty line
  std::string body;  ///< unchunked
  bool chunked = false;
  /// The value of a field, or "".
  std::string field(std::string_view name) const;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::string& unix_path);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the peer has closed.
  bool send(std::string_view bytes);
  void finish_sending();
  /// The next response; `head_only` for the answer to HEAD.
  RawResponse response(bool head_only = false);
  /// All until the peer closes.
  std::string rest();
  /// Reads exactly that many bytes, or fewer when the peer closes.
  std::string read(std::size_t bytes);
  /// Whether the peer closes without another byte (waits for it).
  bool is_closed() { return rest().empty(); }
  int descriptor() const { return descriptor_; }

 private:
  bool fill();
  int descriptor_ = -1;
  std::string in_;
};

}  // namespace meridian::http::testing
