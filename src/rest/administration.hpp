// How a store is looked after over HTTP: what is in it, back-ups, verification, reindexing.
//
// GET /api/v1/stats is for everybody who may read; the others do work on the machine itself and are taken only through
// the Unix socket of the data folder, whose owner alone can reach it. They answer with text, a line a finding, when
// they are done. Specification: our own.
#pragma once

namespace meridian::http {
class Router;
}
namespace meridian::store {
class Store;
}

namespace meridian::rest {

/// The store must outlive the router.
void mount_administration(http::Router& router, store::Store& store);

}  // namespace meridian::rest
