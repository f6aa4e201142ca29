#include "ingest/quarantine.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "ingest/device_format.hpp"
#include "ingest/feed_service.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::string_view kDeviceKey = "device|";

std::string device_of(const InboxEntry& entry) {
  for (const std::string& key : entry.header.order_keys) {
    if (key.starts_with(kDeviceKey)) return key.substr(kDeviceKey.size());
  }
  return {};
}

/// Quarantined messages of a feed that the question finds, newest first.
template <typename Take>
Result<> each(FeedService& feed, InboxQuery query, Take take) {
  query.feed = feed.feed().name;
  query.state = MessageState::dead;
  query.limit = kPage;
  for (std::size_t looked = 0; looked < kQuarantineLooked;) {
    const std::vector<InboxEntry> found = TRY(feed.inbox().search(query));
    for (const InboxEntry& entry : found) {
      if (is_quarantine(entry.outcome.code)) take(entry);
    }
    if (found.size() < kPage) return {};
    looked += found.size();
    query.before = found.back().id.sequence;
  }
  return {};
}

}  // namespace

Result<std::vector<Quarantined>> quarantined(FeedService& feed) {
  std::map<std::string, Quarantined> devices;
  TRY(each(feed, {}, [&](const InboxEntry& entry) {
    Quarantined& one = devices[device_of(entry)];
    if (one.messages++ == 0) {
      one.device = device_of(entry);
      one.feed = entry.id.feed;
      one.reason = entry.outcome.code;
      one.source = entry.source;
      one.last = entry.id.sequence;
      one.last_arrived = entry.arrived;
    }
    one.first_arrived = entry.arrived;
  }));
  std::vector<Quarantined> all;
  all.reserve(devices.size());
  for (auto& [number, one] : devices) all.push_back(std::move(one));
  return all;
}

Result<std::uint64_t> release_quarantined(FeedService& feed, const std::string& device) {
  std::vector<std::uint64_t> sequences;
  InboxQuery query;
  query.order_key = std::string(kDeviceKey) + device;
  TRY(each(feed, std::move(query), [&](const InboxEntry& entry) { sequences.push_back(entry.id.sequence); }));
  for (const std::uint64_t sequence : std::views::reverse(sequences)) TRY(feed.pipeline().replay(sequence));
  return static_cast<std::uint64_t>(sequences.size());
}

}  // namespace meridian::ingest
