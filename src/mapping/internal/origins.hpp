// Origins as bytes (the grammar is in merge.hpp) and as a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping::internal {

/// A slot of a resource as the merger holds it.
struct Entry {
  SlotKind kind = SlotKind::element;
  Rank rank = Rank::copy;
  bool is_deleted = false;
  bool is_owned = true;  ///< false: no message gave it
  std::uint32_t items = 1;
  std::string key;
  std::string json;  ///< as in Slot; of a timeline kept in the origins too
  Stamp stamp;
  Origin origin;
};

std::string encode_origins(const std::vector<Entry>& entries);
Result<std::vector<Entry>> decode_origins(std::string_view bytes);

}  // namespace meridian::mapping::internal
