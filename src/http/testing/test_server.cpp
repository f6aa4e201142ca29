#include "http/testing/test_server.hpp"

#include <cstdio>
#include <cstdlib>

namespace meridian::http::testing {

TestServer::TestServer(Router router, ServerOptions options, Callback<void(const AccessEntry&)> log)
    : io_(net::IoOptions{.threads = 2, .tick_milliseconds = 5}), executor_(make_pool(2, 64)) {
  Result<Server> started =
      Server::start(std::move(options), std::move(router), Services{&io_, executor_.get(), std::move(log)});
  if (!started) {
    std::fprintf(stderr, "the test's server did not start: %s\n", started.error().message().c_str());
    std::abort();
  }
  server_ = std::make_unique<Server>(*std::move(started));
}

}  // namespace meridian::http::testing
