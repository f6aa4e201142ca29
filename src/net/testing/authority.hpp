// Authority: makes certificates for tests: an authority, and what it signs. All valid for an hour.
#pragma once

#include <memory>
#include <string>

namespace meridian::net::testing {

/// A certificate and its key, as PEM text.
struct Identity {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string pem() const;
  /// `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"; empty for none.
  Identity identity(const char* common_name, const std::string& names);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::net::testing
