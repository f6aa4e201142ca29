// Scanning: the current resources of a home, or of a type.
//
// A home is one sequential read. A type of which the homes hold many is read home by home, the rest by its pointers, a
// point read for each value.
#pragma once

#include "store/internal/reading.hpp"
#include "store/internal/showing.hpp"

namespace meridian::store {

using VersionVisitor = Callback<bool(Version&&)>;

/// Every current resource that lies in a home: one sequential read.
Result<> scan_home(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view home, const VersionVisitor& visit);
/// Every current resource of a type that was written at `since` or later.
Result<> scan_type(const Snapshot& snapshot, const ValueCodec& codec, const Showing& showing,
                   const ReadContext& context, std::string_view type, std::optional<Instant> since,
                   const VersionVisitor& visit);

}  // namespace meridian::store
