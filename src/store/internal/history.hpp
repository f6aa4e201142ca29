// History and feed: versions by the order of commits. https://hl7.org/fhir/R4/http.html#history
#pragma once

#include "store/internal/commits.hpp"
#include "store/internal/showing.hpp"
#include "store/store.hpp"

namespace meridian::store {

Result<VersionPage> read_history(const Snapshots& snapshots, const ValueCodec& codec, const Showing& showing,
                                 const ReadContext& context, const HistoryRequest& request);
Result<FeedPage> read_feed(const Snapshots& snapshots, const ReadContext& context, CommitNumber after,
                           std::size_t limit);

}  // namespace meridian::store
