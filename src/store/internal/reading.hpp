// Reading: versions by key and rows by number, as a snapshot sees them. Without the ReadPolicy: see showing.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/callback.hpp"
#include "store/internal/snapshots.hpp"
#include "store/internal/value_codec.hpp"

namespace meridian::store {

/// A version's place. The pointer's commit and time are filled in, of a large commit too.
struct Located {
  index::Row row = 0;
  Pointer pointer;
};

/// Fills in what a large commit's pointer leaves to its span.
void resolve(const Horizon& horizon, Located& located);
/// Commit and time of what a large commit wrote stand with its span.
void resolve(const Horizon& horizon, index::Row row, std::uint64_t& commit, Instant& time);

/// The newest version that the snapshot sees, a deletion too.
Result<std::optional<Located>> find_current(const Snapshot& snapshot, std::string_view type, std::string_view id);
Result<std::optional<Located>> find_version(const Snapshot& snapshot, std::string_view type, std::string_view id,
                                            std::uint64_t number);
/// All that the snapshot sees, the newest first, until `visit` says false.
Result<> visit_versions(const Snapshot& snapshot, std::string_view type, std::string_view id,
                        const Callback<bool(const Located&)>& visit);

/// A located version with its text, as it is shown; of a deletion without one.
Result<Version> load_version(const Snapshot& snapshot, const ValueCodec& codec, const ResourceKey& key,
                             const Located& located);

/// The note beside a located version, or beside the newest one before it in its home that has one; empty when none has.
Result<std::string> load_note(const Snapshot& snapshot, const ValueCodec& codec, const ResourceKey& key,
                              const Located& located);

/// The block that a row lies in.
struct FoundBlock {
  index::Row first = 0;
  RowBlock block;
};
Result<std::optional<FoundBlock>> find_block(const Snapshot& snapshot, index::Row row);

/// What a row is; nothing when the snapshot does not see it.
struct RowFacts {
  RowEntry entry;
  std::uint64_t commit = 0;
  Instant time;
};
Result<std::optional<RowFacts>> find_row(const Snapshot& snapshot, index::Row row);
/// Rows [first, end) as they were written, whether the snapshot sees them or not, until `visit` says false.
Result<> visit_rows(const kv::View& view, TenantId tenant, index::Row first, index::Row end,
                    const Callback<bool(index::Row, const RowBlock&, const RowEntry&)>& visit);

}  // namespace meridian::store
