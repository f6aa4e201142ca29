// FhirServer: what all interactions share, made once by mount_store().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "base/uuid.hpp"
#include "http/router.hpp"
#include "rest/store_routes.hpp"
#include "store/store.hpp"

namespace meridian::rest {

class ExportJobs;
class FeedStreams;
class Subscriptions;

struct FhirServer : std::enable_shared_from_this<FhirServer> {
  explicit FhirServer(StoreServices given);
  ~FhirServer();
  FhirServer(const FhirServer&) = delete;
  FhirServer& operator=(const FhirServer&) = delete;

  StoreServices services;
  const Clock& clock;
  mutable UuidMaker ids;
  /// The same interactions once more, for the entries of bundles.
  http::Router entries;
  Instant started;
  /// Patterns of operations that were in the router before: "/{type}/$validate".
  std::vector<std::string> other_operations;

  // What runs beside requests.
  std::unique_ptr<FeedStreams> feed_streams;
  std::unique_ptr<ExportJobs> exports;           ///< null without a work folder
  std::unique_ptr<Subscriptions> subscriptions;  ///< null without a work folder or somebody who sends
  std::unique_ptr<ThreadPool> loaders;           ///< of imports; null without a work folder

  store::Store& store() const { return *services.store; }
  /// Runs the work on the executor; where that is full or there is none, here.
  void later(Callback<void()> work) const;
  /// Ends what runs beside requests; what is left of it is done after the next start.
  void stop();
};

}  // namespace meridian::rest
