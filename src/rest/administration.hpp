// How a store is looked after over HTTP: what is in it, back-ups, verification, reindexing.
//
// GET /api/v1/stats is for everybody who may read; the others do work on the machine itself and are taken only through
// the Unix socket of the data folder, whose owner alone can reach it. They answer with text, a line a finding, when
// they are done. Below /t/{tenant} all but back-ups are for that tenant. Specification: our own.
#pragma once

#include <string>
#include <vector>

namespace meridian::http {
class Router;
}
namespace meridian::store {
class Store;
}

namespace meridian::rest {

/// The store must outlive the router. `beside`: folders within the data folder that a back-up keeps too.
void mount_administration(http::Router& router, store::Store& store, std::vector<std::string> beside);

}  // namespace meridian::rest
