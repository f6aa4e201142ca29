// StableIds: the ids of resources that come from messages. The same thing gets the same id from whatever message, in
// whatever order, at any rebuild; and the id tells nothing to who lacks the tenant's key.
//
//   id := UUID version 8 of the first 16 bytes of
//         HMAC-SHA-256(tenant key, type 0x00 authority 0x00 identifier 0x00 epoch)      epoch in decimal digits
//
// The authority is whose number it is (a URI), the epoch counts how often it began to hand out its numbers anew.
// Threads: immutable. Specification: RFC 9562 (version 8), RFC 2104 (HMAC).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.hpp"

namespace meridian::mapping {

class StableIds {
 public:
  explicit StableIds(std::string_view tenant_key);
  Uuid id(std::string_view type, std::string_view authority, std::string_view identifier,
          std::uint32_t epoch = 0) const;

 private:
  // The key, padded and masked for the inner and the outer hash.
  std::string inner_;
  std::string outer_;
};

}  // namespace meridian::mapping
