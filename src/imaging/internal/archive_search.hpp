// Searching the archive: which studies may match by the index, then what matches in them, one at a time.
#pragma once

#include <memory>

#include "imaging/archive.hpp"
#include "kv/kv.hpp"

namespace meridian::imaging::internal {

/// At one moment of the Kv; Matches go before it.
Result<std::unique_ptr<Matches>> search(const kv::Kv& kv, const ArchiveOptions& options,
                                        const store::ReadContext& context, Query query);

}  // namespace meridian::imaging::internal
