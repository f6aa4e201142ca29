// How long to wait before a connection is tried again.
#pragma once

#include <cstdint>

namespace meridian {
class Random;
}

namespace meridian::connect {

/// A pause before the n-th further try, from 0: doubled each time up to the most, of which a random half is waited, so
/// that a thousand clients do not come back at once.
std::int64_t retry_pause_ms(std::int64_t first_ms, std::int64_t most_ms, std::uint32_t tries, Random& random);

}  // namespace meridian::connect
