// The FHIR interactions on stored resources: mount_store() puts them into an http::Router, at /fhir for the default
// tenant and at /t/{tenant}/fhir for any.
//
// Who asks becomes a context in one place (context.hpp). Answers to writes come when the store says that they are
// safe: no thread waits for that. What runs beside requests (exports, imports, subscriptions, streams of the feed) runs
// for as long as the handle that mount_store() gives; keep it until the server has drained, and let it go before the
// store. Everything in the services outlives both router and handle. Threads: handlers run on the server's executor,
// any number at once. Specification: https://hl7.org/fhir/R4/http.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace meridian {
class Clock;
class FileSystem;
class Random;
}  // namespace meridian

namespace meridian::http {
class Client;
class Executor;
class Router;
}  // namespace meridian::http

namespace meridian::store {
class Store;
}

namespace meridian::terminology {
class Follower;
class Service;
}  // namespace meridian::terminology

namespace meridian::rest {

struct StoreServices {
  store::Store* store = nullptr;
  http::Executor* executor = nullptr;  ///< where an answer is made ready once its commit is safe; null: right there
  const Clock* clock = nullptr;        ///< null: the machine's
  Random* random = nullptr;            ///< null: the machine's
  FileSystem* files = nullptr;         ///< null: the machine's
  http::Client* client = nullptr;      ///< sends what subscriptions ask for; null: they only ping streams
  const terminology::Service* terminology = nullptr;  ///< null: the terminology operations are refused
  terminology::Follower* definitions = nullptr;       ///< brings it to what is stored; null: nobody needs to
  std::string work_folder = {};    ///< of exports, imports and subscriptions; empty: there are none of them
  std::string base_url = {};       ///< "https://example.org" in front of links; empty: as the client says (Host)
  std::size_t max_issues = 1'000;  ///< in one OperationOutcome
  std::uint64_t max_bundle_bytes = 256 << 20;  ///< of a batch or transaction
  std::uint32_t max_expansion = 100'000;       ///< codes of a value set that one answer lists
  std::uint32_t max_page = 1'000;              ///< of matches on a page of a search
};

[[nodiscard]] std::shared_ptr<void> mount_store(http::Router& router, StoreServices services);

}  // namespace meridian::rest
