// TestServer: a server on a loopback port of the system's choice, with quick ticks, for tests.
#pragma once

#include <memory>
#include <string>

#include "http/executor.hpp"
#include "http/server.hpp"
#include "net/io.hpp"

namespace meridian::http::testing {

class TestServer {
 public:
  /// Stops the program when the server does not start: there is nothing to test then.
  explicit TestServer(Router router, ServerOptions options = {}, Callback<void(const AccessEntry&)> log = {});

  std::uint16_t port() const { return server_->port(); }
  std::string url() const { return server_->url(); }
  Server& server() { return *server_; }
  net::Io& io() { return io_; }
  Executor& executor() { return *executor_; }
  /// Ends it early.
  void destroy() { server_.reset(); }

 private:
  net::Io io_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Server> server_;
};

}  // namespace meridian::http::testing
