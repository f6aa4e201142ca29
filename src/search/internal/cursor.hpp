// Cursor: the place in an order after which the next page begins, as text that clients carry but do not read.
//
//   base64url( version:1 order:8 row:8 count:1 key{count} crc32c:4 )     key := 0 | 1 size:2 byte{size}
//
// Numbers are little-endian; `order` is a hash of what is sorted by, so that a cursor of another order is refused; the
// checksum is over all before it. Not secret and not signed: a cursor only says where to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "index/rows.hpp"

namespace meridian::search::internal {

/// Of one row: what it is sorted by, key by key, as bytes in their order; nothing where it has no value.
struct Place {
  std::vector<std::optional<std::string>> keys;
  index::Row row = 0;
};

std::string write_cursor(const Place& place, std::uint64_t order);
/// invalid_argument for whatever write_cursor() did not make for this order.
Result<Place> read_cursor(std::string_view text, std::uint64_t order, std::size_t keys);

}  // namespace meridian::search::internal
