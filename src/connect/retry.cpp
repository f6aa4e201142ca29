#include "connect/retry.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace meridian::connect {

std::int64_t retry_pause_ms(std::int64_t first_ms, std::int64_t most_ms, std::uint32_t tries, Random& random) {
  const std::int64_t first = std::max<std::int64_t>(first_ms, 1);
  const std::int64_t most = std::max(most_ms, first);
  const std::int64_t full = tries > 30 || first > (most >> tries) ? most : first << tries;
  return full / 2 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(full / 2) + 1));
}

}  // namespace meridian::connect
