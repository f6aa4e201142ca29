// read_requests(): a connection's bytes to requests, without a connection: what the server's framing makes of them.
//
// For tests and fuzzing of the framing alone, with the same parts that Connection uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/internal/request_head.hpp"

namespace meridian::http::testing {

struct ReadRequest {
  std::string head;  ///< in normal form
  std::string body;
  bool keep_alive = false;
  bool operator==(const ReadRequest&) const = default;
};

struct ReadResult {
  std::vector<ReadRequest> requests;
  internal::Refusal refusal;  ///< why reading ended early, if it did
  bool unfinished = false;    ///< the bytes ended inside a request
  bool operator==(const ReadResult&) const = default;
};

/// `pieces` are the same bytes as the network might deliver them.
ReadResult read_requests(const std::vector<std::string_view>& pieces, const ServerLimits& limits = {});

}  // namespace meridian::http::testing
