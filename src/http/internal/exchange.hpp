// Exchange: what a handler on another thread and the connection share about one request.
//
// The handler's side keeps it alive through its Responder; the connection may give up on it (abandon) at any time,
// after which an answer is dropped and a wake reaches nobody: the loop may be gone by then.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "base/stop.hpp"
#include "http/request.hpp"
#include "http/responder.hpp"
#include "http/server_options.hpp"
#include "net/signal.hpp"

namespace meridian::http::internal {

using net::Signal;

class Exchange final : public Responder::Target, public Waker::Target {
 public:
  Exchange(net::Loop& loop, const Request& request, std::shared_ptr<const ServerOptions> options);

  /// The handler's answer, from any thread; prepared (conditions, ranges, compression) on that thread.
  void send(Response response) override;
  void wake() override;

  // The connection's side, on its loop.
  Signal& signal() { return *signal_; }
  std::optional<Response> take();
  void abandon();
  StopSource& stop() { return stop_; }

 private:
  const Method method_;
  const Headers steering_;
  const std::shared_ptr<const ServerOptions> options_;
  const std::shared_ptr<Signal> signal_;
  StopSource stop_;
  std::mutex mutex_;
  std::optional<Response> response_;  // protected by mutex_
  bool abandoned_ = false;            // protected by mutex_
};

}  // namespace meridian::http::internal
