// Purging and erasing: what takes versions out again. https://hl7.org/fhir/R4/http.html#history (removal)
//
// A purge is a commit of its own: its events tell the feed what is gone, values and pointers are erased, and the rows
// stay as numbers, marked. Where the current version goes too, a row of a deletion supersedes it, so that the index
// forgets it. Run by the sequencer's thread, alone.
#pragma once

#include <vector>

#include "store/internal/core.hpp"

namespace meridian::store {

enum class PurgeScope : std::uint8_t { old_versions, everything };

/// not_found when the resource was never there; conflict while a large commit writes it.
Result<> purge_resource(Core& core, const WriteContext& context, const ResourceKey& key, PurgeScope scope);
/// Writes the ledger, destroys the key, and takes out all that lies in the home.
Result<> erase_home(Core& core, const WriteContext& context, std::string_view home);
/// After a start: destroys again the keys that the ledger names.
Result<> replay_ledger(const kv::Kv& kv, Sealer& sealer);

}  // namespace meridian::store
