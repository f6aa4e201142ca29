// ValueText: a resource's JSON as it is kept: as received but for white space, without `id`, `meta.versionId` and
// `meta.lastUpdated`, which come from the key and the commit and are put back when it is read.
//
//   received  {"resourceType": "Patient", "id": "7", "meta": {"versionId": "9", "profile": ["p"]}, "active": true}
//   kept      {"resourceType":"Patient","meta":{"profile":["p"]},"active":true}
//                                      ^ id_at       ^ meta_at
//   shown {"resourceType":"Patient","id":"7","meta":{"versionId":"1","lastUpdated":"…","profile":["p"]},"active":true}
//
// The input is JSON that the parser of documents accepted. Free of threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace meridian::store {

struct ValueText {
  std::string text;
  std::uint32_t id_at = 0;    ///< where `,"id":"…"` goes: after `resourceType`
  std::uint32_t meta_at = 0;  ///< after the brace of `meta`; 0: there is none

  /// malformed_input when it is no object with a `resourceType`, or its `meta` is no object.
  static Result<ValueText> of(std::string_view json);
};

/// The resource as it is shown.
std::string show(std::string_view text, std::uint32_t id_at, std::uint32_t meta_at, std::string_view id,
                 std::uint64_t version, Instant last_updated);

}  // namespace meridian::store
