// ReadContext and WriteContext: who asks, for what, and for how long. Every call that touches stored data takes one;
// there is no overload without.
//
// Until real identities come, the program makes contexts of the local administrator (local_administrator below) and
// says so in the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/stop.hpp"
#include "base/strong_id.hpp"

namespace meridian::store {

using TenantId = StrongId<struct TenantIdTag, std::uint32_t>;
inline constexpr TenantId kDefaultTenant{1};
/// A commit's place in the order of all commits of a tenant: 1, 2, 3 …
using CommitNumber = StrongId<struct CommitNumberTag>;

struct Actor {
  std::string id;                  ///< "Practitioner/7", "system/lake", "local"
  std::vector<std::string> roles;  ///< of http://terminology.hl7.org/CodeSystem/v3-RoleCode or the house's own
};

struct ReadContext {
  TenantId tenant = kDefaultTenant;
  Actor actor;
  std::string purpose;             ///< of http://terminology.hl7.org/CodeSystem/v3-ActReason: "TREAT", "HOPERAT"
  std::string relation;            ///< to the patient, where it is known: "attending", "self"
  std::optional<CommitNumber> at;  ///< the snapshot; empty: the present
  Deadline deadline;
  StopToken stop;
};

struct WriteContext {
  TenantId tenant = kDefaultTenant;
  Actor actor;
  std::string purpose;
  std::string relation;
  std::string reason;  ///< in words, for the record; may be empty
  std::string source;  ///< where it came from: "rest", "import", "feed/lab"
  Deadline deadline;
  StopToken stop;
};

ReadContext local_reader();
WriteContext local_writer();

}  // namespace meridian::store
