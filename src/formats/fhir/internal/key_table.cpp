#include "formats/fhir/internal/key_table.hpp"

#include <algorithm>
#include <bit>

namespace meridian::fhir::internal {

void KeyTable::add_type(std::span<const Key> keys) {
  const auto bucket_count = std::bit_ceil(std::max<std::size_t>(2, keys.size() * 2));
  const TypeEntry entry{.first_row = static_cast<std::uint32_t>(rows_.size()),
                        .first_bucket = static_cast<std::uint32_t>(buckets_.size()),
                        .mask = static_cast<std::uint32_t>(bucket_count - 1),
                        .shift = static_cast<std::uint32_t>(32 - std::countr_zero(bucket_count))};
  buckets_.resize(buckets_.size() + bucket_count, kEmpty);
  for (const Key& key : keys) {
    const Digest digest(key.text);
    rows_.push_back({digest, key.text, key.match});
    std::uint32_t at = digest.hash(key.text.size()) >> entry.shift;
    while (buckets_[entry.first_bucket + at] != kEmpty) at = (at + 1) & entry.mask;
    buckets_[entry.first_bucket + at] = key.match.slot;
  }
  types_.push_back(entry);
}

}  // namespace meridian::fhir::internal
