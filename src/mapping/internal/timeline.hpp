// Timelines: where somebody was, from observations of it at different times.
//
// An observation's key is `element#time|what`; its content is an item of the element, without status and period (those
// that it has are made anew). Observations of the highest rank count. Neighbours of the same kind are one stay, which
// ends where the next begins; the last is `active` until the visit ends. Made for Encounter.location.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mapping/internal/origins.hpp"

namespace meridian::mapping::internal {

/// How many items it shows.
std::size_t shown_of_timeline(const std::vector<const Entry*>& observations);
/// The items, joined by commas. `end`: the member `"end":"…"` of the whole, or empty.
std::string render_timeline(std::vector<const Entry*> observations, std::string_view end);

}  // namespace meridian::mapping::internal
