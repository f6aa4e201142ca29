// How a store is looked after over HTTP: what is in it, back-ups, verification, reindexing.
//
// GET /api/v1/stats is for everybody who may read; the others do work on the machine itself and are taken only through
// the Unix socket of the data folder, whose owner alone can reach it. They answer with text, a line a finding, when
// they are done. Below /t/{tenant} all but back-ups are for that tenant. Specification: our own.
#pragma once

#include "base/callback.hpp"

namespace meridian::http {
class Router;
}
namespace meridian::store {
class Store;
struct BackupRequest;
}  // namespace meridian::store

namespace meridian::rest {

/// The store must outlive the router. `add_beside` says what of the data folder a back-up keeps beside the store; on
/// any thread.
void mount_administration(http::Router& router, store::Store& store, Callback<void(store::BackupRequest&)> add_beside);

}  // namespace meridian::rest
