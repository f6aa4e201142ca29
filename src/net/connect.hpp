// Resolving names and connecting, for clients.
//
// Resolving and connecting are two steps, so that a caller can look at the addresses between them and connect to
// what it has looked at and nothing else (a name may resolve differently the second time).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace meridian::net {

/// A resolved IP address.
struct Address {
  std::string text;  ///< "192.0.2.1", "2001:db8::1"
  std::uint16_t port = 0;
};

enum class Reach : std::uint8_t { public_internet, private_network, link_local, loopback, unspecified_or_special };

/// What kind of address the text is; IPv4 inside IPv6 is judged as the IPv4 address. Not an address: special.
Reach reach_of(const std::string& address);

/// Errors: not_found, timeout. An address is its own answer.
Task<Result<std::vector<Address>>> resolve(Loop& loop, std::string host, std::uint16_t port, Deadline deadline);
/// The first address that answers. Errors: io_failure, timeout.
Task<Result<std::unique_ptr<Stream>>> connect(Loop& loop, std::vector<Address> addresses, Deadline deadline);
Task<Result<std::unique_ptr<Stream>>> connect_unix(Loop& loop, std::string path, Deadline deadline);

}  // namespace meridian::net
