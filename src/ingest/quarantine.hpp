// Quarantine: messages of devices that nobody knows, or that did not prove themselves. They are dead letters of feeds
// whose mapping is `devices`; nothing of them is in the record, and nothing of them is lost.
//
// Any thread. Errors: those of the inbox and the pipeline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace meridian::ingest {

class FeedService;

/// What is quarantined of one device in one feed.
struct Quarantined {
  std::string device;
  std::string feed;
  std::string reason;  ///< the code of the newest: device-unknown …
  std::string source;  ///< who brought the newest
  std::uint64_t messages = 0;
  std::uint64_t last = 0;  ///< the newest's number in its feed
  Instant first_arrived;
  Instant last_arrived;
};

/// By device. At most this many messages are looked at, newest first.
inline constexpr std::size_t kQuarantineLooked = 100'000;
Result<std::vector<Quarantined>> quarantined(FeedService& feed);
/// Works again on what of a device is quarantined, oldest first; how many.
Result<std::uint64_t> release_quarantined(FeedService& feed, const std::string& device);

}  // namespace meridian::ingest
