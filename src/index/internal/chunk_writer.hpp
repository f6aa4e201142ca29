// Writes what a head holds into the Kv: its terms as posting lists, its columns as blocks.
#pragma once

#include "index/internal/head.hpp"
#include "index/internal/layout.hpp"
#include "index/internal/outline.hpp"

namespace meridian::index {

/// In batches of at most about kBatchBytes, in the order of keys, none of them synced. What it writes does not count
/// until the chunk's record is there. Stopped in the middle and done again, it writes the same keys again: keys and
/// values depend on the head's rows alone; and what a crash left of a chunk that is then cut otherwise are true words
/// about rows that come again (layout.hpp). Gives the outline of what it
/// wrote. Error: that of the Kv.
Result<Outline> write_entries(kv::Kv& kv, const IndexSpaces& spaces, Tenant tenant, const Head& head);

inline constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

}  // namespace meridian::index
