// FhirServer: what all interactions share, made once by mount_store().
#pragma once

#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "http/router.hpp"
#include "rest/store_routes.hpp"
#include "store/store.hpp"

namespace meridian::rest {

struct FhirServer {
  explicit FhirServer(StoreServices given);

  StoreServices services;
  const Clock& clock;
  mutable UuidMaker ids;
  /// The same interactions once more, for the entries of bundles.
  http::Router entries;
  Instant started;
  /// Patterns of operations that were in the router before: "/{type}/$validate".
  std::vector<std::string> other_operations;

  store::Store& store() const { return *services.store; }
  /// Runs the work on the executor; where that is full or there is none, here.
  void later(Callback<void()> work) const;
};

}  // namespace meridian::rest
