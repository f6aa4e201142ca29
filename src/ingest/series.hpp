// SeriesPort: where samples at a high rate go: waves of monitors, traces, leads. They make no Observations.
//
// The store of series belongs to the lake, which is to come: nothing implements this port yet. Without one the message
// is kept in the inbox as it came, acknowledged, and its samples are counted (metric meridian_series_samples); it can
// be replayed into the store when there is one, as long as the feed keeps it.
//
// take() is asked on the pool's threads, again after a replay with the same message: the same (message, channel) is to
// take the place of what was there. It must be quick, and safe when it returns.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "ingest/message.hpp"
#include "mapping/device_reading.hpp"

namespace meridian::ingest {

struct SeriesBatch {
  MessageId message;
  std::string device;  ///< its number
  std::vector<mapping::DeviceSeries> channels;
};

class SeriesPort {
 public:
  virtual ~SeriesPort() = default;
  /// Errors: those of the store; the message is then tried again by whoever replays it.
  virtual Result<> take(SeriesBatch batch) const = 0;
};

}  // namespace meridian::ingest
