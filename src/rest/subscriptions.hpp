// Subscriptions: tells those who subscribed, through the feed of changes, each at its own pace.
//
// Each subscription has its own place in the feed, kept in a file: what happened while the server was down is told when
// it is back, at least once. Notifications of one subscription go out one after another in the order of commits, so
// those of one patient too. One that is not taken is repeated after a pause that doubles; after max_attempts it goes to
// the dead letters, a file beside, and the next one follows. Others are not held up by that.
// Delivery (R4): POST to the endpoint without a body; with a payload, PUT to [endpoint]/[type]/[id] of the version.
// Specification: https://hl7.org/fhir/R4/subscription.html
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/callback.hpp"
#include "base/thread_pool.hpp"
#include "http/client.hpp"
#include "rest/subscription.hpp"
#include "store/store.hpp"

namespace meridian {
class FileSystem;
}

namespace meridian::rest {

struct FhirServer;

struct SubscriptionRules {
  std::uint32_t max_attempts = 8;
  std::int64_t first_pause_ms = 1'000;  ///< doubles each time
  std::int64_t longest_pause_ms = 300'000;
  int threads = 4;
};

class Subscriptions {
 public:
  /// Delivers one request: true when it was taken. Called by several threads at once; it waits.
  using Send = Callback<bool(http::ClientRequest)>;

  Subscriptions(const FhirServer& server, FileSystem& files, std::string folder, Send send,
                SubscriptionRules rules = {});
  ~Subscriptions();
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

 private:
  struct Follower;
  using Key = std::pair<std::uint32_t, std::string>;  // tenant and id

  void run();
  /// Learns of Subscription resources that have changed since it last looked.
  void learn(store::TenantId tenant);
  void learn_one(store::TenantId tenant, const std::string& id, store::CommitNumber from);
  void activate(store::TenantId tenant, const store::Version& version);
  /// Works on one until it is up to date or has to pause.
  void follow(const std::shared_ptr<Follower>& follower);
  bool tell(Follower& follower, const store::FeedEntry& entry);
  Result<bool> is_meant(const Follower& follower, const store::FeedEntry& entry) const;
  http::ClientRequest request_for(const Follower& follower, const store::FeedEntry& entry) const;
  void keep_place(const Follower& follower) const;
  void bury(const Follower& follower, const store::FeedEntry& entry) const;
  std::string file_of(const Follower& follower, std::string_view ending) const;

  const FhirServer& server_;
  FileSystem& files_;
  std::string folder_;
  Send send_;
  SubscriptionRules rules_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, std::shared_ptr<Follower>> followers_;
  std::map<std::uint32_t, store::CommitNumber> learned_;  // of each tenant, through which commit
  std::map<std::uint32_t, bool> woken_;                   // tenants in which something was committed
  bool is_changed_ = false;                               // since run() looked
  bool is_stopping_ = false;
  std::shared_ptr<void> on_commit_;
  std::unique_ptr<ThreadPool> pool_;
  std::thread thread_;
};

}  // namespace meridian::rest
