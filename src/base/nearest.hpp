// The name that somebody probably meant, for "did you mean".
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace meridian {

/// How many letters must be added, taken, changed or swapped with their neighbour to make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate closest to the word, or nothing when none is close enough to be worth telling (a third of its
/// letters). Words over 100 bytes have no neighbours.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace meridian
