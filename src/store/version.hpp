// Version: one state of one resource, as it was written by one commit. Never changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "index/rows.hpp"
#include "store/context.hpp"

namespace meridian::store {

struct ResourceKey {
  std::string type;  ///< "Patient"
  std::string id;
  bool operator==(const ResourceKey&) const = default;
};

enum class Change : std::uint8_t { created = 1, updated = 2, deleted = 3 };  // on disk: never renumbered

struct Version {
  ResourceKey key;
  std::uint64_t number = 0;  ///< meta.versionId: 1, 2, 3 … of this resource
  CommitNumber commit;
  Instant last_updated;
  Change change = Change::created;
  index::Row row = 0;
  std::string json;  ///< with id, meta.versionId and meta.lastUpdated in it; empty for a deletion
};

}  // namespace meridian::store
