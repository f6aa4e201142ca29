// The framing of requests: what is read does not depend on how the bytes were cut, and what was accepted, written in
// its normal form, is read as the same.
//
// The input's first four bytes choose where to cut.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/testing/request_reader.hpp"

using meridian::http::testing::read_requests;
using meridian::http::testing::ReadResult;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || size > 16 * 1024) return 0;
  std::uint32_t random = 1;
  for (int i = 0; i < 4; ++i) random = random * 257 + data[i];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  const ReadResult whole = read_requests({bytes});

  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < bytes.size();) {
    random = random * 1664525 + 1013904223;
    const std::size_t piece = std::min<std::size_t>(bytes.size() - at, 1 + (random >> 16) % 64);
    pieces.push_back(bytes.substr(at, piece));
    at += piece;
  }
  if (read_requests(pieces) != whole) std::abort();

  for (const auto& request : whole.requests) {
    // A chunked body is written again as one chunk.
    std::string again = request.head;
    std::string lower = again;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (lower.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) {
      char length[32];
      std::snprintf(length, sizeof length, "%zx\r\n", request.body.size());
      if (!request.body.empty()) again += length + request.body + "\r\n";
      again += "0\r\n\r\n";
    } else {
      again += request.body;
    }
    const ReadResult reread = read_requests({again});
    if (reread.requests.size() != 1 || reread.requests[0] != request) std::abort();
  }
  return 0;
}
