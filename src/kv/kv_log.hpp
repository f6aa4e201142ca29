// A Log over any Kv: one space of it, records under topic, partition and offset.
//
// Appenders to one partition that come at the same time share one commit and so one sync. A record and its neighbours
// appear whole. Several may be open over one Kv, also in several processes: an append that finds its place taken looks
// again where the end is.
#pragma once

#include <memory>

#include "kv/log.hpp"

namespace meridian {
class Clock;
}

namespace meridian::kv {

/// The space holds nothing else. All of it outlives the log.
std::unique_ptr<Log> make_kv_log(Kv& kv, SpaceId space, const Clock& clock);

}  // namespace meridian::kv
